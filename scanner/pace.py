"""How fast we may speak, to all hosts together and to each: presets, and a gate for each that counts what leaves.

Never lets more leave within a window than was asked, and never sends anything itself.
"""

from __future__ import annotations

import asyncio
import bisect
import functools
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from scanner.foreseen import Foreseen
from scanner.line import Line

WINDOW: Final = 0.1
MOST_IN_WINDOW: Final = 1.05
"""Never more than this share of the rate within any so many seconds, whatever it is made of."""

BEGUN_IN_WINDOW: Final = 1.02
"""Nothing new is begun beyond this share, so that what was begun can be ended at once."""

WINDOW_SLACK: Final = 0.0004
"""Seconds a window is looked at longer than it is: what is let go reaches the wire a little later."""

REMEMBERED: Final = 32
"""Entries of what has left that may be older than the window: they are taken out together, since that moves all."""

EAGER: Final = 1.25
"""After a halt it may go so many times faster than the pace until the window is full: what a busy loop missed is made
good, and not in one burst."""

BURST_SECONDS: Final = 0.005
"""So much of a rate may go in one instant: enough to absorb the one-millisecond timers of an event loop."""

PIECE_SECONDS: Final = 0.003
"""A steady sender is given at least so much at a time: each piece is a message to another process."""

ANSWER_SECONDS: Final = 0.05
"""Seconds after a question that its answer may come: later ones are rare, and what is kept free is lost to others."""

LOOK_AGAIN: Final = 0.002
"""Seconds until one looks again where only what is on its way holds the others up."""

DUST: Final = 1e-9
"""Floating-point dust must not cost another timer."""

KEPT_MOST: Final = 20_000.0
"""Up to this rate of all, acknowledgements wait for their turn. At faster ones, which are for simulated devices only, a
window holds so many packets that theirs do not matter, and the kernel is left to acknowledge as it likes."""

HOST_WINDOW: Final = 1.0
"""Seconds of the window for one host: within a tenth of one a single exchange is more than most paces allow."""

HOST_LEAST: Final = 5
"""Packets that a host's window must have room for, or it is longer: a whole exchange, or one half of one with TLS."""

USED: Final = 0.97
"""Share of the rate that is really used while work waits, as counted on the wire; what `plan` reckons with."""

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

MESSAGE_PACKETS: Final = 2
"""Segments one request costs: itself, and an acknowledgement where our FIN or next request does not bring it along."""

EXCHANGE_PACKETS: Final = CONNECTION_PACKETS + MESSAGE_PACKETS
"""Segments of one request on a connection of its own."""

HELLO_PACKETS: Final = 4
"""Segments that open a TLS connection: SYN, ClientHello, and two acknowledgements of what a server says to it. Later
flights pay for themselves: each room for itself, the first request for what follows it as well (FOLLOWING_PACKETS)."""

NEXT_PACKETS: Final = MESSAGE_PACKETS + CLOSING_PACKETS
"""Segments from a further request on the same connection on."""

FOLLOWING_PACKETS: Final = 5
"""Segments from a first request under TLS on: itself, two acknowledgements (of tickets and of the answer), and the end.
"""

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
        return max(packets / self.overall, busiest_host / self.per_host) / USED


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
    """Tokens that accrue evenly; one packet costs one, and a cost above the burst leaves a debt."""

    __slots__ = ("_clock", "_level", "_rate", "_seconds", "_seen", "burst")

    def __init__(
        self, rate: float, *, seconds: float = BURST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._set_rate(rate)
        self._level = self.burst
        self._seen = clock()

    def _set_rate(self, rate: float) -> None:
        self._rate = rate
        self.burst = max(1.0, rate * self._seconds)

    def available(self) -> float:
        """Tokens there now; negative while a debt is paid off."""
        return self.refill(self._clock())

    def refill(self, now: float) -> float:
        """As `available`, for whoever has just looked at the clock; one that steps back gives nothing."""
        level = self._level + (now - self._seen) * self._rate if now > self._seen else self._level
        self._level = level = level if level < self.burst else self.burst
        self._seen = now
        return level

    def until(self, cost: float) -> float:
        """Seconds after the last refill until `cost` may go: a bucket that is full lets any cost go."""
        missing = min(cost, self.burst) - self._level
        return missing / self._rate if missing > DUST else 0.0

    def charge(self, cost: float) -> None:
        """Take so many tokens, whether they are there or not; negative: put them back."""
        self._level -= cost

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; a debt stays a debt."""
        self.available()
        self._set_rate(rate)
        self._level = min(self._level, self.burst)


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a rate comes to; worked out once for all hosts of a run, since each has a gate."""

    length: float  # of the window, in seconds
    fresh: int  # packets that may be in it when something new is begun
    most: int  # and at most
    spare: int
    piece: int


@functools.lru_cache(maxsize=64)
def _limit(rate: float, window: float, least: float, share: float) -> _Limits:
    window = max(window, least / rate)
    fresh = max(1, math.floor(rate * window * share + DUST))
    most = max(fresh, math.floor(rate * window * MOST_IN_WINDOW + DUST))
    return _Limits(
        max(window + WINDOW_SLACK, fresh / rate),
        fresh,
        most,
        max(1, (most - fresh) // 2),
        max(1, int(rate * PIECE_SECONDS)),
    )


class Gate:
    """One limit on all that leaves: what has left within the window, what is on its way, and what may come by itself.

    Packets are counted when they leave, or later; so no window of the wire holds more than the ledger allowed. Not
    safe across threads.
    """

    __slots__ = (
        "_answers", "_answers_until", "_begun", "_claimed", "_clock", "_coming", "_eager", "_even", "_foreseen",
        "_held", "_least", "_limits", "_queue", "_recent", "_share", "_shortest", "_sleep", "_sum", "_turn",
    )  # fmt: skip

    def __init__(
        self,
        rate: float,
        *,
        window: float = WINDOW,
        least: float = 0,
        eager: float = EAGER,
        begun: float = BEGUN_IN_WINDOW,
        steady: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`least`: packets that the window must have room for, or it is longer; `steady`: somebody goes ahead of the
        queue here; the others as their constants say.
        """
        self._clock = clock
        self._sleep = sleep
        self._shortest, self._least, self._eager, self._share = window, least, eager, begun
        self._even = TokenBucket(rate * eager, clock=clock)
        self._turn = asyncio.Lock() if steady else None  # between the first of those who begin and a steady sender
        self._queue = Line(sleep, self._turn)  # of those who begin something
        self._begun = Line(sleep)  # of those who go on with what they began
        self._recent: list[tuple[float, float]] = []  # (when, packets) of the last window; each host has one: no deque
        self._sum = 0.0
        self._held = 0.0  # on their way, or promised to a connection
        self._coming = 0.0  # for whom the first of those who go on waits
        self._claimed = 0  # for those who come again soon
        self._answers = 0
        self._answers_until = -math.inf
        self._foreseen: Foreseen | None = None  # made when needed: of a host nothing is foreseen
        self._limits = _limit(rate, window, least, begun)

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; what was counted stays counted."""
        self._even.change_rate(rate * self._eager)
        self._limits = _limit(rate, self._shortest, self._least, self._share)

    def _room(self, now: float, *, begun: bool, answered: bool = False) -> float:
        """Packets that may leave now."""
        recent, since = self._recent, now - self._limits.length + DUST
        if recent and recent[0][0] <= since:
            self._forget(since)
        kept = self._limits.spare if now < self._answers_until and not answered else 0
        most = self._limits.most - kept
        if begun:
            return most - self._taken(now)
        return min(self._limits.fresh, most - self._coming - self._claimed) - self._taken(now)

    def _forget(self, since: float) -> None:
        old = 0
        for when, packets in self._recent:
            if when > since:
                break
            self._sum -= packets
            old += 1
        del self._recent[:old]

    def _taken(self, now: float) -> float:
        coming = self._look_ahead(now, self._foreseen) if self._foreseen is not None else 0
        return self._sum + self._held + coming

    def _look_ahead(self, now: float, foreseen: Foreseen) -> int:
        """Packets foreseen within a window from now, since what leaves now shares it; what is over has been sent."""
        self._remember(now, foreseen.look(now, now + self._limits.length))
        return min(self._limits.most - 1, foreseen.near)

    def _remember(self, at: float, packets: float) -> None:
        if packets:
            if self._recent and at < self._recent[-1][0]:
                bisect.insort(self._recent, (at, packets))
            else:
                self._recent.append((at, packets))
            self._sum += packets

    def _delay(self, cost: float, now: float, *, begun: bool = False, answered: bool = False) -> float:
        """Seconds until `cost` may leave; 0 when it may now."""
        over = cost - self._room(now, begun=begun, answered=answered)
        if over > DUST and (self._taken(now) > 0 or ((self._coming or self._claimed) and not begun)):
            since = now - self._limits.length
            for when, packets in self._recent:
                over -= packets
                if over <= DUST:
                    return max(when - since, LOOK_AGAIN / 10)
            return LOOK_AGAIN  # what is on its way has to be over first: nobody knows when
        level = self._even.refill(now)
        return 0.0 if begun or level >= cost else self._even.until(cost)

    def take(self, cost: float = 1, *, begun: bool = False, answered: bool = False, hold: bool = False) -> float:
        """Count `cost` as leaving now and return 0.0, or take nothing and return the seconds until that may be.

        `begun`: it goes on with something; `answered`: with an answer that has come. `hold`: it leaves later, and
        counts until `settle` says that it has left.
        """
        now = self._clock()
        has_evenly = self._even.refill(now) >= cost or begun
        if not (has_evenly and self._has_plenty(cost, now, begun=begun, answered=answered)):
            delay = self._delay(cost, now, begun=begun, answered=answered)
            if delay > 0:
                return delay
        self._even.charge(cost)
        if hold:
            self._held += cost
        else:
            self._remember(now, cost)
        return 0.0

    def _has_plenty(self, cost: float, now: float, *, begun: bool, answered: bool) -> bool:
        """True when there is room even if all that was counted counts still: mostly, and nothing need be forgotten."""
        limits, recent = self._limits, self._recent
        if len(recent) > REMEMBERED and recent[REMEMBERED][0] <= now - limits.length:
            self._forget(now - limits.length)
        coming = self._look_ahead(now, self._foreseen) if self._foreseen is not None else 0  # counts what is over
        then = self._sum + self._held + coming + cost
        kept = then if answered or now >= self._answers_until else then + limits.spare
        return (
            kept <= limits.most
            if begun
            else then <= limits.fresh and kept + self._coming + self._claimed <= limits.most
        )

    def available(self) -> float:
        """Packets that may leave now; less than one for a while after many."""
        now = self._clock()
        return min(self._room(now, begun=False), self._even.refill(now))

    def settle(self, held: float, sent: float, at: float = math.inf) -> None:
        """Of what was held so much is no more, and so much has left by now: more, less, or nothing of it.

        `at`: when it left, where that is told later; it counts for a window from then on.
        """
        if not held and not sent:
            return
        now = self._clock()
        self._held -= held
        if sent != held:
            self._even.refill(now)
            self._even.charge(sent - held)
        self._remember(min(now, at), sent)

    def expect(self) -> None:
        """One answer more may come soon, which has to be acknowledged."""
        self._answers += 1
        self._answers_until = self._clock() + ANSWER_SECONDS

    def expect_fewer(self) -> None:
        """One has come, or does not come any more."""
        self._answers -= 1
        if not self._answers:
            self._answers_until = -math.inf

    def claim(self, places: int) -> None:
        """Keep so many of the next places (negative: no longer) from whoever begins something new."""
        self._claimed += places

    def foresee(self, packets: int, begin: float, end: float, *, sure: bool = True, of: str = "") -> None:
        """Keep so many places free from `begin` to `end` seconds from now for what the kernel will send by itself.

        `sure`: at the end it has been sent; else only what `settle` is told counts. `of`: in the place of what was
        foreseen of the same before.
        """
        now = self._clock()
        if self._foreseen is None:
            self._foreseen = Foreseen()
        self._foreseen.add(packets, now + begin, now + end, sure=sure, of=of)

    async def acquire(self, cost: float = 1, *, hold: bool = False) -> None:
        """Wait until `cost` packets may leave, first come first served."""
        if not self._queue.is_free() or self.take(cost, hold=hold) > 0:
            await self._wait(self._queue, functools.partial(self.take, cost, hold=hold), cost * hold)

    async def go_on(self, cost: float = 1, *, hold: bool = False) -> None:
        """Wait until `cost` packets may leave that go on with what was begun: before anything new is begun."""
        if self._begun.is_free() and self._take_begun(cost, hold) <= 0:
            return
        try:
            await self._wait(self._begun, functools.partial(self._take_begun, cost, hold), cost * hold)
        except BaseException:
            self._coming = 0.0
            raise

    async def _wait(self, line: Line, take: Callable[[], float], held: float) -> None:
        """Wait in this line; whoever is cancelled when it has been let go holds nothing."""
        taken = False

        def note() -> float:
            nonlocal taken
            delay = take()
            taken = delay <= 0
            return delay

        try:
            await line.wait(note)
        except BaseException:
            self.settle(held * taken, 0)
            raise

    def _take_begun(self, cost: float, hold: bool) -> float:  # noqa: FBT001  as `take`
        """Take; or keep the next places free for it."""
        delay = self.take(cost, begun=True, hold=hold)
        self._coming = cost if delay > 0 else 0.0
        return delay

    async def acquire_ahead(self, cost: float = 1) -> None:
        """As `acquire`, but waits for one of the queue only: what finds hosts must not starve for what asks them."""
        async with self._turn or nullcontext():
            while (delay := self.take(cost)) > 0:
                await self._sleep(delay)

    async def draw(self, most: int) -> int:
        """For a steady sender: wait for a piece of at most `most` packets, held until `settle` says they have left."""
        async with self._turn or nullcontext():
            while True:
                now = self._clock()
                if (delay := self._delay(min(most, self._limits.piece), now)) <= 0:
                    break
                await self._sleep(delay)
            piece = min(most, max(int(self.available()), min(most, self._limits.piece)))
            self._even.charge(piece)
            self._held += piece
            return piece


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

    def host(self, host: str) -> Gate:
        """The gate of one host."""
        gate = self._hosts.get(host)
        if gate is None:
            gate = self._hosts[host] = Gate(
                self.pace.per_host, window=HOST_WINDOW, least=HOST_LEAST, eager=1, begun=MOST_IN_WINDOW,
                steady=False, clock=self._clock, sleep=self._sleep,
            )  # fmt: skip
        return gate

    async def acquire(self, host: str, cost: float = 1) -> None:
        """Wait until `cost` packets may go to this host at once. A waiting host holds up no other."""
        gate = self.host(host)
        await gate.acquire(cost, hold=True)
        try:
            await self.overall.acquire(cost, hold=True)
        except BaseException:
            gate.settle(cost, 0)
            raise
        self.overall.settle(cost, cost)
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

    async def acquire_first(self, host: str, cost: float = 1) -> None:
        """As `acquire_ahead`, and ahead of the host's own queue too: for a library that keeps its own times."""
        self.host(host).settle(0, cost)
        await self.overall.acquire_ahead(cost)

    async def acquire_shared(self, cost: float = 1) -> None:
        """Wait until `cost` packets may go to nobody in particular: requests that a whole segment hears, as ARP."""
        await self.overall.acquire_ahead(cost)

    def make_room(self) -> None:
        """Keep a part of the next WINDOW free for replies of the kernel that nobody can hold back."""
        room = min(REPLIES_MOST, max(1, int(self.pace.overall * WINDOW * REPLIES_SHARE)))
        self.overall.foresee(room, 0.0, WINDOW, sure=False)

    def slow(self, host: str, factor: float) -> None:
        """Speak to this host `factor` times slower than the pace says."""
        self.host(host).change_rate(self.pace.per_host / factor)


class Account:
    """What one connection may send to its host, and what it has sent.

    Room for a whole connection is held at its host before it begins, so that a begun one is ended at once; among all
    each segment waits for its own turn, before anything new. What the kernel sends beyond is counted as soon as it is
    seen.
    """

    __slots__ = ("_ahead", "_claims", "_expects", "_held", "_host", "_lent", "_overall", "keeps", "sent")

    def __init__(self, pacer: Pacer, host: str) -> None:
        self.keeps = pacer.pace.overall <= KEPT_MOST
        """Whether acknowledgements wait for their turn too."""
        self._overall = pacer.overall
        self._host = pacer.host(host)
        self._held = 0.0
        self._ahead = 0
        self._lent = 0  # to an acknowledgement that may leave now
        self._claims = 0
        self._expects = False
        self.sent = 0

    async def open(self, whole: int, at_once: int = OPENING_PACKETS) -> None:
        """Wait until the host may be sent the `whole` connection, and the first segments of it may leave."""
        await self._host.acquire(whole, hold=True)
        self._held = whole
        try:
            await self._overall.acquire(at_once, hold=True)
        except BaseException:
            self.close(0)
            raise
        self._overall.settle(at_once, at_once)  # only now does it leave: a busy loop may have let time pass since
        self._count(at_once)

    async def say(self, segments: int = 1, *, room: int = 0, ahead: int = 0) -> None:
        """Wait until so many may leave that an answer is expected to; `room`: for so many there has to be at the host.

        `ahead`: so many more are let go at once, for whoever ends the connection without asking.
        """
        if max(room, segments) > self._held:
            await self._hold(max(room, segments))
        if ahead:
            await self._overall.go_on(ahead, hold=True)
            self._ahead += ahead
        self._expect(answer=True)  # before it is let go: there has to be room for both
        await self._overall.go_on(segments, hold=True)
        self._overall.settle(segments, segments)
        self._expect(answer=True)  # from now on
        self._count(segments)

    async def end(self, segments: int) -> None:
        """Wait until so many may leave that end the connection: FIN now, the others when the peer says its own end."""
        if segments > self._held:
            await self._hold(segments)
        await self._overall.go_on(segments, hold=True)
        self._overall.settle(1, 1)
        self._ahead += segments - 1
        self._count(1)

    async def _hold(self, room: int) -> None:
        """Wait until so many are held at the host, which are more than now."""
        more = room - self._held
        await self._host.go_on(more, hold=True)
        self._held += more

    def _count(self, segments: int) -> None:
        held = min(self._held, segments)
        self._held -= held
        self.sent += segments
        self._host.settle(held, segments)

    def see(self, segments: int) -> None:
        """Count at once what the kernel has sent by now beyond what was asked for."""
        if (more := segments - self.sent) > 0:
            lent = min(self._lent, more)
            ahead = min(self._ahead, more - lent)
            self._lent -= lent
            self._ahead -= ahead
            self._overall.settle(lent + ahead, more)
            self._count(more)

    def begin_reading(self) -> bool:
        """Whether an acknowledgement may leave now; then it counts until `end_reading`. Else it is to be soon."""
        if not self._lent:
            late = self._overall.take(1, begun=True, answered=True, hold=True) > 0
            self._claim(int(late))
            self._lent = 1 - late
        return bool(self._lent)

    def end_reading(self) -> None:
        """Give back what `see` had no use for."""
        self._expect(answer=False)
        self._overall.settle(self._lent, 0)
        self._lent = 0

    def _expect(self, *, answer: bool) -> None:
        if self._expects:
            self._overall.expect_fewer()
        if answer:
            self._overall.expect()
        self._expects = answer

    def _claim(self, places: int) -> None:
        if places != self._claims:
            self._overall.claim(places - self._claims)
            self._claims = places

    def close(self, segments: int | None, received: int = 0) -> None:
        """The connection is gone: count what was sent beyond, and give back what was held.

        Where the kernel does not say, a long answer is taken to have cost its acknowledgements.
        """
        self.see(segments if segments is not None else self.sent + received // BYTES_PER_ACK)
        self._host.settle(self._held, 0)
        self._overall.settle(self._ahead + self._lent, 0)
        self._held, self._ahead, self._lent = 0.0, 0, 0
        self._claim(0)
        self._expect(answer=False)
