"""One limit on all that leaves: a gate counts it, and lets nothing more go than a window has room for.

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

from scanner.bucket import DUST, TokenBucket, size_burst
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

COARSE: Final = 20_000.0
"""Rates above this are for simulated devices only: a window holds thousands, and to look at each of them by itself
would take longer than to send it."""

GRAIN: Final = 0.001
"""Seconds of a rate above COARSE in which all packets count as leaving at the end: a hundredth of a window later."""

EAGER: Final = 1.25
"""After a halt it may go so many times faster than the pace until the window is full: what a busy loop missed is made
good, and not in one burst."""

PIECE_SECONDS: Final = 0.003
"""A steady sender is given at least so much at a time: each piece is a message to another process."""

ANSWER_SECONDS: Final = 0.05
"""Seconds after a question that its answer may come: later ones are rare, and what is kept free is lost to others."""

LOOK_AGAIN: Final = 0.002
"""Seconds until one looks again where only what is on its way holds the others up."""

SOONEST: Final = 0.0002
"""Seconds waited at least: less than that no timer tells apart, and one would look again in vain."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a rate comes to; worked out once for all hosts of a run, since each has a gate."""

    rate: float  # packets a second that may follow one another
    burst: float  # tokens of the bucket
    grain: float  # seconds in which what leaves is counted together, at their end
    length: float  # of the window, in seconds
    fresh: int  # packets that may be in it when something new is begun
    most: int  # and at most
    spare: int  # places that are kept free for answers, one for each that may come
    piece: int


@functools.lru_cache(maxsize=64)
def _limit(rate: float, window: float, least: float, share: float, eager: float) -> _Limits:
    window = max(window, least / rate)
    fresh = max(1, math.floor(rate * window * share + DUST))
    most = max(fresh, math.floor(rate * window * MOST_IN_WINDOW + DUST))
    return _Limits(
        rate * eager,
        size_burst(rate * eager),
        GRAIN if rate > COARSE else 0.0,
        max(window + WINDOW_SLACK, fresh / rate),
        fresh,
        most,
        max(1, most - fresh),
        max(1, int(rate * PIECE_SECONDS)),
    )


class Gate(TokenBucket):
    """One limit on all that leaves: what has left within the window, what is on its way, and what may come by itself.

    Packets are counted when they leave, or later; so no window of the wire holds more than the ledger allowed. Not
    safe across threads.
    """

    __slots__ = (
        "_ahead", "_answers", "_answers_until", "_beginning", "_claimed", "_coming", "_eager", "_foreseen", "_going_on",
        "_held", "_least", "_limits", "_recent", "_share", "_shortest", "_sleep", "_sum", "_turn",
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
        self._begin(_limit(rate, window, least, begun, eager), clock, sleep)
        self._shortest, self._least, self._eager, self._share = window, least, eager, begun
        self._turn = asyncio.Lock() if steady else None  # between the first of those who begin and a steady sender

    def _begin(self, limits: _Limits, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]]) -> None:
        """Nothing has left yet."""
        self._limits = limits
        self._rate, self._level, self.burst = limits.rate, limits.burst, limits.burst  # as a bucket, without a call
        self._clock = clock
        self._seen = clock()
        self._sleep = sleep
        self._recent: list[tuple[float, float]] = []  # (when, packets) of the last window; each host has one: no deque
        self._sum = 0.0
        self._held = 0.0  # on their way, or promised to a connection
        self._coming = 0.0  # for whom the first of those who go on waits
        self._claimed = 0  # for those who come again soon
        self._ahead = 0  # who goes ahead of the queue, and may be waiting
        self._answers = 0
        self._answers_until = -math.inf
        # made when needed: of a host nothing is foreseen, and mostly nobody waits
        self._foreseen: Foreseen | None = None
        self._beginning: Line | None = None  # of those who begin something
        self._going_on: Line | None = None  # of those who go on with what they began

    def make_twin(self) -> Gate:
        """Another with the limits of this one, of which nothing is taken yet: half the time of making one anew."""
        twin = Gate.__new__(Gate)
        twin._begin(self._limits, self._clock, self._sleep)
        twin._shortest, twin._least, twin._eager, twin._share = self._shortest, self._least, self._eager, self._share
        twin._turn = asyncio.Lock() if self._turn is not None else None
        return twin

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; what was counted stays counted."""
        super().change_rate(rate * self._eager)
        self._limits = _limit(rate, self._shortest, self._least, self._share, self._eager)

    def _room(self, now: float, *, begun: bool, answered: bool = False) -> float:
        """Packets that may leave now."""
        recent, since = self._recent, now - self._limits.length + DUST
        if recent and recent[0][0] <= since:
            self._forget(since)
        most = self._limits.most - (0 if answered else self._keep(now))
        if begun:
            return most - self._taken(now)
        return min(self._limits.fresh, most - self._coming - self._claimed) - self._taken(now)

    def _keep(self, now: float) -> int:
        """Places to be left free for the acknowledgements of answers that may come: they leave when the peer wants."""
        return min(self._answers, self._limits.spare) if now < self._answers_until else 0

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
        if over := foreseen.look(now, now + self._limits.length):
            self._remember(now, over)
        return min(self._limits.most - 1, foreseen.near)

    def _remember(self, at: float, packets: float) -> None:
        """As `take` does it, without a call."""
        recent, grain = self._recent, self._limits.grain
        if not recent or at >= recent[-1][0]:
            recent.append((at + grain, packets))
        elif grain:
            recent[-1] = (recent[-1][0], recent[-1][1] + packets)
        else:
            bisect.insort(recent, (at, packets))
        self._sum += packets

    def _delay(self, cost: float, now: float, *, begun: bool = False, answered: bool = False) -> float:
        """Seconds until `cost` may leave; 0 when it may now."""
        over = cost - self._room(now, begun=begun, answered=answered)
        if over > DUST and (self._taken(now) > 0 or ((self._coming or self._claimed) and not begun)):
            since = now - self._limits.length
            for when, packets in self._recent:
                over -= packets
                if over <= DUST:
                    return max(when - since, SOONEST)
            return LOOK_AGAIN  # what is on its way has to be over first: nobody knows when
        self.refill(now)
        return 0.0 if begun else self.until(cost)

    def take(self, cost: float = 1, *, begun: bool = False, answered: bool = False, hold: bool = False) -> float:
        """Count `cost` as leaving now and return 0.0, or take nothing and return the seconds until that may be.

        `begun`: it goes on with something; `answered`: with an answer that has come. `hold`: it leaves later, and
        counts until `settle` says that it has left.
        """
        now = self._clock()
        recent, limits = self._recent, self._limits
        if len(recent) > REMEMBERED and recent[REMEMBERED][0] <= now - limits.length:
            self._forget(now - limits.length)
        # mostly there is room even if all counts still that was counted, and all comes that may come
        counted = self._sum + self._held + self._coming + self._claimed + self._answers
        level = self._level + (now - self._seen) * self._rate if now > self._seen else self._level
        level = level if level < self.burst else self.burst  # as `refill`, without a call
        if counted + cost <= limits.fresh and self._foreseen is None and (begun or level >= cost):
            self._level, self._seen = level - cost, now
        elif (delay := self._delay(cost, now, begun=begun, answered=answered)) > 0:
            return delay
        else:
            self.charge(cost)
        if hold:
            self._held += cost
        else:
            self._sum += cost
            if recent and now < recent[-1][0]:
                recent[-1] = (recent[-1][0], recent[-1][1] + cost)
            else:
                recent.append((now + limits.grain, cost))
        return 0.0

    def available(self) -> float:
        """Packets that may leave now; less than one for a while after many."""
        now = self._clock()
        return min(self._room(now, begun=False), self.refill(now))

    def settle(self, held: float, sent: float, at: float = math.inf) -> None:
        """Of what was held so much is no more, and so much has left by now: more, less, or nothing of it.

        `at`: when it left, where that is told later; it counts for a window from then on.
        """
        if not held and not sent:
            return
        now = self._clock()
        self._held -= held
        if sent != held:
            level = self._level + (now - self._seen) * self._rate if now > self._seen else self._level
            self._level = (level if level < self.burst else self.burst) - sent + held  # as `refill` and `charge`
            self._seen = now
        if sent and at < now:
            self._remember(at, sent)
        elif sent:
            recent = self._recent
            if recent and now < recent[-1][0]:
                self._remember(now, sent)
            else:
                recent.append((now + self._limits.grain, sent))
                self._sum += sent

    def expect(self, more: int = 1) -> None:
        """So many answers more (0: one that is expected) may come soon, each of which has to be acknowledged."""
        self._answers += more
        self._answers_until = self._clock() + ANSWER_SECONDS

    def expect_fewer(self) -> None:
        """One has come, or does not come any more."""
        self._answers -= 1

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
        """Wait until `cost` packets may leave, first come first served. They leave when this returns.

        `hold`: they leave later, and count until `settle` says that they have left.
        """
        if not self.acquire_at_once(cost, hold=hold):
            line = self._beginning = self._beginning or Line(self._sleep, self._turn)
            await self._wait(line, functools.partial(self.take, cost, hold=True), cost, hold=hold)

    def acquire_at_once(self, cost: float = 1, *, hold: bool = False) -> bool:
        """As `acquire` where nobody has to wait; False: nothing was taken."""
        if self._ahead or (self._beginning is not None and self._beginning.led):
            return False
        return self.take(cost, hold=hold) <= 0

    async def go_on(self, cost: float, *, hold: bool = False) -> None:
        """As `acquire`, for what goes on with something: before anything new is begun."""
        if self.go_on_at_once(cost, hold=hold):
            return
        line = self._going_on = self._going_on or Line(self._sleep)
        try:
            await self._wait(line, functools.partial(self._take_begun, cost, hold=True), cost, hold=hold)
        except BaseException:
            self._coming = 0.0
            raise

    def go_on_at_once(self, cost: float = 1, *, hold: bool = False) -> bool:
        """As `go_on` where nobody has to wait; False: nothing was taken."""
        return (self._going_on is None or not self._going_on.led) and self.take(cost, begun=True, hold=hold) <= 0

    async def _wait(self, line: Line, take: Callable[[], float], cost: float, *, hold: bool) -> None:
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
            if taken:
                self.settle(cost, 0)
            raise
        if not hold:
            self.settle(cost, cost)  # not when it was let go: a busy loop may have let time pass since

    def _take_begun(self, cost: float, *, hold: bool) -> float:
        """Take; or keep the next places free for it."""
        delay = self.take(cost, begun=True, hold=hold)
        self._coming = cost if delay > 0 else 0.0
        return delay

    async def acquire_ahead(self, cost: float) -> None:
        """As `acquire`, but waits for one of the queue only: what finds hosts must not starve for what asks them."""
        self._ahead += 1
        try:
            async with self._turn or nullcontext():
                while (delay := self.take(cost)) > 0:
                    await self._sleep(delay)
        finally:
            self._ahead -= 1

    async def draw(self, most: int) -> int:
        """For a steady sender: wait for a piece of at most `most` packets, held until `settle` says they have left."""
        self._ahead += 1
        try:
            async with self._turn or nullcontext():
                while (delay := self._delay(min(most, self._limits.piece), self._clock())) > 0:
                    await self._sleep(delay)
                piece = min(most, max(int(self.available()), min(most, self._limits.piece)))
                self.charge(piece)
                self._held += piece
                return piece
        finally:
            self._ahead -= 1
