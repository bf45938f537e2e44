"""Reads the certificate a TLS port shows, also of museum pieces; never verifies it, never sends data through it.

Where a page was asked for at the port, the handshake for it has shown the certificate, and nothing more is sent. Else
first a handshake by the lax context of this machine's library. Where that fails, up to three ClientHellos of our own on
a connection each: until TLS 1.2 the certificate comes in clear, so no cipher of the museum is needed to read it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled
from scanner.codec.certificate import describe_certificate
from scanner.codec.client_hello import OFFERED, HandshakeRead, build_client_hello, read_certificates
from scanner.link import Exchange, Heard, Link
from scanner.model import Outcome
from scanner.services import TLS_WEB, announced_ports
from scanner.witness import Witness

NAME: Final = "tls-certificate"


def read_handshake(received: bytes) -> HandshakeRead | None:
    """What a server said to our ClientHello; None when it is unfinished or no TLS."""
    try:
        return read_certificates(received)
    except Garbled:
        return None


def is_finished(received: bytes) -> bool:
    """True once certificate or alert are there, or when more bytes would not make it TLS."""
    try:
        return read_certificates(received) is not None
    except Garbled:
        return True


def describe(der: bytes, protocol: str) -> tuple[tuple[str, str], ...]:
    """The facts of a certificate; of a broken one its digest and the protocol remain."""
    facts = (("tls-cert.der", hashlib.sha256(der).hexdigest()), ("tls-cert.protocol", protocol))
    try:
        text = describe_certificate(der)
    except Garbled:
        return facts
    return (
        ("tls-cert.subject", text.subject),
        ("tls-cert.issuer", text.issuer),
        ("tls-cert.serial-number", text.serial_number),
        ("tls-cert.validity", text.validity),
        ("tls-cert.key", text.key),
        ("tls-cert.signature", text.signature),
        *facts,
    )


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """The library's handshake, then our own hellos from the newest version to the oldest."""
    witness = Witness(NAME, view.target, port)
    seen = link.shown(view.target, port)
    exchanges = [seen] if seen else await link.converse(view.target, port, (), complete=lambda _: True, tls=True)
    shown = exchanges[0]
    if shown.certificates:
        leaf = shown.certificates[0]
        yield witness.tell(shown, *describe(leaf, shown.tls), request="TLS handshake", raw=leaf)
        witness.close(link, exchanges)
        return
    if not _is_worth_a_hello(shown):
        witness.close(link, exchanges)
        return
    for version in OFFERED:
        exchange, read = await _say_hello(link, witness, version)
        exchanges.append(exchange)
        if read is not None and read.certificates:
            leaf = read.certificates[0]
            yield witness.tell(exchange, *describe(leaf, read.protocol), request="TLS ClientHello", raw=leaf)
            witness.close(link, exchanges, detail=f"by our own ClientHello, since: {shown.detail}")
            return
        if read is None:
            break  # silent, or no TLS at all: an older version would say the same
    witness.close(link, exchanges, outcome=_read_failure(exchanges), detail=shown.detail)


def _is_worth_a_hello(exchange: Exchange) -> bool:
    """True when something spoke, or tore the connection down, during the handshake."""
    return exchange.connections > 0 and exchange.outcome in (Outcome.GARBLED, Outcome.REFUSED)


async def _say_hello(link: Link, witness: Witness, version: int) -> tuple[Exchange, HandshakeRead | None]:
    # The random number protects nobody here: no handshake is finished. Made from the address, a run can be repeated.
    random = hashlib.sha256(f"camcensus {witness.target} {witness.port}".encode()).digest()
    hello = build_client_hello(version, random)
    exchange = (await link.converse(witness.target, witness.port, (hello,), complete=is_finished))[0]
    return exchange, read_handshake(exchange.received)


def _read_failure(exchanges: list[Exchange]) -> Outcome:
    """Alerts and other words are an answer without a certificate; what is no TLS is garbled."""
    last = exchanges[-1]
    if last.received and read_handshake(last.received) is None:
        return Outcome.GARBLED
    return Outcome.REFUSED if any(item.received for item in exchanges) else exchanges[0].outcome


def _ports(view: HostView) -> tuple[int, ...]:
    wanted = [*(port for port in TLS_WEB if port in view.open_ports), *announced_ports("https", view.announced)]
    return tuple(dict.fromkeys(wanted))


PROBE = Probe(
    name=NAME,
    asks="A TLS port for the certificate it shows everybody.",
    never="Verifies it, presents one of its own, or sends a byte after the handshake.",
    emits=(
        "tls-cert.subject",
        "tls-cert.issuer",
        "tls-cert.serial-number",
        "tls-cert.validity",
        "tls-cert.key",
        "tls-cert.signature",
        "tls-cert.protocol",
        "tls-cert.der",
    ),
    touch=Touch(connections=1 + len(OFFERED), requests=len(OFFERED)),
    order=20,
    ports_for=_ports,
    run=run,
)
