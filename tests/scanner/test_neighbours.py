"""The neighbour table: how full it is, and that nobody is let in beyond its room."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scanner.neighbours import LEAST_ROOM, MOST_ROOM, STOCK_LIMIT, YOUNG, TableRoom, TableState, read_table_state

COUNTERS = """\
entries  allocs   table_fulls
00000072 0000009c 00000001
00000072 00000073 00000002
"""


def make_proc(folder: Path, limit: str | None, counters: str | None) -> Path:
    if limit is not None:
        setting = folder / "sys/net/ipv4/neigh/default/gc_thresh3"
        setting.parent.mkdir(parents=True)
        setting.write_text(limit)
    if counters is not None:
        table = folder / "net/stat/arp_cache"
        table.parent.mkdir(parents=True)
        table.write_text(counters)
    return folder


def test_the_state_is_read_from_proc(tmp_path: Path) -> None:
    state = read_table_state(make_proc(tmp_path, "4096\n", COUNTERS))
    assert state == TableState(limit=4096, entries=0x72, overflows=3, limit_known=True)
    assert state.room == (4096 - 0x72) // 2


def test_in_a_namespace_the_stock_limit_is_assumed(tmp_path: Path) -> None:
    state = read_table_state(make_proc(tmp_path, None, None))
    assert (state.limit, state.limit_known, state.overflows) == (STOCK_LIMIT, False, 0)
    assert 0 <= state.entries < STOCK_LIMIT


@pytest.mark.parametrize(
    ("entries", "limit", "room"), [(1024, 1024, LEAST_ROOM), (5000, 1024, LEAST_ROOM), (0, 10**6, MOST_ROOM)]
)
def test_the_room_has_bounds(entries: int, limit: int, room: int) -> None:
    assert TableState(limit, entries, 0, True).room == room


class Clock:
    """A clock that moves only when somebody sleeps, and then lets the others run."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        for _ in range(5):
            await asyncio.sleep(0)


class Crowd:
    """Hosts that hold a place for `stay` seconds each, and how many held or rested at once."""

    def __init__(self, room: int) -> None:
        self.clock = Clock()
        self.room = TableRoom(room, monotonic=self.clock, sleep=self.clock.sleep)
        self.held: dict[str, float | None] = {}
        self.most = 0

    async def visit(self, host: str, stay: float = 0.5) -> None:
        async with self.room.hold(host):
            self.held[host] = None
            young = sum(1 for left in self.held.values() if left is None or self.clock.now - left < YOUNG - 0.01)
            self.most = max(self.most, young)
            await self.clock.sleep(stay)
        self.held[host] = self.clock.now


async def test_never_more_hosts_than_room_are_held_or_young() -> None:
    crowd = Crowd(10)
    async with asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(crowd.visit(f"10.0.0.{number}"))
    assert crowd.most <= 10
    assert len(crowd.held) == 60


async def test_a_host_with_an_entry_waits_for_nothing() -> None:
    crowd = Crowd(1)
    await crowd.visit("10.0.0.1")
    before = crowd.clock.now
    await crowd.visit("10.0.0.1", stay=0.0)
    assert crowd.clock.now == before
    await crowd.visit("10.0.0.2", stay=0.0)
    assert crowd.clock.now >= before + YOUNG - 1


async def test_two_visits_to_one_host_take_one_place() -> None:
    crowd = Crowd(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.visit("10.0.0.1"))
        group.create_task(crowd.visit("10.0.0.1"))
    assert crowd.most == 1


def test_a_full_table_halves_the_room_down_to_the_least() -> None:
    room = TableRoom(100)
    room.shrink()
    assert room.room == 50
    for _ in range(10):
        room.shrink()
    assert room.room == LEAST_ROOM
