"""Asks who has each address of the scope on every interface, by ARP; sends no other frame, answers none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import Sweep, Touch
from scanner.link import Heard, SweepLink, Tally
from scanner.listener import Listener
from scanner.ranges import TargetRange

NAME: Final = "arp-sweep"

LOST: Final = "hosts that keep every port closed and answer no discovery cannot be seen, nor can any hardware address"


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Resolve the scope on one interface after the other: their answers come within milliseconds."""
    listener = Listener(NAME, link.scope.contains)
    targets = TargetRange(link.scope)
    for interface in link.interfaces:
        tally = Tally()
        async for neighbour in link.resolve(interface, targets, tally):
            heard = listener.tell_owner(
                neighbour.address, neighbour.mac, interface=neighbour.interface, at=neighbour.at, raw=neighbour.raw
            )
            if heard.observations:
                yield heard
        link.report(tally.result(NAME, interface.name, LOST))


SWEEP = Sweep(
    name=NAME,
    asks="Every address of the scope for its owner, by ARP, twice and more where nobody answers.",
    never="Claims an address, answers a request, asks for an address outside the scope.",
    emits=("mac.mac",),
    touch=Touch(datagrams=4),
    lost=LOST,
    run=run,
)
