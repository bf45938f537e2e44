"""Every source is found that the kernel knows, and the table is not read for each forged one."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import NeighbourEntry
from scanner.link import Datagram
from scanner.scope import Interface
from scanner.sweeping.owners import SOONEST, TABLE_AGE, Owners, is_link_local
from tests.sweep_link import ETH0

WALL = 1_000_000.0


class Kernel:
    """A neighbour table and the clocks; `looks` counts how often the table was read."""

    def __init__(self) -> None:
        self.now = 100.0
        self.wall = WALL
        self.looks = 0
        self.table: dict[str, str] = {}
        self.frames: dict[tuple[str, int], str] = {}  # whose card sent from an address to a port
        self.owners = Owners(
            clock=lambda: self.wall + self.now, monotonic=lambda: self.now, sleep=self.sleep, look=self.look,
            see=self.see,
        )  # fmt: skip

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def look(self) -> list[NeighbourEntry]:
        self.looks += 1
        return [NeighbourEntry(ETH0.index, one, mac, rtnetlink.REACHABLE, 0) for one, mac in self.table.items()]

    async def see(self, interface: Interface, address: str, ports: Sequence[int]) -> str | None:
        assert interface == ETH0
        return next((self.frames[address, port] for port in ports if (address, port) in self.frames), None)

    async def hear(
        self, source: str, *, resolved: bool = False, at: float | None = None, ports: Sequence[int] = ()
    ) -> str | None:
        came = self.wall + self.now if at is None else at
        datagram = Datagram(b"x", source, 3702, "eth0", came)
        return await self.owners.find(ETH0, datagram, resolved=resolved, ports=ports)


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


async def test_whom_the_kernel_has_forgotten_his_frame_tells() -> None:
    kernel = Kernel()
    kernel.frames["fe80::1", 3702] = kernel.frames["2001:db8::1", 3702] = "02:00:00:00:00:01"
    assert await kernel.hear("fe80::1", ports=(40_000, 3702)) == "02:00:00:00:00:01"
    assert kernel.looks == 0
    assert await kernel.hear("fe80::1", ports=(40_000,)) is None
    assert await kernel.hear("2001:db8::1", ports=(3702,)) is None, "it may have come by a router"


async def test_whose_frame_nobody_saw_the_kernel_s_line_tells() -> None:
    kernel = Kernel()
    kernel.table["fe80::2"] = "02:00:00:00:00:02"
    assert await kernel.hear("fe80::2", ports=(3702,)) == "02:00:00:00:00:02"


def test_link_local_addresses_are_those_of_ipv6() -> None:
    assert is_link_local("fe80::1")
    assert not is_link_local("169.254.1.1")
    assert not is_link_local("2001:db8::1")
