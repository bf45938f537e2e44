"""The kernel's neighbour table: who is in it, how much fits, how much of that may be used; never changes it.

Linux holds net.ipv4.neigh.default.gc_thresh3 entries (1,024 as delivered), for all namespaces together, and forgets
none that is younger than five seconds. Beyond that every connection to a new host fails at once, which must never be
read as "no host there".
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanner.netlink import list_neighbours

PROC: Final = Path("/proc")

STOCK_LIMIT: Final = 1024
"""gc_thresh3 of a kernel nobody tuned; also assumed inside a namespace, where the setting cannot be read."""

SHARE: Final = 0.5
"""Share of the free places we use: the rest belongs to whatever else this machine does."""

LEAST_ROOM: Final = 16
"""Hosts in flight even when the table looks full: entries of the dead go on their own, so we go on, slowly."""

MOST_ROOM: Final = 4096
"""More hosts in flight than this serve nothing."""

YOUNG: Final = 6.0
"""Seconds an entry is safe from the kernel's collector (five, in neigh_forced_gc), and one for good measure."""


RECHECK: Final = 0.05
"""Seconds between two looks for a place while every host is in flight."""


@dataclass(frozen=True, slots=True)
class TableState:
    """How full the table is. `limit_known` is false where the limit is the stock value assumed."""

    limit: int
    entries: int
    overflows: int  # connections refused for want of a place, since the machine started
    limit_known: bool

    @property
    def room(self) -> int:
        """How many new hosts may be in flight or young at once."""
        return int(min(MOST_ROOM, max(LEAST_ROOM, (self.limit - self.entries) * SHARE)))


def read_table_state(proc: Path = PROC) -> TableState:
    """Look at the IPv4 table; OSError when the kernel does not answer."""
    setting = proc / "sys/net/ipv4/neigh/default/gc_thresh3"
    known = setting.exists()
    limit = int(setting.read_text("utf-8")) if known else STOCK_LIMIT
    entries, overflows = _read_counters(proc / "net/stat/arp_cache")
    if entries < 0:
        entries = sum(1 for entry in list_neighbours() if ":" not in entry.address)
    return TableState(limit, entries, overflows, known)


def _read_counters(path: Path) -> tuple[int, int]:
    """Entries of the table and its overflows, from the lines per processor; (-1, 0) where the file is not there."""
    if not path.exists():
        return -1, 0
    names, *rows = (line.split() for line in path.read_text("utf-8").splitlines() if line.strip())
    columns = {name: [int(row[at], 16) for row in rows] for at, name in enumerate(names)}
    return max(columns.get("entries", [-1]), default=-1), sum(columns.get("table_fulls", [0]))


class TableRoom:
    """Lets no more hosts be in flight or young than the table has room for. One for all who connect."""

    def __init__(
        self,
        room: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._room = room
        self._monotonic = monotonic
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._used: dict[str, float] = {}  # host → when it was last let go, in that order
        self._active: dict[str, int] = {}  # host → how many hold it now

    @property
    def room(self) -> int:
        """How many hosts may be in flight or young."""
        return self._room

    def shrink(self) -> None:
        """The table was fuller than thought: use half of what was used until now."""
        self._room = max(LEAST_ROOM, self._room // 2)

    @contextlib.asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Wait for a place and keep it; a host that has an entry already waits for nothing."""
        await self._enter(host)
        try:
            yield
        finally:
            self._leave(host)

    async def _enter(self, host: str) -> None:
        if host not in self._active and host not in self._used:
            async with self._turn:
                while (delay := self._until_free()) > 0:
                    await self._sleep(delay)
                self._active[host] = self._active.get(host, 0) + 1
            return
        self._active[host] = self._active.get(host, 0) + 1

    def _leave(self, host: str) -> None:
        self._active[host] -= 1
        if not self._active[host]:
            del self._active[host]
            self._used.pop(host, None)
            self._used[host] = self._monotonic()

    def _until_free(self) -> float:
        """Seconds until a place may be free; 0 when one is."""
        now = self._monotonic()
        while self._used and (oldest := next(iter(self._used))) and now - self._used[oldest] >= YOUNG:
            del self._used[oldest]
        resting = [host for host in self._used if host not in self._active]
        if len(self._active) + len(resting) < self._room:
            return 0.0
        if not resting:
            return RECHECK
        return min(RECHECK, YOUNG - (now - self._used[resting[0]]))
