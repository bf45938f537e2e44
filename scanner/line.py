"""Who waits for the pace, first come first served; holds no clock and no count of its own, and never lets one overtake.

Only the first waits for the clock, and whoever may go when he does goes in the same turn of the loop. A lock that is
handed from one to the next lets one go in a turn, and a busy loop turns fifty times in a second.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

Take = Callable[[], float]
"""Takes what is waited for and returns 0, or takes nothing and returns the seconds until it may be there."""


class Line:
    """One line. `turn` is held by its first while he waits: a lock that it shares with others who stand in no line."""

    __slots__ = ("_sleep", "_turn", "_waiting", "led")

    def __init__(self, sleep: Callable[[float], Awaitable[object]], turn: asyncio.Lock | None = None) -> None:
        self._sleep = sleep
        self._turn = turn
        self.led = False  # somebody stands first
        self._waiting: deque[tuple[Take, asyncio.Future[bool]]] | None = None  # behind him; made when needed

    def is_free(self) -> bool:
        """True while nobody waits: whoever comes now may take without standing in line."""
        return not self.led and (self._turn is None or not self._turn.locked())

    async def wait(self, take: Take) -> None:
        """Return once `take` has taken, after all who came before."""
        if self.is_free() and take() <= 0:
            return
        if self.led and not await self._stand_behind(take):
            return
        self.led = True
        try:
            async with self._turn or nullcontext():
                while (delay := take()) > 0:
                    await self._sleep(delay)
        finally:
            self._hand_on()

    async def _stand_behind(self, take: Take) -> bool:
        """Wait for those before; True when this one is first now, False when it has been let go already."""
        if self._waiting is None:
            self._waiting = deque()
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((take, future))
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled() and future.result():
                self._hand_on()  # it was to be the first
            raise

    def _hand_on(self) -> None:
        """Let all go who may go now; the next one is first."""
        while self._waiting:
            take, future = self._waiting.popleft()
            if future.done():
                continue  # cancelled
            may_go = take() <= 0
            future.set_result(not may_go)
            if not may_go:
                return
        self.led = False
        self._waiting = None
