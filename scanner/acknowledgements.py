"""When the kernel acknowledges what a peer says: with what we say, or when we ask for it, and rarely by itself.

Left alone, Linux acknowledges every second segment the moment it comes, which no pace can hold back. Reads and writes
nothing, and paces nothing: it asks before, and tells after. Where a kernel knows none of this, nothing changes.
"""

from __future__ import annotations

import socket
import struct
from typing import Final, Protocol

from scanner.poller import Deadline, Poller

HELD_BUFFER: Final = 24 * 1024
"""Bytes that the kernel keeps unread (it doubles them for its own needs): 20 full segments, the second flight of most
peers, and a smaller window than the 64,240 bytes which a SYN of Linux offers."""

OWED: Final = 0.025
"""Seconds after which what was read is acknowledged, where nothing was said meanwhile: before the kernel does it by
itself, 40 ms after it came (TCP_DELACK_MIN)."""

OVERDUE: Final = 0.02
"""Seconds after that in which the kernel has done it by itself."""

ASK_AGAIN: Final = 0.002
"""Seconds until one asks again whether an acknowledgement may leave."""

_SEGS_OUT: Final = 136
"""Offset of tcpi_segs_out in struct tcp_info (linux/tcp.h, since Linux 4.2)."""

_LAST_DATA: Final = 52
"""Offset of tcpi_last_data_recv: milliseconds since the peer's last data came, whenever it was read."""

_INFO: Final = struct.Struct(f"={_LAST_DATA}xI{_SEGS_OUT - _LAST_DATA - 4}xI")
_TCP_INFO: Final = getattr(socket, "TCP_INFO", None)
_QUICKACK: Final = getattr(socket, "TCP_QUICKACK", None)

_JOINED: Final = 0
_NOW_AND_JOINED: Final = 2
"""An even number has Linux acknowledge now what it still has to, and go on joining (__tcp_sock_set_quickack)."""


def join_acknowledgements(sock: socket.socket) -> None:
    """Have the kernel acknowledge with the next segment that goes anyway, for as long as it waits for one (tcp(7)).

    A connection then costs half the packets, and nearly all of them leave when the pace says so. To be called before
    connecting and, since the handshake ends it, after; and again when the kernel has not waited any longer.
    """
    if _QUICKACK is not None:
        sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, _JOINED)


def hold_acknowledgements(sock: socket.socket) -> None:
    """Have the kernel acknowledge nothing the moment it comes; to be called after connecting.

    Linux does so with every second full segment while it can offer as large a window as before, and only then
    (__tcp_ack_snd_check): the buffer is made smaller than what was offered.
    """
    join_acknowledgements(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD_BUFFER)


def read_tcp_info(sock: socket.socket) -> tuple[int, float] | None:
    """TCP segments sent, and seconds since the peer's last data came; None where the kernel does not say."""
    if _TCP_INFO is None:
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _INFO.size)
    except OSError:
        return None  # the descriptor may be closed already: then nobody knows
    if len(info) < _INFO.size:
        return None
    ago, segments = _INFO.unpack(info)
    return segments, ago / 1000


def count_segments(sock: socket.socket) -> int | None:
    """TCP segments sent; None where the kernel does not say."""
    info = read_tcp_info(sock)
    return info[0] if info is not None else None


class Reading(Protocol):
    """Is asked before the kernel may acknowledge something, and told after."""

    def begin_reading(self) -> bool:
        """Whether an acknowledgement may leave now."""

    def see(self, segments: int) -> None:
        """So many segments have left on the connection by now."""

    def end_reading(self, *, owes: bool) -> None:
        """It has been read; `owes`: an acknowledgement that has not been seen by now leaves later."""


class Acknowledger:
    """What one connection owes its peer."""

    __slots__ = ("_due", "_over", "_owes", "_poller", "_reading", "_since", "_sock")

    def __init__(self, poller: Poller, sock: socket.socket, reading: Reading) -> None:
        """Of a connected socket, of which the kernel acknowledges nothing by itself from now on."""
        hold_acknowledgements(sock)
        self._poller = poller
        self._sock = sock
        self._reading = reading
        self._due: Deadline | None = None
        self._owes = False  # something was read since something was said
        self._over = False  # nothing more will be said
        self._since = 0.0

    def begin(self) -> bool:
        """Whether something may be read now; then `end` follows."""
        if not self._reading.begin_reading():
            return False
        self._owes = not self._over
        return True

    def end(self) -> None:
        """It has been read."""
        self._reading.end_reading(owes=self._owes)
        if self._owes and self._due is None:
            self._since = self._poller.loop.time()
            self._due = self._poller.after(OWED, self._pay)

    def settle(self, *, over: bool = False) -> None:
        """Something was said, and the acknowledgement went with it. `over`: nothing more will be."""
        self._owes = False
        self._over = self._over or over
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _pay(self) -> None:
        if self._reading.begin_reading():
            self._due = None
            self._acknowledge(_NOW_AND_JOINED)
            self._reading.end_reading(owes=False)
        elif self._poller.loop.time() - self._since < OWED + OVERDUE:
            self._due = self._poller.after(ASK_AGAIN, self._pay)
        else:
            self._due = None
            self._acknowledge(_JOINED)  # the kernel has, and no longer waits for us

    def _acknowledge(self, how: int) -> None:
        if _QUICKACK is None or self._sock.fileno() < 0:
            return
        self._owes = False
        self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, how)
        self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, _JOINED)  # where nothing was owed it would be at once now
        if (segments := count_segments(self._sock)) is not None:
            self._reading.see(segments)
