"""Neighbour-table mode: who is found, who is silent, and what is said when the table has no place. On our own clock."""

from __future__ import annotations

import asyncio
import errno
import random
import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface

from scanner.codec.rtnetlink import DELAY, FAILED, INCOMPLETE, PERMANENT, REACHABLE, NeighbourEntry
from scanner.link import Tally
from scanner.model import Outcome
from scanner.neighbours import YOUNG
from scanner.pace import Pace
from scanner.pacer import Pacer
from scanner.scope import Interface
from scanner.sweeping import nudging
from scanner.sweeping.legs import NO_SENDER, Leg
from scanner.sweeping.nudging import DISCARD_PORT, open_socket, resolve_by_table

LOOPBACK = Interface("lo", 1, None, (IPv4Interface("127.0.0.1/8"),))
FIRST = int(IPv4Address("127.0.5.1"))
MAC = "44:19:b6:00:00:01"


@dataclass
class Table:
    """A neighbour table that behaves as the kernel's; `limit` entries fit, `hosts` answer after 10 ms."""

    hosts: set[str] = field(default_factory=set)
    limit: int = 10_000
    states: dict[str, int] = field(default_factory=dict)  # entries of others
    now: float = 0.0
    entries: dict[str, float] = field(default_factory=dict)
    most_open: int = 0
    collected: bool = False  # failed entries vanish at once
    error: int = 0  # what sending gives
    nudges: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    def monotonic(self) -> float:
        return self.now

    def look(self, index: int) -> list[NeighbourEntry]:
        found = [NeighbourEntry(index, address, MAC, state, 0) for address, state in self.states.items()]
        for address, since in list(self.entries.items()):
            age = self.now - since
            if address in self.hosts and age >= 0.01:
                found.append(NeighbourEntry(index, address, MAC, REACHABLE, 0))
                if age > 5:  # from now on the collector may take it
                    del self.entries[address]
            elif age < 3.0:
                found.append(NeighbourEntry(index, address, None, INCOMPLETE, 0))
            elif self.collected:
                del self.entries[address]
            else:
                found.append(NeighbourEntry(index, address, None, FAILED, 0))
                del self.entries[address]
        return found

    def open(self, interface: Interface, sender: str) -> Table:
        self.senders.append(sender)
        return self

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None: ...

    def sendto(self, data: bytes, where: tuple[str, int]) -> None:
        assert (data, where[1]) == (b"", DISCARD_PORT)
        if self.error:
            raise OSError(self.error, "refused")
        self.nudges.append(where[0])
        stands = where[0] in self.entries or where[0] in self.states
        if not stands and len(self.entries) + len(self.states) < self.limit:
            self.entries[where[0]] = self.now
            self.most_open = max(self.most_open, len(self.entries))

    def recv(self, size: int) -> bytes:
        raise BlockingIOError


async def resolve(
    table: Table, size: int, *, room: int = 100, rate: float = 1e6, sender: str = "127.0.0.1"
) -> tuple[list[str], Tally]:
    tally = Tally()
    source = resolve_by_table(
        LOOPBACK,
        [Leg(sender, ((FIRST, FIRST + size - 1),))],
        room=room,
        pacer=Pacer(Pace(rate, 40), clock=table.monotonic, sleep=table.sleep),
        tally=tally,
        rng=random.Random(1),
        clock=lambda: 5.0,
        monotonic=table.monotonic,
        sleep=table.sleep,
        look=table.look,
        open_socket=table.open,  # type: ignore[arg-type]
    )
    return [neighbour.address async for neighbour in source], tally


def addresses(*offsets: int) -> set[str]:
    return {str(IPv4Address(FIRST + offset)) for offset in offsets}


async def test_who_answers_is_found_and_the_rest_is_silent() -> None:
    table = Table(addresses(3, 50, 99))
    found, tally = await resolve(table, 100)
    assert set(found) == table.hosts
    assert (tally.asked, tally.answered, tally.outcome) == (100, 3, None)
    assert len(table.nudges) == 100
    assert table.now < 4.5


async def test_no_more_are_under_way_than_there_is_room() -> None:
    table = Table(addresses(*range(0, 200, 7)))
    found, tally = await resolve(table, 200, room=20)
    assert set(found) == table.hosts
    assert table.most_open <= 20
    assert tally.outcome is None


async def test_entries_collected_before_we_look_are_silent_hosts_not_lost_ones() -> None:
    table = Table(addresses(1), collected=True)
    found, tally = await resolve(table, 50)
    assert set(found) == table.hosts
    assert len(table.nudges) == 50
    assert tally.outcome is None


async def test_a_fuller_table_than_thought_slows_it_down_and_nobody_is_missed() -> None:
    table = Table(addresses(*range(100)), limit=30)
    found, tally = await resolve(table, 100, room=100)
    assert set(found) == table.hosts
    assert tally.outcome is None


async def test_a_table_without_any_place_is_broken_and_never_silence() -> None:
    table = Table(addresses(1), limit=0)
    found, tally = await resolve(table, 40)
    assert found == []
    assert tally.outcome is Outcome.BROKEN
    assert "own neighbour table full" in tally.notes[0]
    assert "40 addresses could not be asked" in tally.notes[0]


def test_the_tries_outlast_what_fills_the_table() -> None:
    assert (nudging.TRIES - 1) * nudging.AGAIN >= YOUNG


async def test_an_old_entry_counts_only_once_it_is_confirmed() -> None:
    (old,) = addresses(0)
    table = Table(states={old: DELAY})
    found, _ = await resolve(table, 1)
    assert found == []
    assert table.now >= 10
    table = Table(states={old: REACHABLE})
    found, _ = await resolve(table, 1)
    assert found == [old]


async def test_a_fixed_entry_proves_nothing_and_is_said() -> None:
    (fixed,) = addresses(0)
    found, tally = await resolve(Table(states={fixed: PERMANENT}), 1)
    assert found == []
    assert f"{fixed} has a fixed entry" in tally.notes[0]


async def test_the_pace_pays_for_the_requests_the_kernel_repeats() -> None:
    """300 packets a second are 100 addresses a second."""
    table = Table()
    await resolve(table, 200, rate=300, room=1000)
    assert 1.9 <= table.now - 3.0 <= 3.0


async def test_a_wire_without_an_own_address_cannot_be_asked_this_way() -> None:
    table = Table()
    found, tally = await resolve(table, 10, sender=NO_SENDER)
    assert found == []
    assert tally.outcome is Outcome.SKIPPED
    assert table.nudges == []


async def test_a_fault_of_this_machine_ends_it_aloud() -> None:
    table = Table(error=errno.ENETUNREACH)
    found, tally = await resolve(table, 10)
    assert found == []
    assert tally.outcome is Outcome.BROKEN
    assert "cannot be asked" in tally.notes[0]


def test_a_real_socket_stays_on_its_interface() -> None:
    with open_socket(LOOPBACK, "127.0.0.1") as sock:
        assert sock.getsockname()[0] == "127.0.0.1"
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") in (b"lo", b"")
