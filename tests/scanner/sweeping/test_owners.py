"""Every source is found that the kernel knows, and the table is not read for each forged one."""

from __future__ import annotations

from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import NeighbourEntry
from scanner.link import Datagram
from scanner.sweeping.owners import SOONEST, TABLE_AGE, Owners
from tests.sweep_link import ETH0

WALL = 1_000_000.0


class Kernel:
    """A neighbour table and the clocks; `looks` counts how often the table was read."""

    def __init__(self) -> None:
        self.now = 100.0
        self.wall = WALL
        self.looks = 0
        self.table: dict[str, str] = {}
        self.owners = Owners(
            clock=lambda: self.wall + self.now, monotonic=lambda: self.now, sleep=self.sleep, look=self.look
        )

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def look(self) -> list[NeighbourEntry]:
        self.looks += 1
        return [NeighbourEntry(ETH0.index, one, mac, rtnetlink.REACHABLE, 0) for one, mac in self.table.items()]

    async def hear(self, source: str, *, resolved: bool = False, at: float | None = None) -> str | None:
        came = self.wall + self.now if at is None else at
        return await self.owners.find(ETH0, Datagram(b"x", source, 3702, "eth0", came), resolved=resolved)


async def test_everybody_of_a_wave_is_found() -> None:
    """All answer within half a second, each known to the kernel a moment before."""
    kernel = Kernel()
    for number in range(1, 20):
        kernel.table[f"fe80::{number}"] = f"02:00:00:00:00:{number:02x}"
        assert await kernel.hear(f"fe80::{number}") == f"02:00:00:00:00:{number:02x}"
        kernel.now += 0.001


async def test_a_flood_of_unknown_sources_has_the_table_read_seldom() -> None:
    kernel = Kernel()
    came = WALL + kernel.now
    for number in range(1_000):
        assert await kernel.hear(f"fe80::bad:{number:x}", at=came) is None
    assert kernel.looks <= 2
    begun = kernel.now
    for number in range(20):
        await kernel.hear(f"192.0.2.{number}")
    assert kernel.looks <= 3 + (kernel.now - begun) / SOONEST


async def test_whom_arp_tells_of_is_not_waited_for() -> None:
    kernel = Kernel()
    assert await kernel.hear("10.0.0.9", resolved=True) is None
    kernel.table["10.0.0.9"] = "02:00:00:00:00:09"
    assert await kernel.hear("10.0.0.9", resolved=True) is None
    assert (kernel.looks, kernel.now) == (1, 100.0)
    kernel.now += TABLE_AGE
    assert await kernel.hear("10.0.0.9", resolved=True) == "02:00:00:00:00:09"


async def test_a_clock_that_is_put_back_hides_nobody() -> None:
    kernel = Kernel()
    await kernel.hear("fe80::1")
    kernel.wall -= 86_400
    kernel.table["fe80::2"] = "02:00:00:00:00:02"
    assert await kernel.hear("fe80::2") == "02:00:00:00:00:02"
