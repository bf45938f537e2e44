"""Asks who has each address of the scope on every interface, by ARP; sends no other frame, answers none.

Who answers after a sweep stopped waiting is heard for as long as the run goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import Sweep, Touch
from scanner.link import Heard, SweepLink, Tally
from scanner.listener import Listener
from scanner.merging import merge
from scanner.ranges import TargetRange
from scanner.scope import Interface

NAME: Final = "arp-sweep"

LOST: Final = "hosts that keep every port closed and answer no discovery cannot be seen, nor can any hardware address"

LATE: Final = "who-has, answered when nobody waited any more"
"""Observation.request of an answer that came after the sweep had ended."""


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Resolve the scope on every interface at the same time: a silent one takes seconds."""
    listener = Listener(NAME, link.scope.contains)
    async for heard in merge([_resolve_on(link, interface, listener) for interface in link.interfaces]):
        yield heard


async def _resolve_on(link: SweepLink, interface: Interface, listener: Listener) -> AsyncIterator[Heard]:
    tally = Tally()
    async for neighbour in link.resolve(interface, TargetRange(link.scope), tally):
        heard = listener.tell_owner(
            neighbour.address, neighbour.mac, interface=neighbour.interface, at=neighbour.at, raw=neighbour.raw
        )
        if heard.observations:
            yield heard
    link.report(tally.result(NAME, interface.name, LOST))


async def await_late(link: SweepLink) -> AsyncIterator[Heard]:
    """Who answers when the sweep has ended: told with words, and the coverage says that others may be missing."""
    listener = Listener(NAME, link.scope.contains)
    tallies = {interface.name: Tally() for interface in link.interfaces}
    try:
        async for neighbour in link.await_late(tallies):
            yield listener.tell_owner(
                neighbour.address, neighbour.mac, interface=neighbour.interface, at=neighbour.at, raw=neighbour.raw,
                request=LATE,
            )  # fmt: skip
    finally:  # a run that is stopped says it too
        for name, tally in tallies.items():
            if tally.late:
                tally.notes.append(f"{tally.late} answers came after it had stopped waiting: others may be missing")
            if tally.outcome:
                tally.notes.append("answers that came from then on were not heard")
            if tally.late or tally.drops or tally.outcome:
                link.report(tally.result(NAME, name, ""))


SWEEP = Sweep(
    name=NAME,
    asks="Every address of the scope for its owner, by ARP, twice and more where nobody answers.",
    never="Claims an address, answers a request, asks for an address outside the scope.",
    emits=("mac.mac",),
    touch=Touch(datagrams=4),
    lost=LOST,
    run=run,
    late=await_late,
)
