"""A conversation on a plain TCP connection, driven straight by what the poller says of its socket.

Never resolves a name, never reconnects, never raises for what the peer does once connecting has begun. Without a
transport between: there is one such connection for nearly every question, and each call by the way counts.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Callable
from typing import ClassVar, Final

from scanner.acknowledgements import ASK_AGAIN, Acknowledger, Reading
from scanner.conversation import CLOSED, COMPLETE, Conversation, Watch
from scanner.link import CONNECT_TIMEOUT
from scanner.poller import ENDED, READABLE, WRITABLE, Poller
from scanner.scope import Target
from scanner.wire import PIECE, begin_connecting, read_error

GRID: Final = 0.25
"""Seconds by which the deadline of an answer may come late, where a connection has lasted longer than connecting may
take: nearly all are over by then, and are spared a deadline of their own."""

HEARD_OUT: Final = READABLE | WRITABLE
"""The peer has said something and that it says no more; no error."""

CHANGES: Final = READABLE | WRITABLE | select.EPOLLET
"""Told once of each change: a connection is watched in one step for all of its life. Where something was left unread,
watching it again has it told again (epoll(7))."""


class PlainConversation(Conversation):
    """`connect`, then as every conversation."""

    __slots__ = ("_debt", "_descriptor", "_heard_out", "_left", "_paused", "_reading", "_resting")

    FIN_FOLLOWS: ClassVar = 1  # closing the socket sends it

    def __init__(self, poller: Poller, watch: Watch | None = None, reading: Reading | None = None) -> None:
        """`reading` is asked before anything is read, where acknowledgements wait for their turn."""
        super().__init__(poller, watch)
        self._reading = reading
        self._debt: Acknowledger | None = None
        self._descriptor = -1
        self._left = b""
        self._paused = False
        self._heard_out = False  # the end came with the answer
        self._resting = False

    def connect(self, target: Target, port: int, *, speaks: bool = True) -> None:
        """Begin; `ask` may be called at once. Raises OSError where it fails at once.

        `speaks`: there is something to say, so the last acknowledgement of the handshake may go with it.
        """
        sock = self._sock = begin_connecting(target, port, speaks=speaks)
        self._descriptor = sock.fileno()
        self._poller.watch(self._descriptor, CHANGES, self._notice)
        self._deadline = self._poller.after(CONNECT_TIMEOUT, self._give_up)

    def _give_up(self) -> None:
        """The time for connecting is over; what has been asked since may have more."""
        self._deadline = None
        if not self.stood:
            self.failure = TimeoutError()
            self._drop(None)
        elif self.asked_at:
            left = self.asked_at + self._timeout - time.monotonic()
            self._deadline = self._poller.after(math.ceil(max(left, 0.0) / GRID) * GRID, self._run_out)

    def _notice(self, events: int) -> None:
        """Something has changed."""
        if not self.stood:
            if events != WRITABLE and self._has_failed(events):
                return
            if self._reading is not None and self._sock is not None:
                self._debt = Acknowledger(self._poller, self._sock, self._reading)
            if self._timeout < CONNECT_TIMEOUT:
                self._stop_deadline()  # else it comes before the answer's, and sees then how much is left
            self._begin()
            if not events & READABLE:
                return
        if self._left and events & WRITABLE:
            self._send(b"")
        if self._gone or self._paused or self._resting:
            return
        if self._debt is None:
            self._read(events)
        else:
            self._read_in_turn(self._debt, events)

    def _has_failed(self, events: int) -> bool:
        error = read_error(self._sock, events) if self._sock is not None else None
        if error is not None:
            self._drop(error)
        return error is not None

    def _read_in_turn(self, debt: Acknowledger, events: int) -> None:
        """Read, when an acknowledgement may leave."""
        if not debt.begin():
            self._resting = True
            self._poller.after(ASK_AGAIN, self._wake)
            return
        self._read(events)
        debt.end()

    def _wake(self) -> None:
        self._resting = False
        if self._debt is not None and not self._gone and not self._paused:
            self._read_in_turn(self._debt, ENDED)

    def _read(self, events: int) -> None:
        """Take a piece, and its end where that came with what the peer said last: one turn of the loop less."""
        more = self._read_piece()
        if not more and events == HEARD_OUT and self._ending is COMPLETE and not self._peer_ended:
            # with the answer came the end; nothing is missing that a look would find, and who waited has been told
            self._paused = self._heard_out = self._peer_ended = True
            self._ending = CLOSED
            return
        if events & ENDED and not self._gone and not self._paused:
            more = self._read_piece() or more
        if more and not self._gone and not self._paused:
            self._watch_again()

    def _read_piece(self) -> bool:
        """Whether there may be more, of which the poller will not tell by itself."""
        if self._sock is None:
            return False
        try:
            data = self._sock.recv(PIECE)
        except BlockingIOError:
            return False
        except OSError as error:
            self._drop(error)
            return False
        if data:
            self._hear(data)
            return len(data) == PIECE
        self._paused = True
        self._hear_end()
        if self._leaving:
            self._drop(None)
        return False

    def _watch_again(self) -> None:
        """Be told of what there is now."""
        self._poller.watch(self._descriptor, CHANGES, self._notice)

    def _drop(self, error: OSError | None) -> None:
        if self._gone or self._sock is None:
            return
        if self._debt is not None:
            self._debt.settle(over=True)
        self._poller.drop(self._descriptor)
        self._lose(error)
        self._sock.close()

    def count(self) -> int | None:
        """As every conversation. Where the end came with the answer it was counted then; only after 40 ms the kernel
        would acknowledge that by itself, and where acknowledgements are not held back that is no matter.
        """
        return self.segments if self._heard_out and self._reading is None else super().count()

    def finish_at_once(self, may_end: Callable[[int], bool]) -> bool:
        """See Conversation."""
        if self._gone:
            return True
        if not self._peer_ended or not may_end(1):
            return False
        self._drop(None)
        return True

    # --- what a conversation asks of who carries it

    @property
    def tls(self) -> None:
        """There is none."""
        return

    def _send(self, data: bytes) -> None:
        """Say it after what is left, at once as far as the kernel takes it."""
        if self._gone or self._sock is None:
            return
        left = self._left = self._left + data
        try:
            sent = self._sock.send(left)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(error)
            return
        self._left = left[sent:]
        if self._debt is not None:
            self._debt.settle()

    def _pause(self) -> None:
        self._paused = True

    def _resume(self) -> None:
        if self._paused and not self._peer_ended and not self._gone:
            self._paused = False
            self._watch_again()

    def _is_ending(self) -> bool:
        return self._gone

    def _say_end(self) -> None:
        if self._sock is None:
            return
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._drop(error)
        if self._debt is not None:
            self._debt.settle(over=True)

    def _close(self) -> None:
        """The kernel still sends what it holds."""
        self._drop(None)

    def _abort(self) -> None:
        """As closing: what is unread makes the kernel send a reset."""
        self._drop(None)
