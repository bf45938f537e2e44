"""So many at once, first come first served: a semaphore of a third of asyncio's size, since every host has one."""

from __future__ import annotations

import asyncio
from collections import deque


class Places:
    """Use `async with`. Nobody overtakes, and a place that is handed on is never lost."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] | None = None  # made when needed

    async def __aenter__(self) -> None:
        if self._free:
            self._free -= 1
            return
        if self._waiting is None:
            self._waiting = deque()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._leave()  # it had been handed to this one
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    async def step_back(self) -> None:
        """For who holds a place: leave it to all who wait already, and come back after them."""
        if not self._waiting:
            return
        self._leave()
        try:
            await self.__aenter__()
        except BaseException:
            self._free -= 1  # `__aexit__` will give back what is not held any more
            raise

    def _leave(self) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
        self._waiting = None
