"""Tells when sockets are ready, many of them, by one epoll and a coarse clock; opens, reads and closes none of them.

The event loop has the same to offer at four times the cost: it keeps a record of each descriptor and a timer for each
wait. A port sweep waits twenty thousand times in a second.
"""

from __future__ import annotations

import asyncio
import select
from typing import Final

TICK: Final = 0.01
"""Seconds between two looks at who has waited long enough: the shortest of these waits is 25 of them."""

TOLD_AT_ONCE: Final = 16
"""Sockets told of in one turn of the loop: as in scanner/poller.py, so that turns are short."""

WRITABLE: Final = getattr(select, "EPOLLOUT", 0)
READABLE: Final = getattr(select, "EPOLLIN", 0)
_ONCE: Final = getattr(select, "EPOLLONESHOT", 0)  # the three are missing where the sweeps do not run either


class Readiness:
    """For tasks of one event loop. Holds a descriptor of its own only while somebody waits."""

    def __init__(self) -> None:
        self._epoll: select.epoll | None = None
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._late: dict[int, list[asyncio.Future[bool]]] = {}

    async def wait(self, descriptor: int, kind: int, seconds: float) -> bool:
        """Wait until the descriptor is WRITABLE or READABLE, or failed: True. False after so many seconds."""
        loop = asyncio.get_running_loop()
        epoll = self._epoll or self._open(loop)
        epoll.register(descriptor, kind | _ONCE)
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting[descriptor] = future
        self._give_up_after(seconds, future, loop)
        try:
            return await future
        finally:
            del self._waiting[descriptor]
            epoll.unregister(descriptor)
            if not self._waiting:
                self._close(loop)

    def _open(self, loop: asyncio.AbstractEventLoop) -> select.epoll:
        self._epoll = epoll = select.epoll()
        loop.add_reader(epoll.fileno(), self._tell)
        return epoll

    def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._epoll is not None:
            loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def _tell(self) -> None:
        for descriptor, _ in self._epoll.poll(0, TOLD_AT_ONCE) if self._epoll is not None else ():
            _settle(self._waiting[descriptor], value=True)

    def _give_up_after(self, seconds: float, future: asyncio.Future[bool], loop: asyncio.AbstractEventLoop) -> None:
        tick = int((loop.time() + seconds) / TICK) + 1
        if (late := self._late.get(tick)) is None:
            late = self._late[tick] = []
            loop.call_at(tick * TICK, self._expire, tick)
        late.append(future)

    def _expire(self, tick: int) -> None:
        for future in self._late.pop(tick):
            _settle(future, value=False)


def _settle(future: asyncio.Future[bool], *, value: bool) -> None:
    if not future.done():
        future.set_result(value)
