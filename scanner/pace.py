"""How fast we may speak, to all hosts together and to each: presets, token buckets, one gate for both.

Never lets a late wake-up be made good by a burst, and never sends anything itself.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

HEADROOM: Final = 0.98
"""Share of the asked rate that the buckets give out. What we grant reaches the wire a little later, and two packets
may then fall into one window; 0.98 of the rate plus the burst stays under 1.05 of the rate in any 100 ms."""

BURST_SECONDS: Final = 0.005
"""A bucket holds five milliseconds of its rate: enough to absorb the one-millisecond timers of an event loop."""

LEAST_RATE: Final = 0.1
"""Packets per second; slower than one in ten seconds no scan of a segment ends in a working day."""

FASTEST_RATE: Final = 1_000_000.0
"""Packets per second; more than this no ordinary machine sends, so it is a typing error."""

CONNECTION_PACKETS: Final = 4
"""Segments a TCP connection costs us beside its data: SYN, ACK, FIN and the ACK of the peer's FIN."""

MESSAGE_PACKETS: Final = 2
"""Segments one request costs: the request itself and the acknowledgement of a short answer."""

TLS_PACKETS: Final = 3
"""Segments a TLS handshake costs us beside the above: ClientHello, key exchange or Finished, acknowledgements."""

MOST_HOSTS: Final = 512
"""Hosts examined at once: half of the 1,024 entries of a stock kernel's neighbour table, with room for the site."""

BYTES_PER_ACK: Final = 2 * 1460
"""A receiver acknowledges every second full segment (RFC 9293 section 3.8.6.3), so long answers cost more packets."""


class PaceError(ValueError):
    """The pace cannot be used as written; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Rates in packets per second, and how many TCP connections may be open at once."""

    overall: float
    per_host: float
    connections_per_host: int = 1
    open_sockets: int = 256
    name: str = ""

    @property
    def hosts_at_once(self) -> int:
        """Hosts examined at once. Each is asked slowly, so many together fill the pace of all."""
        return min(MOST_HOSTS, self.open_sockets // 2)

    def __str__(self) -> str:
        return self.name or f"{self.overall:g}"

    def seconds(self, packets: int, busiest_host: int = 0) -> float:
        """Time that so many packets take, of which one host gets `busiest_host`; what `plan` predicts."""
        return max(packets / self.overall, busiest_host / self.per_host) / HEADROOM


PRESETS: Final = (
    Pace(100, 5, open_sockets=32, name="gentle"),  # old or unknown devices: about one request a second to each
    Pace(1_000, 40, open_sockets=256, name="normal"),  # the default of the safety contract
    Pace(10_000, 40, open_sockets=1024, name="fast"),  # more hosts at once, no host asked any faster
    Pace(50_000, 1_000, open_sockets=4096, name="lab"),  # simulated devices only: never for a real network
)
"""The paces that have a word."""

PER_HOST: Final = 40.0
"""Packets per second to one host for a pace given as a number, as in `normal`; a lower number lowers it too."""


def parse_pace(text: str) -> Pace:
    """Read a preset's name or a number of packets per second overall, or raise PaceError."""
    word = text.strip().lower()
    for preset in PRESETS:
        if word == preset.name:
            return preset
    try:
        rate = float(word)
    except ValueError:
        rate = math.nan
    if not LEAST_RATE <= rate <= FASTEST_RATE:
        names = ", ".join(preset.name for preset in PRESETS)
        raise PaceError(f"{text!r} is no pace: write {names}, or packets per second from {LEAST_RATE} to 1000000")
    return Pace(rate, min(rate, PER_HOST), open_sockets=int(min(1024, max(16, rate / 4))))


class TokenBucket:
    """Tokens that accrue evenly; one packet costs one. Not safe across threads.

    A cost above the burst is granted once the bucket is full and leaves a debt, so the average holds for any cost.
    Any half-open window of W seconds sees at most `rate * HEADROOM * W + max(burst, largest cost)`.
    """

    __slots__ = ("_clock", "_level", "_queue", "_rate", "_seen", "_sleep", "_turn", "burst")

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._queue = asyncio.Lock()  # among those who acquire
        self._turn = asyncio.Lock()  # between the first of them and a steady sender
        self._rate = rate * HEADROOM
        self.burst = max(1.0, rate * BURST_SECONDS)
        self._level = self.burst
        self._seen = clock()

    def available(self) -> float:
        """Tokens there now; negative while a debt is paid off."""
        now = self._clock()
        self._level = min(self.burst, self._level + max(0.0, now - self._seen) * self._rate)
        self._seen = now
        return self._level

    def take(self, cost: float = 1) -> float:
        """Take `cost` tokens and return 0.0, or take none and return the seconds until they are there."""
        missing = min(cost, self.burst) - self.available()
        if missing > 1e-9:  # floating-point dust must not cost another timer
            return missing / self._rate
        self._level -= cost
        return 0.0

    def charge(self, cost: float) -> None:
        """Account for packets already sent (or, negative, not sent after all); later takers pay for them."""
        self._level = min(self.burst, self.available() - cost)

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; a debt stays a debt."""
        self.available()
        self._rate = rate * HEADROOM
        self.burst = max(1.0, rate * BURST_SECONDS)
        self._level = min(self._level, self.burst)

    async def acquire(self, cost: float = 1) -> None:
        """Wait for `cost` tokens, first come first served."""
        if not self._queue.locked() and not self._turn.locked() and self.take(cost) <= 0:
            return
        async with self._queue, self._turn:
            while (delay := self.take(cost)) > 0:
                await self._sleep(delay)

    async def reserve(self, cost: float) -> None:
        """Take `cost` tokens in turn at once and wait until they are there.

        For a steady sender, who reserves the next piece while the last one is on its way: a late wake-up loses nothing.
        He waits for one of those who acquire, not for all of them: what finds hosts must not starve for what asks them.
        """
        async with self._turn:
            self.charge(cost)
            delay = -self._level / self._rate
        if delay > 0:
            await self._sleep(delay)


class Pacer:
    """The gate before every packet: the host's own bucket first, then the one for all."""

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
        self._overall = TokenBucket(pace.overall, clock=clock, sleep=sleep)
        self._hosts: dict[str, TokenBucket] = {}

    def _bucket(self, host: str) -> TokenBucket:
        bucket = self._hosts.get(host)
        if bucket is None:
            bucket = self._hosts[host] = TokenBucket(self.pace.per_host, clock=self._clock, sleep=self._sleep)
        return bucket

    async def acquire(self, host: str, cost: float = 1) -> None:
        """Wait until `cost` packets may go to this host. A waiting host holds up no other."""
        await self._bucket(host).acquire(cost)
        await self._overall.acquire(cost)

    async def acquire_ahead(self, host: str, cost: float = 1) -> None:
        """As `acquire`, but ahead of the queue of all: for the few questions that find hosts."""
        await self._bucket(host).acquire(cost)
        await self._overall.reserve(cost)

    async def acquire_shared(self, cost: float = 1) -> None:
        """Wait until `cost` packets may go to nobody in particular: requests that a whole segment hears, as ARP."""
        await self._overall.reserve(cost)

    def give_back(self, cost: float) -> None:
        """Packets acquired by `acquire_shared` that were not sent after all."""
        self._overall.charge(-cost)

    def charge(self, host: str, cost: float) -> None:
        """Account for packets that the kernel sent on our behalf beyond what was acquired."""
        self._bucket(host).charge(cost)
        self._overall.charge(cost)

    def slow(self, host: str, factor: float) -> None:
        """Speak to this host `factor` times slower than the pace says."""
        self._bucket(host).change_rate(self.pace.per_host / factor)
