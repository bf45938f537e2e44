"""Resolves addresses through the raw-socket program: ARP asked and heard; opens nothing itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from scanner import ranges
from scanner.link import Neighbour, Overheard, Tally
from scanner.model import Outcome
from scanner.ranges import Ranges
from scanner.rawhelper.asking import LEAST_PASSES
from scanner.scope import Interface, Scope
from scanner.sweeping.lateness import Lateness
from scanner.sweeping.legs import Leg
from scanner.sweeping.raw_client import Event, RawClient

KINDS: Final = {"heard": "arp", "sadp": "sadp", "stranger": "udp"}
"""What the program calls a frame and what `Overheard` does."""

LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether anybody still asks."""

Book = Callable[[str, int], None]  # (address, frames that were sent to ask for it)
Swept = Callable[[Ranges, int], None]  # (addresses, frames that were sent to ask for each that stayed silent)


async def resolve_raw(
    client: RawClient,
    scope: Scope,
    interface: Interface,
    legs: Sequence[Leg],
    *,
    rate: float,
    tally: Tally,
    book: Book,
    swept: Swept,
) -> AsyncIterator[Neighbour]:
    """Ask every leg; yields who answered, addresses outside the scope included, which are never asked."""
    strangers: set[str] = set()
    members: set[str] = set()
    booked: set[str] = set()  # an address with two owners is asked for once
    for leg in legs:
        async for event in client.sweep(interface, leg.ranges, sender=leg.sender, rate=rate, passes=LEAST_PASSES):
            if event["event"] == "heard":
                neighbour = read_neighbour(event)
                inside = scope.contains(neighbour.address)
                (members if inside else strangers).add(neighbour.address)
                tally.answered = len(members)
                if "asks" in event and neighbour.address not in booked:
                    booked.add(neighbour.address)
                    book(neighbour.address, int(event["asks"]))
                yield neighbour
            else:
                _settle(event, tally, leg)
                if event["event"] == "done":
                    swept(leg.ranges, int(event["passes"]))
    if strangers:
        tally.notes.append(f"{len(strangers)} addresses outside the scope were heard and not contacted")


async def await_late_raw(
    client: RawClient, lateness: Lateness, tallies: Mapping[str, Tally], *, monotonic: Callable[[], float]
) -> AsyncIterator[Neighbour]:
    """First answers of addresses whose sweep has ended. `tallies`: of the interfaces whose sweep ended well."""
    while left := lateness.left(monotonic()):
        event = await client.late(left)
        if event is None:
            continue
        if event["event"] == "ended":
            for tally in tallies.values():
                tally.fail(Outcome.SKIPPED, str(event["text"]))
            return
        if (one := tallies.get(str(event["interface"]))) is not None:
            _count_late(event, one)
        if event["event"] == "heard":
            lateness.expect(monotonic())
            yield read_neighbour(event)


def _count_late(event: Event, tally: Tally) -> None:
    match event["event"]:
        case "heard":
            tally.answered += 1
            tally.late += 1
        case "dropped":
            tally.drops += int(event["drops"])
        case "broken":
            tally.fail(Outcome.SKIPPED, str(event["text"]))


def read_neighbour(event: Event) -> Neighbour:
    """The values of a "heard" event."""
    return Neighbour(
        address=str(event["address"]),
        mac=str(event["mac"]),
        interface=str(event["interface"]),
        at=float(event["at"]),
        raw=bytes.fromhex(str(event["frame"])),
        late="late" in event,
    )


async def overhear_raw(
    client: RawClient, interface: Interface, *, wait: float, asking: Callable[[], bool], tally: Tally
) -> AsyncIterator[Overheard]:
    """Frames that no sweep claimed, from the start of the run, for `wait` seconds and as long as `asking` is true."""
    sources: set[str] = set()
    async for event in _listen(client, interface, wait, asking):
        if event["event"] in ("ended", "broken"):
            tally.fail(Outcome.BROKEN, str(event["text"]))
            return
        kind = KINDS[str(event["event"])]
        sources.add(str(event["mac"]))
        tally.answered = len(sources)
        yield Overheard(
            kind=kind,
            mac=str(event["mac"]),
            interface=interface.name,
            at=float(event["at"]),
            raw=bytes.fromhex(str(event["frame"])),
            address=str(event.get("address", "")),
        )


async def _listen(
    client: RawClient, interface: Interface, wait: float, asking: Callable[[], bool]
) -> AsyncIterator[Event]:
    async for event in client.overhear(interface, wait):
        yield event
    while asking():
        async for event in client.overhear(interface, LOOK_EVERY):
            yield event


def _settle(event: Event, tally: Tally, leg: Leg) -> None:
    """Take a sweep's end, or its failure, into the tally."""
    match event["event"]:
        case "done":
            tally.asked += int(event["asked"])
            tally.packets += int(event["frames"])
            tally.drops += int(event["drops"])
            if event["stalls"]:
                tally.notes.append(f"the send queue was full {event['stalls']} times, so the sweep waited")
            if event.get("suppressed"):
                tally.notes.append(f"{event['suppressed']} frames of a flood were counted only")
        case "broken":
            tally.fail(Outcome.BROKEN, str(event["text"]))
        case "ended":
            tally.asked += ranges.count(leg.ranges)
            tally.fail(Outcome.BROKEN, f"{event['text']} while asking; who had not answered by then is unknown")
        case _:
            tally.fail(Outcome.BROKEN, f"the raw-socket program refused: {event.get('text')}")
