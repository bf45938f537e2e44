"""What is said and heard on one connection, whatever carries it: send, collect capped bytes, end cleanly.

Never paces, never retries, never keeps a connection: that is the business of `scanner/net.py`. Callbacks and not a
StreamReader, since ten thousand of them may be open at once.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import ClassVar, Final, Protocol

from scanner import acknowledgements
from scanner.account import Count
from scanner.acknowledgements import join_acknowledgements
from scanner.pace import CLOSING_PACKETS
from scanner.poller import Deadline, Poller
from scanner.tls_wire import LINGER

PIECES_CAP: Final = 1024
"""Segments of one answer. 64 kB come in 45 to 130; a host that sends single bytes makes us look at all of them anew
each time, which must not become quadratic work."""

SEGMENTS_CAP: Final = 256
"""Segments this side sends on one connection before it is cut off. The kernel acknowledges what comes in, so whoever
sends three bytes at a time has us send thousands. 80 kB in the smallest segments every host takes (536 bytes, RFC 9293
section 3.7.1) cost 150."""

DISCARD_CAP: Final = 256 * 1024
"""Bytes thrown away while lingering; a peer that sends more is cut off, and a reset is what it gets."""

Watch = Callable[[int], None]
"""Is told how many segments have been sent."""

Turn = Callable[[int, Count], Awaitable[None]]
"""Waits until so many packets may go; may ask how many have left."""


class Speaker(Protocol):
    """Who says whether the first words may go."""

    def say_at_once(self) -> bool:
        """True when they may go now; else `say` has to be waited for."""

    async def say(self) -> None:
        """Wait until they may go."""


class Ending(Enum):
    """Why an answer ended."""

    COMPLETE = "complete"
    CLOSED = "closed by the host"
    RESET = "reset"
    DEADLINE = "deadline"
    CAP = "cap"
    PIECES = "pieces"


COMPLETE: Final = Ending.COMPLETE
CLOSED: Final = Ending.CLOSED
"""By themselves, for what is asked of each exchange: Python 3.11 calls a function to look a member up in its class."""


class Conversation:
    """One connection. `ask` may be called again only after an answer that ended COMPLETE.

    Who carries it calls `_hear`, `_hear_end` and `_lose`, and does what the abstract methods say.
    """

    __slots__ = (
        "_cap", "_complete", "_data", "_deadline", "_discarded", "_done", "_ending", "_gone", "_leaving", "_message",
        "_peer_ended", "_pieces", "_poller", "_sock", "_speaker", "_timeout", "_waiting", "_watch", "asked_at",
        "failure", "heard_at", "segments", "stood",
    )  # fmt: skip

    FIN_FOLLOWS: ClassVar = 0
    """Segments that leave when the connection is let go after the peer has ended it, and are not counted by then."""

    def __init__(self, poller: Poller, watch: Watch | None = None) -> None:
        """`watch` is told, whenever something came, how many segments this side has sent by then."""
        self._poller = poller
        self._watch = watch
        self._sock: socket.socket | None = None
        self._data = b""  # one piece is mostly all: joined it costs nothing, and cut to a cap above it neither
        self._message = b""
        self._cap = 0
        self._timeout = 0.0
        self._complete: Callable[[bytes], bool] | None = None
        self._speaker: Speaker | None = None  # who is asked before the first words
        self._done: asyncio.Future[Ending | None] | None = None
        self._deadline: Deadline | None = None
        self._gone = False
        self._waiting: asyncio.Future[None] | None = None
        self._ending: Ending | None = None
        self._peer_ended = False
        self._leaving = False  # our FIN has gone out
        self._pieces = 0
        self._discarded = 0
        self.segments: int | None = None  # TCP segments this side sent, where the kernel says so
        self.stood = False
        self.failure: Exception | None = None  # why it never stood
        self.asked_at = 0.0  # on the monotonic clock
        self.heard_at: float | None = None  # when the last piece came, on the monotonic clock: not when it was read

    # --- what the carrier does

    @property
    @abstractmethod
    def tls(self) -> ssl.SSLObject | None:
        """The TLS session, or None for a plain connection."""

    @abstractmethod
    def _send(self, data: bytes) -> None:
        """Say something."""

    @abstractmethod
    def _pause(self) -> None:
        """Take nothing more from the kernel, so that the peer has to stop."""

    @abstractmethod
    def _resume(self) -> None:
        """Go on."""

    @abstractmethod
    def _is_ending(self) -> bool:
        """True once nothing more can be said."""

    @abstractmethod
    def _say_end(self) -> None:
        """Say that nothing more is said: FIN."""

    @abstractmethod
    def _close(self) -> None:
        """End it; `_lose` follows."""

    @abstractmethod
    def _abort(self) -> None:
        """Away at once; `_lose` follows."""

    # --- what the carrier tells

    def _hear(self, data: bytes) -> None:
        """Collect up to the cap, or throw away while lingering."""
        info = acknowledgements.read_tcp_info(self._sock) if self._sock is not None else None
        if info is not None:
            segments, ago = info
            self.segments = segments
            self.heard_at = time.monotonic() - ago
            if self._watch is not None:
                self._watch(segments)
            if segments > SEGMENTS_CAP:
                self._end(Ending.PIECES)
                self._abort()
                return
        if self._ending is not None:
            self._discard(len(data))
            return
        self._data += data
        if self._done is None:
            if len(self._data) > DISCARD_CAP:  # it talks before it was asked, and does not stop
                self._cut(Ending.CAP)
            return
        self._pieces += 1
        self._look()

    def _hear_end(self) -> None:
        """The peer sends no more. Our own end of a plain connection waits for `finish`."""
        self._peer_ended = True
        self._end(CLOSED)

    def _lose(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if not self.stood:
            self.failure = self.failure or exc
        if self._deadline is not None:
            self._stop_deadline()
        self.segments = self.count()
        if self.segments is not None and self._peer_ended and not self._leaving:
            self.segments += self.FIN_FOLLOWS
        if self._done is not None or self._ending is None or self._ending is COMPLETE:
            self._end(Ending.RESET if isinstance(exc, ConnectionError) else CLOSED)
        self._gone = True
        if self._waiting is not None:
            self._stop_waiting()

    # --- what is asked

    def count(self) -> int | None:
        """TCP segments this side has sent so far; None where the kernel does not say."""
        if self._gone or self._sock is None or not self.stood:
            return self.segments
        return acknowledgements.count_segments(self._sock)

    @property
    def usable(self) -> bool:
        """True while another message may be sent."""
        return self._ending is None or self._ending is COMPLETE

    def ask(
        self,
        message: bytes,
        complete: Callable[[bytes], bool],
        cap: int,
        timeout: float,
        speaker: Speaker | None = None,
    ) -> asyncio.Future[Ending | None]:
        """Send the message (or nothing), and say how its answer ends; then `take_answer` follows, in any case.

        `speaker` is asked before it is sent, where the connection need not stand yet. None: it stands, and the first
        words have to wait: after `speaker.say` comes `ask_now`.
        """
        if self._ending is COMPLETE:
            self._ending = None
            self._data = b""
            self._pieces = 0
        self._message, self._cap, self._complete, self._timeout = message, cap, complete, timeout
        self._speaker = speaker
        self.heard_at = None
        self._done = done = self._poller.loop.create_future()
        if self._ending is not None:  # it has ended before anybody asked: a greeting that came is the answer too
            done.set_result(self._ending)
        elif self.stood and speaker is not None:
            done.set_result(None)  # how it ends while nobody has looked yet belongs to what comes later
        elif self.stood:
            self._ask()
        return done

    def ask_now(self) -> asyncio.Future[Ending | None]:
        """Send what had to wait for its turn."""
        if self._sock is not None and not self._gone:
            join_acknowledgements(self._sock)  # the kernel may not have waited that long
        self._resume()
        self._done = done = self._poller.loop.create_future()
        self._ask()
        return done

    def take_answer(self) -> bytes:
        """What has come, cut to the cap. Nothing more is waited for."""
        if self._deadline is not None:
            self._deadline.call = None
        self._done = self._complete = self._deadline = None
        return self._data[: self._cap]

    def _begin(self) -> None:
        """It stands: the first words go now if they may."""
        self.stood = True
        if self._done is None or self._done.done():
            return  # nobody has asked yet, or waits any more
        if self._message and self._speaker is not None:
            if self._sock is not None:
                join_acknowledgements(self._sock)  # the handshake has ended that
            if not self._speaker.say_at_once():
                self._pause()  # what it says meanwhile is heard after
                self._done.set_result(None)
                return
        self._ask()

    def _ask(self) -> None:
        self.asked_at = time.monotonic()
        if self._deadline is None:
            self._deadline = self._poller.after(self._timeout, self._run_out)
        if self._message:
            self._send(self._message)
        if self._data or not self._message:
            self._look()

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _run_out(self) -> None:
        self._end(Ending.DEADLINE)

    def _look(self) -> None:
        """End the answer if it is complete or too much."""
        if self._complete is not None and self._complete(self._data[: self._cap]):
            self._end(COMPLETE)
        elif len(self._data) >= self._cap:
            self._cut(Ending.CAP)
        elif self._pieces >= PIECES_CAP:
            self._cut(Ending.PIECES)

    def _cut(self, ending: Ending) -> None:
        self._end(ending)
        if not self._is_ending():
            self._pause()

    def _end(self, ending: Ending) -> None:
        if self._ending is None or self._ending is COMPLETE:
            self._ending = ending
        if self._done is not None and not self._done.done():
            self._done.set_result(self._ending)

    def _discard(self, count: int) -> None:
        self._discarded += count
        if self._discarded > DISCARD_CAP:
            self._abort()

    def finish_at_once(self, may_end: Callable[[int], bool]) -> bool:  # noqa: ARG002 -- who can do it asks
        """As `finish` where the peer has ended it and nothing has to be waited for; False: nothing was done.

        `may_end` says whether so many segments may leave now.
        """
        return self._gone

    async def finish(self, turn: Turn | None = None) -> None:
        """End the connection: FIN, a moment for the peer's own, and only then away. Never takes over LINGER twice.

        `turn` is awaited before the FIN, with the segments that ending takes from this side.
        """
        if self._gone or self._sock is None:
            return
        self._end(CLOSED)
        if not self.stood:
            self._abort()
            return
        if turn is not None and not self._is_ending():
            try:
                await turn(1 if self._peer_ended else CLOSING_PACKETS, self.count)
            except BaseException:
                self._close()
                raise
        if not self._peer_ended and not self._is_ending():
            self._resume()
            self._leaving = True
            self._say_end()
            await self._wait_gone()
        self._close()
        if not self._gone:
            await self._wait_gone()
            self._abort()
            await self._wait_gone()

    async def _wait_gone(self) -> None:
        """Wait for the end of the connection, for LINGER at most."""
        if self._gone:
            return
        waiting = self._waiting = self._poller.loop.create_future()
        deadline = self._poller.after(LINGER, self._stop_waiting)
        try:
            await waiting
        finally:
            deadline.cancel()
            self._waiting = None

    def _stop_waiting(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
