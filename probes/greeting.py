"""Reads what telnet, FTP and SSH say on connect; sends nothing, answers no negotiation, never logs in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec.banner import read_greeting
from scanner.link import Heard, Link
from scanner.witness import Witness

NAME: Final = "greeting"

SERVICES: Final = {23: "telnet.banner", 21: "ftp.banner", 22: "ssh.banner"}
"""Port and what its greeting is called."""

WAIT: Final = 2.0
"""Seconds for a greeting: servers speak at once, and an old telnet daemon asks the name server first."""

CAP: Final = 4096
"""Bytes of a greeting; a message of the day is shorter."""


def is_finished(received: bytes) -> bool:
    """True after a whole line or a login prompt; an FTP line with a dash after its number announces more lines."""
    lines = received.rstrip().splitlines()
    if not lines:
        return False
    if received.rstrip(b" ").endswith(b":"):
        return True
    more = lines[-1][:3].isdigit() and lines[-1][3:4] == b"-"
    return received.endswith(b"\n") and not more and not received.startswith(b"\xff")


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """Connect, listen, close."""
    witness = Witness(NAME, view.target, port)
    exchanges = await link.converse(view.target, port, (), complete=is_finished, cap=CAP, timeout=WAIT)
    exchange = exchanges[0]
    if exchange.received:
        yield witness.tell(exchange, (SERVICES[port], read_greeting(exchange.received)), request="")
    witness.close(link, exchanges)


PROBE = Probe(
    name=NAME,
    asks="Telnet, FTP and SSH for the greeting they give everybody, where those ports are open.",
    never="Sends a byte.",
    emits=tuple(SERVICES.values()),
    touch=Touch(connections=1),
    order=80,
    ports_for=lambda view: tuple(port for port in SERVICES if port in view.open_ports),
    run=run,
)
