"""Lets one task go at a time, the one with the highest claim first; knows nothing of what they do."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Turns on one thing, on one event loop. Equal claims go in the order they came."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    @asynccontextmanager
    async def take(self, claim: float) -> AsyncIterator[None]:
        """Wait for the turn, keep it for the block, hand it on."""
        if self._taken:
            await self._wait(claim)
        self._taken = True
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, claim: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._waiting, (-claim, self._count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._hand_on()  # the turn came in the moment it was no longer wanted
            raise

    def _hand_on(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
