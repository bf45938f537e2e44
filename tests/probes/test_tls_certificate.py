"""Certificates of new servers by the library, of museum pieces by our own ClientHello."""

from __future__ import annotations

import hashlib
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import pytest

from probes.tls_certificate import PROBE
from scanner.link import Exchange, Heard
from scanner.model import Attempt, Outcome
from scanner.net import SHOWN, Net
from scanner.pace import Pace
from tests.certificates import make_certificate
from tests.loopback import loopback_scope
from tests.support import AT, Turn, fail, hear, make_view, run_probe

DER = ssl.PEM_cert_to_DER_cert(make_certificate()[1].decode())
ALERT = bytes.fromhex("15030100020228")  # fatal handshake_failure
HANDSHAKE_FAILED = fail("", Outcome.GARBLED, detail="TLS handshake failed: SSLV3_ALERT_HANDSHAKE_FAILURE")
HELLO_1_2 = "\x03\x03"


def record(*messages: bytes) -> bytes:
    body = b"".join(messages)
    return b"\x16\x03\x00" + len(body).to_bytes(2, "big") + body


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def server_flight(der: bytes) -> bytes:
    hello = handshake(2, b"\x03\x00" + bytes(32) + b"\x00" + b"\x00\x05" + b"\x00")
    chain = len(der).to_bytes(3, "big") + der
    return record(hello, handshake(11, len(chain).to_bytes(3, "big") + chain))


def offer(version: int) -> str:
    """The version a ClientHello body begins with, behind record and handshake heads."""
    return chr(version >> 8) + chr(version & 255)


async def test_a_certificate_shown_for_a_page_is_described_and_nothing_is_sent() -> None:
    shown = Exchange(Outcome.ANSWERED, detail=SHOWN, certificates=(DER,), tls="TLSv1.2 AES128-SHA", at=AT)
    run = await run_probe(PROBE, make_view(443), 443, shown=shown)
    assert run.values("tls-cert.subject") == ["CN=camera; O=Simulated"]
    assert (run.attempt.outcome, run.attempt.connections, run.attempt.detail) == (Outcome.ANSWERED, 0, SHOWN)


async def test_a_certificate_shown_in_the_handshake_is_described() -> None:
    shown = Turn("", certificates=(DER, b"issuer"), tls="TLSv1.2 AES128-SHA")
    run = await run_probe(PROBE, make_view(443), 443, shown)
    assert run.values("tls-cert.subject") == ["CN=camera; O=Simulated"]
    assert run.values("tls-cert.validity") == ["2020-01-01/2029-12-29"]
    assert run.values("tls-cert.protocol") == ["TLSv1.2 AES128-SHA"]
    assert run.values("tls-cert.der") == [hashlib.sha256(DER).hexdigest()]
    assert set(run.raw.values()) == {DER}
    assert (run.attempt.outcome, run.attempt.connections, run.attempt.requests) == (Outcome.ANSWERED, 1, 0)


async def test_a_broken_certificate_is_kept_by_its_digest() -> None:
    run = await run_probe(PROBE, make_view(443), 443, Turn("", certificates=(b"\x30\x82junk",), tls="TLSv1 X"))
    assert {item.name for item in run.observations} == {"tls-cert.der", "tls-cert.protocol"}
    assert run.attempt.outcome is Outcome.ANSWERED


async def test_a_museum_piece_shows_its_certificate_to_our_own_hello() -> None:
    flight = server_flight(DER)
    run = await run_probe(PROBE, make_view(443), 443, HANDSHAKE_FAILED, hear("\x16\x03\x01", flight[:50], flight[50:]))
    assert run.values("tls-cert.subject") == ["CN=camera; O=Simulated"]
    assert run.values("tls-cert.protocol") == ["SSLv3 TLS_RSA_WITH_RC4_128_SHA"]
    assert run.attempt.detail.startswith("by our own ClientHello")
    assert set(run.raw.values()) == {DER}


async def test_each_version_is_offered_once_then_it_is_left() -> None:
    refused = hear("\x16\x03", ALERT)
    run = await run_probe(PROBE, make_view(443), 443, HANDSHAKE_FAILED, refused, refused, refused)
    assert [message[9:11] for message in run.link.sent[1:]] == [b"\x03\x03", b"\x03\x01", b"\x03\x00"]
    assert (run.observations, run.attempt.outcome, run.attempt.connections) == ((), Outcome.REFUSED, 4)


@pytest.mark.parametrize("outcome", [Outcome.SILENT, Outcome.BROKEN, Outcome.SKIPPED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, make_view(443), 443, fail("", outcome, detail="why"))
    assert (run.observations, run.attempt.outcome, run.attempt.detail) == ((), outcome, "why")


async def test_a_closed_port_gets_no_hello() -> None:
    run = await run_probe(PROBE, make_view(443), 443, fail("", Outcome.REFUSED, detail="connection refused"))
    assert (run.attempt.outcome, run.attempt.connections) == (Outcome.REFUSED, 0)


async def test_what_is_no_tls_is_garbled_after_one_hello() -> None:
    page = Turn("\x16\x03", (b"HTTP/1.1 400 Bad Request\r\n\r\n",))
    run = await run_probe(PROBE, make_view(443), 443, HANDSHAKE_FAILED, page)
    assert (run.observations, run.attempt.outcome) == ((), Outcome.GARBLED)


async def test_an_endless_flight_is_cut() -> None:
    endless = Turn("\x16\x03", (record(handshake(2, bytes(100))),), cut=True, detail="cut at the cap")
    run = await run_probe(PROBE, make_view(443), 443, HANDSHAKE_FAILED, endless)
    assert run.observations == ()
    assert run.attempt.outcome is Outcome.GARBLED


def test_the_ports_are_open_or_announced() -> None:
    assert PROBE.ports_for(make_view(80, 443, announced=frozenset({("https", 4443)}))) == (443, 4443)


@contextmanager
def serve_museum(version: tuple[int, int], cipher: str) -> Iterator[int]:
    """A server of another age, by a pure Python library, in a thread of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports asyncore where that is still there
        from tlslite.api import X509, HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

    key, certificate = make_certificate(rsa_bits=1024)
    chain = X509CertChain([X509().parse(certificate.decode())])
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = version
    settings.cipherNames = [cipher]
    settings.macNames = ["sha", "md5"]
    settings.useEncryptThenMAC = False
    private = parsePEMKey(key.decode(), private=True)
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(2)
                    try:
                        TLSConnection(connection).handshakeServer(
                            certChain=chain, privateKey=private, settings=settings
                        )
                    except Exception:  # noqa: BLE001 -- the client hangs up in the middle, as it should
                        continue

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(2)
    thread.join(3)


@pytest.mark.parametrize(
    ("version", "cipher", "protocol"),
    [
        ((3, 0), "rc4", "SSLv3 "),
        ((3, 0), "3des", "SSLv3 "),
        ((3, 1), "rc4", "TLSv1.0 "),
        ((3, 3), "aes128", "TLSv1.2 "),
    ],
)
async def test_real_servers_of_another_age_show_their_certificate(
    version: tuple[int, int], cipher: str, protocol: str
) -> None:
    attempts: list[Attempt] = []
    heard: list[Heard] = []
    with serve_museum(version, cipher) as port:
        async with Net(loopback_scope(), Pace(1e6, 1e6), sink=attempts.append) as net:
            heard += [item async for item in PROBE.run(net, make_view(port), port)]
    values = {item.name: item.value for part in heard for item in part.observations}
    assert values["tls-cert.subject"] == "CN=camera; O=Simulated"
    assert values["tls-cert.key"] == "RSA 1024"
    assert values["tls-cert.protocol"].startswith(protocol)
    assert [item.outcome for item in attempts] == [Outcome.ANSWERED]
