"""Clocks that a test holds: nobody sleeps, and time passes when all wait."""

from __future__ import annotations

import asyncio
import heapq


class Clock:
    """Time that passes only when somebody sleeps, and then by a little more than asked, as timers do."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 100.0
        self.late = late

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self.late
        await asyncio.sleep(0)


class Together:
    """Time for several sleepers at once: it jumps to the next wake-up when everybody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, turn))
        await turn

    async def run(self, until: float) -> None:
        while self.now < until:
            for _ in range(40):
                await asyncio.sleep(0)
            at, _, turn = heapq.heappop(self._sleepers)
            self.now = max(self.now, at)
            turn.set_result(None)


def busiest_window(times: list[float], costs: list[float], width: float) -> float:
    """The most that left in any half-open window of this width."""
    best, start, total = 0.0, 0, 0.0
    for end, at in enumerate(times):
        total += costs[end]
        while times[start] <= at - width + 1e-9:
            total -= costs[start]
            start += 1
        best = max(best, total)
    return best
