"""How fast we may speak, to all hosts together and to each: presets, token buckets, one gate for both.

Never lets a late wake-up be made good by a burst, and never sends anything itself.
"""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from scanner.line import Line

HEADROOM: Final = 0.98
"""Share of the asked rate that the buckets give out. What we grant reaches the wire a little later, and two packets
may then fall into one window; 0.98 of the rate plus the burst stays under 1.05 of the rate in any 100 ms."""

WINDOW: Final = 0.1
MOST_IN_WINDOW: Final = 1.05
"""Never more than this share of the rate within any so many seconds, whatever was charged in between."""

BEGUN_IN_WINDOW: Final = 1.02
"""Nothing new is begun beyond this share, so that what was begun can be ended at once."""

HOST_WINDOW: Final = 1.0
"""Seconds of the window for one host: within a tenth of one a single exchange is more than most paces allow."""

HOST_LEAST: Final = 5
"""Packets that a host's window must have room for, or it is longer: an exchange of four would be all of it."""

WINDOW_SLACK: Final = 0.004
"""Seconds a window is looked at longer than it is: a packet granted at its edge reaches the wire a little later."""

BURST_SECONDS: Final = 0.005
"""A bucket holds five milliseconds of its rate: enough to absorb the one-millisecond timers of an event loop."""

LEAST_RATE: Final = 0.1
"""Packets per second; slower than one in ten seconds no scan of a segment ends in a working day."""

FASTEST_RATE: Final = 1_000_000.0
"""Packets per second; more than this no ordinary machine sends, so it is a typing error."""

OPENING_PACKETS: Final = 1
"""Segments that open a TCP connection: the SYN. The acknowledgement of the peer's goes out with what we say next."""

SYN_AGAIN: Final = 1.0
"""Seconds after which the kernel repeats a SYN that nobody answered (RFC 6298 section 2)."""

CLOSING_PACKETS: Final = 2
"""Segments that end one: FIN and the acknowledgement of the peer's FIN. They are sent when it is their turn."""

CONNECTION_PACKETS: Final = OPENING_PACKETS + CLOSING_PACKETS
"""Segments a TCP connection costs us beside its data."""

MESSAGE_PACKETS: Final = 1
"""Segments one request costs: a short answer is acknowledged by our FIN or our next request (see scanner/wire.py)."""

TLS_PACKETS: Final = 4
"""Segments a TLS handshake costs us beside the above: ClientHello, key exchange or Finished, acknowledgements, and the
closing alert."""

MOST_HOSTS: Final = 512
"""Hosts examined at once: half of the 1,024 entries of a stock kernel's neighbour table, with room for the site."""

REPLIES_SHARE: Final = 0.1
"""Share of a WINDOW kept free for replies of our kernel to neighbours that ask for its address: whoever answers a
multicast question over IPv6 asks for it first (RFC 4861), all of them within a tenth of a second."""

REPLIES_MOST: Final = 10
"""Packets kept free for that at most: what is kept free and not needed is lost to the sweeps."""

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
    Any half-open window of W seconds sees at most `rate * HEADROOM * W + max(burst, largest cost)`, and any of `window`
    seconds (longer where that has no room for `least`) at most MOST_IN_WINDOW of the rate, or one cost where that is
    more; only what is charged afterwards may exceed it.
    """

    __slots__ = (
        "_begun", "_clock", "_endings", "_least", "_level", "_most", "_queue", "_rate", "_recent", "_recent_sum",
        "_seen", "_shortest", "_sleep", "_turn", "_window", "burst",
    )  # fmt: skip

    def __init__(
        self,
        rate: float,
        *,
        window: float = WINDOW,
        least: float = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._shortest, self._least = window, least
        self._turn = asyncio.Lock()  # between the first of those who acquire and a steady sender
        self._queue = Line(sleep, self._turn)  # of those who acquire
        self._endings = Line(sleep)  # of those who end what they have paid for
        self._recent: deque[tuple[float, float]] = deque()  # (when, packets) of the last window
        self._recent_sum = 0.0
        self._set_rate(rate)
        self._level = self.burst
        self._seen = clock()

    def _set_rate(self, rate: float) -> None:
        self._rate = rate * HEADROOM
        self._window = max(self._shortest, self._least / rate)
        self._most = math.floor(rate * self._window * MOST_IN_WINDOW + 1e-9)
        self._begun = math.floor(rate * self._window * BEGUN_IN_WINDOW + 1e-9)
        self.burst = max(1.0, rate * BURST_SECONDS)

    def available(self) -> float:
        """Tokens there now; negative while a debt is paid off."""
        now = self._clock()
        self._level = min(self.burst, self._level + max(0.0, now - self._seen) * self._rate)
        self._seen = now
        return self._level

    def take(self, cost: float = 1, later: float = 0) -> float:
        """Take `cost` tokens and return 0.0, or take none and return the seconds until they are there.

        `later` more are taken with them, for packets that go when `go_on` says so.
        """
        missing = min(cost + later, self.burst) - self.available()
        if missing > 1e-9:  # floating-point dust must not cost another timer
            return missing / self._rate
        if (delay := self._until_clear(cost, self._seen, self._begun)) > 0:
            return delay
        self._level -= cost + later
        self._remember(cost, self._seen)
        return 0.0

    def _remember(self, cost: float, at: float) -> None:
        self._recent.append((at, cost))
        self._recent_sum += cost

    def _forget(self, at: float) -> None:
        while self._recent and self._recent[0][0] <= at - self._window - WINDOW_SLACK + 1e-9:
            self._recent_sum -= self._recent.popleft()[1]

    def _until_clear(self, cost: float, at: float, most: float) -> float:
        """Seconds after `at` until the last window has room for `cost` more, or is empty."""
        self._forget(at)
        recent, since = self._recent, at - self._window - WINDOW_SLACK
        over = self._recent_sum + cost - max(most, cost) if recent else 0.0
        for when, packets in recent if over > 1e-9 else ():
            over -= packets
            if over <= 1e-9:
                return when - since
        return 0.0

    def charge(self, cost: float, later: float = 0) -> None:
        """Account for packets already sent (or, negative, not sent after all); others pay for them from now on.

        `later` negative: of what was taken for later so much is not needed.
        """
        self._level = min(self.burst, self.available() - cost - later)
        self._forget(self._seen)
        self._remember(cost, self._seen)

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; a debt stays a debt."""
        self.available()
        self._set_rate(rate)
        self._level = min(self._level, self.burst)

    async def acquire(self, cost: float = 1, later: float = 0) -> None:
        """Wait for `cost` tokens (and `later` more, as `take`), first come first served."""
        await self._queue.wait(functools.partial(self.take, cost, later))

    async def go_on(self, cost: float) -> None:
        """Wait until `cost` packets that were taken for later may go: at once, but where many come together."""
        await self._endings.wait(functools.partial(self._take_ending, cost))

    def _take_ending(self, cost: float) -> float:
        self.available()
        if (delay := self._until_clear(cost, self._seen, self._most)) <= 0:
            self._remember(cost, self._seen)
        return delay

    async def reserve(self, cost: float) -> None:
        """Take `cost` tokens in turn at once and wait until they are there.

        For a steady sender, who reserves the next piece while the last one is on its way: a late wake-up loses nothing.
        He waits for one of those who acquire, not for all of them: what finds hosts must not starve for what asks them.
        """
        async with self._turn:
            self._level = min(self.burst, self.available() - cost)
            delay = max(0.0, -self._level / self._rate)
            delay += self._until_clear(cost, self._seen + delay, self._begun)
            self._remember(cost, self._seen + delay)
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
            bucket = self._hosts[host] = TokenBucket(
                self.pace.per_host, window=HOST_WINDOW, least=HOST_LEAST, clock=self._clock, sleep=self._sleep
            )
        return bucket

    async def acquire(self, host: str, cost: float = 1, later: float = 0) -> None:
        """Wait until `cost` packets may go to this host. A waiting host holds up no other.

        `later` packets more will go to it once `go_on` says so.
        """
        await self._bucket(host).acquire(cost + later)
        await self._overall.acquire(cost, later)

    async def go_on(self, cost: float) -> None:
        """Wait until `cost` packets acquired for later may go: what was begun is ended before more is begun."""
        await self._overall.go_on(cost)

    async def make_room(self) -> int:
        """Keep a part of the next WINDOW free for replies of the kernel that nobody can hold back; how many packets."""
        room = min(REPLIES_MOST, max(1, int(self.pace.overall * WINDOW * REPLIES_SHARE)))
        await self._overall.reserve(room)
        return room

    async def acquire_ahead(self, host: str, cost: float = 1) -> None:
        """As `acquire`, but ahead of the queue of all: for the few questions that find hosts."""
        await self._bucket(host).acquire(cost)
        await self._overall.reserve(cost)

    async def acquire_first(self, host: str, cost: float = 1) -> None:
        """As `acquire_ahead`, and ahead of the host's own queue too: for a library that keeps its own times."""
        self._bucket(host).charge(cost)
        await self._overall.reserve(cost)

    async def acquire_shared(self, cost: float = 1) -> None:
        """Wait until `cost` packets may go to nobody in particular: requests that a whole segment hears, as ARP."""
        await self._overall.reserve(cost)

    def give_back(self, cost: float) -> None:
        """Packets acquired by `acquire_shared` that were not sent after all."""
        self._overall.charge(-cost)

    def charge_shared(self, cost: float) -> None:
        """Account for packets the kernel sent that are no host's."""
        self._overall.charge(cost)

    def charge(self, host: str, cost: float, later: float = 0) -> None:
        """Account for packets that the kernel sent on our behalf beyond what was acquired, or (negative) did not send.

        `later` does so for what was acquired for later.
        """
        if cost or later:
            self._bucket(host).charge(cost + later)
            self._overall.charge(cost, later)

    def slow(self, host: str, factor: float) -> None:
        """Speak to this host `factor` times slower than the pace says."""
        self._bucket(host).change_rate(self.pace.per_host / factor)
