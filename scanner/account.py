"""What one connection may send to its host, and what it has sent. Sends nothing, and knows of no socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scanner.gate import COARSE
from scanner.pace import OPENING_PACKETS
from scanner.pacer import Pacer

Count = Callable[[], int | None]
"""Says how many segments have left on the connection; None where nobody knows."""

BYTES_PER_ACK: Final = 2 * 1460
"""A receiver acknowledges every second full segment (RFC 9293 section 3.8.6.3), so long answers cost more packets."""


class Account:
    """What one connection may send to its host, and what it has sent.

    Room for a whole connection is held at its host before it begins, so that a begun one is ended at once; among all
    each segment waits for its own turn, before anything new. What the kernel sends beyond is counted as soon as it is
    seen.
    """

    __slots__ = ("_ahead", "_claims", "_expects", "_held", "_host", "_late", "_lent", "_overall", "keeps", "sent")

    def __init__(self, pacer: Pacer, host: str) -> None:
        self.keeps = pacer.pace.overall <= COARSE
        """Whether acknowledgements wait for their turn too. At coarse rates they are few among what a window holds, and
        the kernel is left to acknowledge as it likes."""
        self._overall = pacer.overall
        self._host = pacer.host(host)
        self._held = 0.0
        self._late = 0  # have left, and still count as held
        self._ahead = 0
        self._lent = 0  # a place for an acknowledgement that may leave now, or is owed
        self._claims = 0
        self._expects = False
        self.sent = 0

    async def open(self, whole: int, at_once: int = OPENING_PACKETS) -> None:
        """Wait until the host may be sent the `whole` connection, and the first segments of it may leave."""
        await self._host.acquire(whole, hold=True)
        self._held = whole
        try:
            await self._overall.acquire(at_once)
        except BaseException:
            self.close()
            raise
        self._count(at_once)

    def open_at_once(self, whole: int, at_once: int = OPENING_PACKETS) -> bool:
        """As `open` where nobody has to wait; False: nothing was taken."""
        if not self._host.acquire_at_once(whole, hold=True):
            return False
        if not self._overall.acquire_at_once(at_once):
            self._host.settle(whole, 0)
            return False
        if self.keeps:
            self._held = whole
            self._count(at_once)
        else:  # as `_count`, without a call
            self._held, self._late, self.sent = whole - at_once, at_once, at_once
        return True

    async def say(self, segments: int = 1, *, room: int = 0, ahead: int = 0, count: Count | None = None) -> None:
        """Wait until so many may leave that an answer is expected to; `room`: for so many there has to be at the host.

        `ahead`: so many more are let go at once, for whoever ends the connection without asking. A peer that is not
        acknowledged says it again after some milliseconds, and the kernel does not wait for us then: `count` tells.
        """
        if max(room, segments) > self._held:
            await self._hold(max(room, segments))
        if ahead:
            await self._overall.go_on(ahead, hold=True)
            self._ahead += ahead
        if not self.keeps:
            await self._overall.go_on(segments)
        else:
            self._expect()  # before it is let go: there has to be room for both
            await self._overall.go_on(segments)
            self._look(count)
            self._pay()
            self._expect()  # from now on
        self._count(segments)

    def say_at_once(self) -> bool:
        """As `say` of one segment where nobody has to wait; False: `say` has to be waited for."""
        if self._held < 1:
            return False
        if self.keeps:
            self._expect()
        if not self._overall.go_on_at_once():
            return False
        if not self.keeps:  # as `_count`, without a call
            self._held -= 1
            self._late += 1
            self.sent += 1
            return True
        self._pay()
        self._expect()
        self._count(1)
        return True

    async def end(self, segments: int, count: Count | None = None) -> None:
        """Wait until so many may leave that end the connection: FIN now, the others when the peer says its own end.

        FIN brings along what is owed, in its place. `count` as of `say`.
        """
        if segments > self._held:
            await self._hold(segments)
        while (more := segments - self._ahead - self._lent) > 0:
            await self._overall.go_on(more, hold=True)
            self._ahead += more
            if self.keeps:
                self._look(count)
        self._overall.settle(1, 1)
        self._ahead += self._lent - 1
        self._lent = 0
        self._count(1)

    def end_at_once(self, segments: int) -> bool:
        """As `end` of a connection that the peer has ended, where nobody has to wait; False: nothing was taken."""
        if segments > 1 or self._held < 1 or self._ahead or self._lent or not self._overall.go_on_at_once():
            return False
        self._count(1)
        return True

    async def _hold(self, room: int) -> None:
        """Wait until so many are held at the host, which are more than now."""
        self._host.settle(self._late, self._late)
        self._late = 0
        more = room - self._held
        await self._host.go_on(more, hold=True)
        self._held += more

    def _count(self, segments: int) -> None:
        """At coarse rates what has left counts as held until the host's gate is asked again: that is longer than it has
        to, and one call instead of four.
        """
        self.sent += segments
        if segments <= self._held and not self.keeps:
            self._held -= segments
            self._late += segments
            return
        held = segments if segments < self._held else self._held
        self._held -= held
        self._host.settle(held, segments)

    def _look(self, count: Count | None) -> None:
        if count is not None and (segments := count()) is not None:
            self.see(segments)

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
        """Whether an acknowledgement may leave now; then it counts until it has or nothing is owed."""
        if not self._lent:
            late = self._overall.take(begun=True, answered=True, hold=True) > 0
            self._claim(int(late))
            self._lent = 1 - late
        return bool(self._lent)

    def end_reading(self, *, owes: bool) -> None:
        """It has been read. `owes`: what `see` had no use for is kept for what is owed from now on; else given back."""
        self._expect_none()
        if not owes:
            self._pay()

    def _pay(self) -> None:
        """Nothing is owed: it went with something else, or has no need to go."""
        self._overall.settle(self._lent, 0)
        self._lent = 0

    def _expect(self) -> None:
        """An answer may come from now on."""
        self._overall.expect(int(not self._expects))
        self._expects = True

    def _expect_none(self) -> None:
        if self._expects:
            self._overall.expect_fewer()
        self._expects = False

    def _claim(self, places: int) -> None:
        if places != self._claims:
            self._overall.claim(places - self._claims)
            self._claims = places

    def close(self, segments: int | None = None, received: int = 0) -> None:
        """The connection is gone: count what was sent beyond, and give back what was held.

        Where the kernel does not say, a long answer is taken to have cost its acknowledgements.
        """
        segments = segments if segments is not None else self.sent + received // BYTES_PER_ACK
        if segments > self.sent:
            self.see(segments)
        self._host.settle(self._held + self._late, self._late)
        if self._ahead or self._lent:
            self._overall.settle(self._ahead + self._lent, 0)
        self._held, self._late, self._ahead, self._lent = 0.0, 0, 0, 0
        if self.keeps:
            self._claim(0)
            self._expect_none()
