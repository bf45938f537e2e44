"""Knocks on the TCP ports that cameras and recorders use; sends nothing over the connection, ends it cleanly.

`knock_host` does it for one host that is known to exist. The sweep itself is for addresses behind a router, where
nobody can be asked by ARP: there it knocks on every address.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Final

from probes import Sweep, Touch
from scanner import ranges
from scanner.link import Heard, SweepLink, Tally
from scanner.merging import merge
from scanner.model import Observation, Outcome
from scanner.ranges import TargetRange
from scanner.scope import Target

NAME: Final = "port-sweep"

LOST: Final = "hosts behind a router cannot be found, since only their ports can show them"

FIRST: Final = (80, 554, 443)
"""Web and RTSP: what answers there shows the maker of most cameras. Who is decided by it is knocked at no further."""

PORTS: Final = (*FIRST, 8000, 37777, 34567, 8080, 8443, 8554, 81, 88, 23)
"""Further web ports, the SDK ports of Hikvision (8000, 8443), Dahua (37777) and Xiongmai (34567), and telnet, whose
greeting names old Hikvision firmware."""

AT_ONCE: Final = 256
"""Hosts knocked at together behind a router; the link allows each of them one connection at a time."""


async def _go_on() -> bool:
    return False


async def knock_host(
    link: SweepLink,
    target: Target,
    ports: Sequence[int] = PORTS,
    *,
    enough: Callable[[], Awaitable[bool]] = _go_on,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Heard]:
    """Knock on each port once, and once more on those that stayed silent if the host has shown to be there.

    `enough` is awaited after the ports of FIRST: when it is true, the others are left alone.
    """
    silent = []
    alive = False
    for number, port in enumerate(ports):
        if number == len(FIRST) and await enough():
            return
        outcome = await link.knock(target, port)
        if outcome is Outcome.SILENT:
            silent.append(port)
        elif heard := _tell(target, port, outcome, clock()):
            alive = True
            yield heard
    for port in silent if alive else ():
        if heard := _tell(target, port, await link.knock(target, port), clock()):
            yield heard


def _tell(target: Target, port: int, outcome: Outcome, at: float) -> Heard | None:
    if outcome is not Outcome.ANSWERED and outcome is not Outcome.REFUSED:
        return None
    seen = Observation(
        protocol="tcp",
        field="open-port" if outcome is Outcome.ANSWERED else "closed-port",
        value=str(port),
        address=str(target),
        port=port,
        interface=target.interface,
        request="connect",
        at=at,
        by=NAME,
    )
    return Heard((seen,))


def unresolvable(link: SweepLink) -> TargetRange:
    """The addresses of the scope that no interface with a link layer stands among, so that ARP cannot find them."""
    networks = [own.network for interface in link.interfaces if interface.mac is not None for own in interface.ipv4]
    return TargetRange(link.scope, ranges.subtract(ranges.permitted(link.scope), ranges.whole(networks)))


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Knock on every address that ARP cannot find."""
    targets = unresolvable(link)
    tally = Tally(asked=len(targets), began=time.time())
    if not targets:
        return
    begun = time.monotonic()
    left = iter(targets)
    async for heard in merge([_knock_on(link, left, tally) for _ in range(min(AT_ONCE, len(targets)))]):
        yield heard
    tally.elapsed = time.monotonic() - begun
    link.report(tally.result(NAME, "", LOST))


async def _knock_on(link: SweepLink, left: Iterator[Target], tally: Tally) -> AsyncIterator[Heard]:
    """Take one target after the other until none is left."""
    for target in left:
        found = False
        async for heard in knock_host(link, target):
            found = True
            yield heard
        tally.answered += found


SWEEP = Sweep(
    name=NAME,
    asks="A host, or behind a router every address, for the ports that accept a connection.",
    never="Sends a byte over the connection, leaves one half open, opens two to one host.",
    emits=("tcp.open-port", "tcp.closed-port"),
    touch=Touch(connections=2 * len(PORTS)),
    lost=LOST,
    run=run,
    routed=True,
)
