"""A clock that is set during a run is said in the coverage; one that is slewed is not."""

from __future__ import annotations

import asyncio

import pytest

from scanner.clock_watch import LOOK_EVERY, ClockWatch
from scanner.model import Note


class Clocks:
    """Two clocks that a test moves."""

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.mono = 50.0
        self.notes: list[Note] = []

    def watch(self) -> ClockWatch:
        async def sleep(seconds: float) -> None:
            self.go(seconds)
            if self.mono > 60:
                raise asyncio.CancelledError

        return ClockWatch(self.notes.append, clock=lambda: self.wall, monotonic=lambda: self.mono, sleep=sleep)

    def go(self, seconds: float, wall: float | None = None) -> None:
        self.mono += seconds
        self.wall += seconds if wall is None else wall


@pytest.mark.parametrize(("wall", "said"), [(3602.0, "+3600"), (-7198.0, "-7200"), (3.5, "+2")])
def test_a_step_is_said_with_its_size(wall: float, said: str) -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.go(2.0, wall)
    watch.look()
    text = f"the clock stepped by {said} s, or the machine slept: times before and after do not fit together"
    assert clocks.notes == [Note("clock", text, clocks.wall)]


def test_a_step_is_said_once_and_each_further_one_again() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    for wall in (100.0, 2.0, -100.0):
        clocks.go(2.0, wall)
        watch.look()
    assert [note.text[:27] for note in clocks.notes] == ["the clock stepped by +98 s,", "the clock stepped by -102 s"]


def test_slewing_is_no_step_however_long_it_goes_on() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    for _ in range(10_000):
        clocks.go(2.0, 2.001)
        watch.look()
    assert clocks.notes == []


async def test_it_looks_every_few_seconds() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.wall += 30
    with pytest.raises(asyncio.CancelledError):
        await watch.watch()
    assert len(clocks.notes) == 1
    assert clocks.mono == 50 + LOOK_EVERY * 6
