"""The gates before every packet: one for each host, and one for all of them together. Sends nothing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

from scanner.gate import MOST_IN_WINDOW, WINDOW, Gate
from scanner.pace import Pace

HOST_WINDOW: Final = 1.0
"""Seconds of the window for one host: within a tenth of one a single exchange is more than most paces allow."""

HOST_LEAST: Final = 5
"""Packets that a host's window must have room for, or it is longer: a whole exchange, or one half of one with TLS."""

REPLIES_SHARE: Final = 0.1
"""Share of a WINDOW kept free for replies of our kernel to neighbours that ask for its address: whoever answers a
multicast question over IPv6 asks for it first (RFC 4861), all of them within a tenth of a second."""

REPLIES_MOST: Final = 10
"""Packets kept free for that at most: what is kept free and not needed is lost to the sweeps."""


class Pacer:
    """The gates before every packet: the host's own first, then the one for all."""

    def __init__(
        self,
        pace: Pace,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.pace = pace
        self._clock = clock
        self._sleep = sleep
        self.overall = Gate(pace.overall, clock=clock, sleep=sleep)
        self._hosts: dict[str, Gate] = {}
        self._pattern = Gate(
            pace.per_host, window=HOST_WINDOW, least=HOST_LEAST, eager=1, begun=MOST_IN_WINDOW,
            steady=False, clock=clock, sleep=sleep,
        )  # fmt: skip

    def host(self, host: str) -> Gate:
        """The gate of one host."""
        gate = self._hosts.get(host)
        if gate is None:
            gate = self._hosts[host] = self._pattern.make_twin()
        return gate

    async def acquire(self, host: str, cost: float = 1) -> None:
        """Wait until `cost` packets may go to this host at once. A waiting host holds up no other."""
        gate = self.host(host)
        await gate.acquire(cost, hold=True)
        try:
            await self.overall.acquire(cost)
        except BaseException:
            gate.settle(cost, 0)
            raise
        gate.settle(cost, cost)

    async def acquire_ahead(self, host: str, cost: float = 1, earliest: float = -math.inf) -> None:
        """As `acquire`, but ahead of the queue of all: for the few questions that find hosts.

        `earliest`: when it may go at the earliest, by the clock of the pace; waited for between the two turns, so that
        what is let go goes at once.
        """
        await self.host(host).acquire(cost)
        if (pause := earliest - self._clock()) > 0:
            await self._sleep(pause)
        await self.overall.acquire_ahead(cost)

    async def acquire_first(self, host: str, cost: float) -> None:
        """As `acquire_ahead`, and ahead of the host's own queue too: for a library that keeps its own times."""
        self.host(host).settle(0, cost)
        await self.overall.acquire_ahead(cost)

    async def acquire_shared(self, cost: float) -> None:
        """Wait until `cost` packets may go to nobody in particular: requests that a whole segment hears, as ARP."""
        await self.overall.acquire_ahead(cost)

    def make_room(self) -> None:
        """Keep a part of the next WINDOW free for replies of the kernel that nobody can hold back."""
        room = min(REPLIES_MOST, max(1, int(self.pace.overall * WINDOW * REPLIES_SHARE)))
        self.overall.foresee(room, 0.0, WINDOW, sure=False)

    def slow(self, host: str, factor: float) -> None:
        """Speak to this host `factor` times slower than the pace says."""
        self.host(host).change_rate(self.pace.per_host / factor)
