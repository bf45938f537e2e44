"""Tells connections when they may be read or written and when their time is over; sends and reads nothing itself.

One epoll object for all of them, which the event loop watches as a single descriptor, and one timer for all that wait
equally long: to enter each in the loop by itself is a third of what an exchange costs.
"""

from __future__ import annotations

import asyncio
import functools
import select
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

READABLE: Final = select.EPOLLIN | select.EPOLLRDHUP
WRITABLE: Final = select.EPOLLOUT
ONCE: Final = select.EPOLLONESHOT
ENDED: Final = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
"""The peer says no more, or the connection is gone: reading tells which."""

AT_ONCE: Final = 48
"""Events handed out in one turn of the loop, some 2 ms of work; others on the loop get theirs in between. A question to
the segment takes half a dozen turns, and whoever waits for the pace would be late by each of them. With 16 the turns
themselves were a twentieth of what a question costs."""

Handler = Callable[[int], None]
"""Is given the events of its descriptor."""


class Deadline(Struct):
    """A call that comes when its time is over, unless it is cancelled before."""

    at: float
    call: Callable[[], None] | None

    def cancel(self) -> None:
        """Nobody is called any more."""
        self.call = None


class Poller:
    """One per event loop and run. Close it when the last connection has ended."""

    __slots__ = ("_epoll", "_handlers", "_queues", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop  # that it works for
        self._epoll = select.epoll()
        self._handlers: dict[int, Handler] = {}
        self._queues: dict[float, deque[Deadline]] = {}  # by seconds: who waits as long as others comes after them
        loop.add_reader(self._epoll.fileno(), self._look)

    def close(self) -> None:
        """Tell nobody anything any more."""
        if not self._epoll.closed:
            self.loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
        self._handlers.clear()
        self._queues.clear()

    def watch(self, descriptor: int, events: int, handler: Handler) -> None:
        """Call the handler with whatever of these events there is, from now on and instead of what was asked before."""
        if descriptor in self._handlers:
            self._epoll.modify(descriptor, events)
        else:
            self._epoll.register(descriptor, events)
        self._handlers[descriptor] = handler

    def forget(self, descriptor: int) -> None:
        """No more of this descriptor; to be called before it is closed, since the number is then given anew."""
        if self._handlers.pop(descriptor, None) is not None and not self._epoll.closed:
            self._epoll.unregister(descriptor)

    def drop(self, descriptor: int) -> None:
        """As `forget`, for who closes the descriptor now: that takes it out of the epoll object by itself (epoll(7)).

        Where a child process is being started it may stay there for a moment, and tell of what is closed already.
        """
        self._handlers.pop(descriptor, None)

    def _look(self) -> None:
        for descriptor, events in self._epoll.poll(0, AT_ONCE):
            handler = self._handlers.get(descriptor)
            if handler is None:
                continue  # an earlier one of this turn has ended it
            try:
                handler(events)
            except Exception as error:  # noqa: BLE001  as the loop itself does: one connection must not cost the others
                self.loop.call_exception_handler({"message": "a connection failed", "exception": error})

    def after(self, seconds: float, call: Callable[[], None]) -> Deadline:
        """Call so many seconds from now. The numbers are few: each has a queue and a timer of its own."""
        deadline = Deadline(time.monotonic() + seconds, call)
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = deque()
            self.loop.call_later(seconds, self._expire, seconds)
        while queue and queue[0].call is None:  # or what was made in time would be kept until it is over
            queue.popleft()
        queue.append(deadline)
        return deadline

    async def wait(self, descriptor: int, events: int, seconds: float) -> int:
        """Wait for one of these events and return what there is then; 0 when the time is over before."""
        future: asyncio.Future[int] = self.loop.create_future()
        settle = functools.partial(_settle, future)
        self.watch(descriptor, events | ONCE, settle)
        deadline = self.after(seconds, settle)
        try:
            return await future
        finally:
            deadline.cancel()

    def _expire(self, seconds: float) -> None:
        """Call whose time is over, and come again when that of the next one is."""
        queue = self._queues.get(seconds)
        if queue is None:
            return  # closed
        now = time.monotonic()
        while queue and (queue[0].call is None or queue[0].at <= now):
            if (call := queue.popleft().call) is not None:
                call()
        if queue:
            self.loop.call_later(queue[0].at - now, self._expire, seconds)
        else:
            del self._queues[seconds]


def _settle(future: asyncio.Future[int], events: int = 0) -> None:
    if not future.done():
        future.set_result(events)
