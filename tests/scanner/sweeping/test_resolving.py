"""What the raw-socket program tells becomes neighbours and a tally; its failures are said, its silence is not one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import IPv4Interface
from typing import Any

import pytest

from scanner.link import Overheard, Tally
from scanner.model import Outcome
from scanner.ranges import Ranges
from scanner.scope import Interface, make_scope
from scanner.sweeping.lateness import LATE_WAIT, Lateness
from scanner.sweeping.legs import Leg
from scanner.sweeping.resolving import LOOK_EVERY, await_late_raw, overhear_raw, resolve_raw

ETH0 = Interface("eth0", 2, "02:00:00:00:00:01", (IPv4Interface("10.0.0.2/24"),))
SCOPE = make_scope(["10.0.0.0/24"], [ETH0])
LEG = Leg("10.0.0.2", (((10 << 24) + 3, (10 << 24) + 12),))
DONE = {"event": "done", "asked": 10, "answered": 2, "frames": 18, "passes": 2, "drops": 0, "stalls": 0, "sent": 0}


def heard(address: str, mac: str = "44:19:b6:00:00:01", **more: object) -> dict[str, Any]:
    return {"event": "heard", "interface": "eth0", "address": address, "mac": mac, "frame": "00ff", "at": 5.0} | more


class Program:
    """A raw-socket program that says what it is told to."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = events
        self.asked: list[tuple[str, float, int]] = []
        self.waits: list[float] = []

    async def sweep(
        self, interface: Interface, ranges: object, *, sender: str, rate: float, passes: int
    ) -> AsyncIterator[dict[str, Any]]:
        self.asked.append((sender, rate, passes))
        for event in self.events:
            yield event

    async def overhear(self, interface: Interface, wait: float) -> AsyncIterator[dict[str, Any]]:
        self.waits.append(wait)
        for event in self.events:
            yield event


async def resolve(
    *events: dict[str, Any], swept: list[tuple[Ranges, int]] | None = None
) -> tuple[list[str], Tally, list[tuple[str, int]]]:
    tally, booked = Tally(), list[tuple[str, int]]()
    over: list[tuple[Ranges, int]] = [] if swept is None else swept
    source = resolve_raw(
        Program(*events), SCOPE, ETH0, [LEG], rate=500.0, tally=tally,  # type: ignore[arg-type]
        book=lambda address, frames: booked.append((address, frames)),
        swept=lambda asked, frames: over.append((asked, frames)),
    )  # fmt: skip
    return [neighbour.address async for neighbour in source], tally, booked


async def test_answers_are_neighbours_and_the_end_fills_the_tally() -> None:
    found, tally, booked = await resolve(heard("10.0.0.5", id=1, asks=2), heard("10.0.0.6", id=1, asks=1), DONE)
    assert found == ["10.0.0.5", "10.0.0.6"]
    assert (tally.asked, tally.answered, tally.packets, tally.outcome, tally.notes) == (10, 2, 18, None, [])
    assert booked == [("10.0.0.5", 2), ("10.0.0.6", 1)]


async def test_two_owners_of_one_address_are_one_answer() -> None:
    second = heard("10.0.0.5", "3c:ef:8c:00:00:01", id=1, asks=1)
    swept: list[tuple[Ranges, int]] = []
    found, tally, booked = await resolve(heard("10.0.0.5", id=1, asks=1), second, DONE, swept=swept)
    assert found == ["10.0.0.5"] * 2
    assert tally.answered == 1
    assert booked == [("10.0.0.5", 1)], "it was asked for once"
    assert swept == [(LEG.ranges, 2)], "who stayed silent was asked in both passes"


async def test_strangers_are_handed_on_and_counted_apart() -> None:
    found, tally, booked = await resolve(heard("192.168.1.64"), heard("192.168.1.64", "3c:ef:8c:00:00:01"), DONE)
    assert found == ["192.168.1.64"] * 2
    assert tally.answered == 0
    assert tally.notes == ["1 addresses outside the scope were heard and not contacted"]
    assert booked == []


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([{"event": "ended", "text": "the raw-socket program ended (killed by signal 9)"}], "killed by signal 9"),
        ([{"event": "broken", "text": "eth0: Network is down"}, DONE], "eth0: Network is down"),
        ([{"event": "refused", "text": "addresses outside the scope are not asked"}], "refused"),
    ],
    ids=["killed", "down", "refused"],
)
async def test_a_failure_is_broken_with_what_was_found_before(events: list[dict[str, Any]], words: str) -> None:
    found, tally, _ = await resolve(heard("10.0.0.5", id=1, asks=1), *events)
    assert found == ["10.0.0.5"]
    assert (tally.outcome, tally.asked, tally.answered) == (Outcome.BROKEN, 10 if "refused" not in words else 0, 1)
    assert words in tally.notes[0]


async def test_what_was_lost_or_slowed_is_said() -> None:
    _, tally, _ = await resolve(DONE | {"drops": 3, "stalls": 7, "suppressed": 2})
    assert tally.drops == 3
    assert tally.notes == [
        "the send queue was full 7 times, so the sweep waited",
        "2 frames of a flood were counted only",
    ]


async def test_overheard_frames_are_told_apart() -> None:
    tally = Tally()
    sadp = {"event": "sadp", "interface": "eth0", "mac": "44:19:b6:00:00:02", "frame": "8033", "at": 6.0}
    program = Program(heard("192.168.1.64"), sadp, sadp | {"event": "stranger", "frame": "0800"})
    frames = [one async for one in overhear_raw(program, ETH0, wait=1.0, asking=bool, tally=tally)]  # type: ignore[arg-type]
    assert frames == [
        Overheard("arp", "44:19:b6:00:00:01", "eth0", 5.0, b"\x00\xff", "192.168.1.64"),
        Overheard("sadp", "44:19:b6:00:00:02", "eth0", 6.0, b"\x80\x33", ""),
        Overheard("udp", "44:19:b6:00:00:02", "eth0", 6.0, b"\x08\x00", ""),
    ]
    assert tally.answered == 2


async def test_it_listens_as_long_as_anybody_asks() -> None:
    """At a gentle pace the questions take half a minute, and the answer of a stranger may come here only."""
    tally, questions = Tally(), [True, True, False]
    program = Program(heard("192.168.1.64"))
    source = overhear_raw(program, ETH0, wait=1.0, asking=lambda: questions.pop(0), tally=tally)  # type: ignore[arg-type]
    assert len([one async for one in source]) == 3
    assert program.waits == [1.0, LOOK_EVERY, LOOK_EVERY]
    assert tally.answered == 1


async def test_a_program_that_ends_while_listening_is_broken() -> None:
    tally = Tally()
    program = Program({"event": "ended", "text": "it ended"})
    assert [one async for one in overhear_raw(program, ETH0, wait=1.0, asking=bool, tally=tally)] == []  # type: ignore[arg-type]
    assert tally.outcome is Outcome.BROKEN


class LateProgram:
    """Says one event after the other, each after so many seconds of a clock of its own; then nothing."""

    def __init__(self, lateness: Lateness, *events: tuple[float, dict[str, Any] | None]) -> None:
        self.lateness = lateness
        self.events = list(events)
        self.now = 100.0

    async def late(self, wait: float) -> dict[str, Any] | None:
        if not self.events:
            self.lateness.note_work(self.now, under_way=False)
            wait = min(wait, self.lateness.left(self.now))
        if not self.events or self.events[0][0] > wait:
            self.now += wait
            return None
        after, event = self.events.pop(0)
        self.now += after
        return event


async def await_late(
    *events: tuple[float, dict[str, Any] | None], working: bool = True
) -> tuple[list[str], dict[str, Tally], float]:
    lateness, tallies = Lateness(), {"eth0": Tally(), "eth1": Tally()}
    lateness.note_work(100.0, under_way=working)
    program = LateProgram(lateness, *events)
    source = await_late_raw(program, lateness, tallies, monotonic=lambda: program.now)  # type: ignore[arg-type]
    found = [neighbour.address async for neighbour in source if neighbour.late]
    return found, tallies, program.now - 100.0


LATE = heard("10.0.0.5", id=1, asks=2, late=1.5)


async def test_late_answers_are_neighbours_and_counted_as_late() -> None:
    found, tallies, took = await await_late((5.0, LATE), (60.0, LATE | {"address": "10.0.0.6"}))
    assert found == ["10.0.0.5", "10.0.0.6"]
    assert (tallies["eth0"].answered, tallies["eth0"].late, tallies["eth0"].outcome) == (2, 2, None)
    assert (tallies["eth1"].answered, tallies["eth1"].late) == (0, 0)
    assert took == 65.0 + LATE_WAIT, "as long as the run has other work, and then a little"


async def test_a_run_without_other_work_waits_only_where_answers_were_late() -> None:
    assert await await_late((0.5, LATE), working=False) == ([], {"eth0": Tally(), "eth1": Tally()}, 0.0)
    _, _, took = await await_late((0.5, None), (0.5, LATE), (LATE_WAIT + 0.1, LATE))
    assert took > 1.0 + LATE_WAIT


async def test_what_was_dropped_meanwhile_is_counted_where_it_was() -> None:
    _, tallies, _ = await await_late((1.0, {"event": "dropped", "interface": "eth1", "drops": 3}))
    assert (tallies["eth0"].drops, tallies["eth1"].drops) == (0, 3)


async def test_a_late_answer_on_an_interface_whose_sweep_failed_is_a_neighbour_all_the_same() -> None:
    elsewhere, down = LATE | {"interface": "eth9"}, {"event": "broken", "interface": "eth9", "text": "eth9: down"}
    found, tallies, _ = await await_late((1.0, elsewhere), (1.0, down))
    assert found == ["10.0.0.5"]
    assert tallies == {"eth0": Tally(), "eth1": Tally()}


@pytest.mark.parametrize(
    ("event", "silenced"),
    [
        ({"event": "ended", "text": "the raw-socket program ended"}, ["eth0", "eth1"]),
        ({"event": "broken", "interface": "eth1", "text": "eth1: Network is down"}, ["eth1"]),
    ],
    ids=["killed", "down"],
)
async def test_where_nothing_can_be_heard_any_more_is_said(event: dict[str, Any], silenced: list[str]) -> None:
    _, tallies, _ = await await_late((1.0, event))
    assert [name for name, tally in tallies.items() if tally.outcome is Outcome.SKIPPED] == silenced
    assert tallies["eth1"].notes == [event["text"]]
