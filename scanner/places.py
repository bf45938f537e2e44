"""So many at once, first come first served: a semaphore of a third of asyncio's size, since every host has one."""

from __future__ import annotations

import asyncio
from collections import deque


class Places:
    """Use `async with`, or `take` and `leave`. Nobody overtakes, and a place that is handed on is never lost."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] | None = None  # made when needed

    def take(self) -> bool:
        """Take a place where one is free; then `leave` follows. False: nothing was taken."""
        if not self._free:
            return False
        self._free -= 1
        return True

    def take_both(self, other: Places) -> bool:
        """Take a place here and one there; False: one of them is not free, and none is taken."""
        if not self._free or not other._free:
            return False
        self._free -= 1
        other._free -= 1
        return True

    def leave_both(self, other: Places) -> None:
        """As `leave`, there and here."""
        if other._waiting:
            other.leave()
        else:
            other._free += 1
        if self._waiting:
            self.leave()
        else:
            self._free += 1

    async def __aenter__(self) -> None:
        await self.acquire()

    async def acquire(self) -> None:
        """Wait for a place; then `leave` follows."""
        if self.take():
            return
        if self._waiting is None:
            self._waiting = deque()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave()  # it had been handed to this one
            raise

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    async def step_back(self) -> None:
        """For who holds a place: leave it to all who wait already, and come back after them."""
        if not self._waiting:
            return
        self.leave()
        try:
            await self.__aenter__()
        except BaseException:
            self._free -= 1  # `__aexit__` will give back what is not held any more
            raise

    def leave(self) -> None:
        """Give a place back, to who waits longest."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
        self._waiting = None
