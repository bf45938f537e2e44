"""A plain TCP connection driven straight by the poller's readiness calls: what TLS stands on.

Offers the part of asyncio.Transport that TLS uses, at a third of the cost: no start-up round trips through
the loop, no flow control. Never resolves a name, never reconnects, never raises for what the peer does once connected.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from typing import Any, Final

from scanner.acknowledgements import ASK_AGAIN, Acknowledger, Reading, join_acknowledgements
from scanner.link import CONNECT_TIMEOUT
from scanner.poller import ENDED, READABLE, WRITABLE, Poller
from scanner.scope import Target

PIECE: Final = 64 * 1024
"""Bytes taken from the kernel at a time: a whole answer at most."""


_MORE: Final = getattr(socket, "MSG_MORE", 0)

_NOBODY: Final = asyncio.Protocol()
"""Whoever is told once a connection is gone. Its protocol and it would hold each other, and what holds each other in a
circle waits for Python to look through all objects: a tenth of the time of an exchange."""


async def open_socket(poller: Poller, target: Target, port: int) -> socket.socket:
    """A connected socket; the address is a literal, so nothing is ever resolved. Raises OSError or TimeoutError."""
    sock = begin_connecting(target, port, speaks=True)
    try:
        events = await poller.wait(sock.fileno(), WRITABLE, CONNECT_TIMEOUT)
        if not events:
            raise TimeoutError
        if (error := read_error(sock, events)) is not None:
            raise error
        join_acknowledgements(sock)
    except BaseException:
        poller.forget(sock.fileno())
        sock.close()
        raise
    return sock


def begin_connecting(target: Target, port: int, *, speaks: bool) -> socket.socket:
    """A socket that is writable once it is connected or has failed. Raises OSError where that is known at once.

    `speaks`: something is said at once, so the last acknowledgement of the handshake may go with it.
    """
    text = target.text
    version6 = ":" in text
    sock = socket.socket(socket.AF_INET6 if version6 else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if speaks:
            join_acknowledgements(sock)
        address: tuple[Any, ...] = (text, port, 0, scope_id(target)) if version6 else (text, port)
        code = sock.connect_ex(address)
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def read_error(sock: socket.socket, events: int) -> OSError | None:
    """Why a socket is not connected, when the poller has said so much of it; None when it is."""
    code = 0 if events == WRITABLE else sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return OSError(code, os.strerror(code)) if code else None


def scope_id(target: Target) -> int:
    """The interface number a link-local IPv6 address needs; 0 for every other address. OSError when it is gone."""
    if target.address.is_link_local and target.interface:
        return socket.if_nametoindex(target.interface)
    return 0


class Wire(asyncio.Transport):
    """One socket and its protocol. After `connection_lost` nothing more is called."""

    __slots__ = (
        "_breath", "_closed", "_debt", "_descriptor", "_ended", "_left", "_paused", "_poller", "_protocol", "_resting",
        "_sock", "_watched",
    )  # fmt: skip

    def __init__(
        self,
        poller: Poller,
        sock: socket.socket,
        protocol: asyncio.Protocol,
        reading: Reading | None = None,
        breath: float = 0.0,
    ) -> None:
        """`breath`: seconds that what comes is left unread, so that several pieces are acknowledged once."""
        # asyncio.Transport keeps a dictionary of what is known of a connection; here that is the socket alone
        self._poller = poller
        self._sock = sock
        self._descriptor = sock.fileno()
        self._protocol = protocol
        self._left = b""
        self._debt: Acknowledger | None = None
        self._breath = breath
        self._resting = False
        self._paused = False
        self._watched = 0  # events asked for
        self._closed = False
        self._ended = False  # the peer says no more
        if reading is not None:
            self._debt = Acknowledger(poller, sock, reading)
        protocol.connection_made(self)
        self._watch()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The socket; nothing else is known of a plain connection."""
        return self._sock if name == "socket" else default

    def is_closing(self) -> bool:
        """True once it is gone: closing takes no time here."""
        return self._closed

    def can_write_eof(self) -> bool:
        """Always: it is plain TCP."""
        return True

    def _watch(self) -> None:
        """Ask the poller for what is waited for now; for nothing at all when nothing is."""
        wanted = (0 if self._paused or self._resting else READABLE) | (WRITABLE if self._left else 0)
        if wanted == self._watched or self._closed:
            return
        self._watched = wanted
        if wanted:
            self._poller.watch(self._descriptor, wanted, self._look)
        else:
            self._poller.forget(self._descriptor)

    def _look(self, events: int) -> None:
        if events & WRITABLE and self._left:
            self._flush()
        if self._closed or self._paused or self._resting:
            return
        if self._breath:
            self._rest(self._breath)
        else:
            self._take(events)

    def _rest(self, seconds: float) -> None:
        """Read in so many seconds."""
        self._resting = True
        self._watch()
        self._poller.after(seconds, self._wake)

    def _wake(self) -> None:
        self._resting = False
        if not self._closed and not self._paused:
            self._take(ENDED)
        self._watch()

    def _take(self, events: int) -> None:
        """Read, when an acknowledgement may leave."""
        if self._debt is not None and not self._debt.begin():
            self._rest(ASK_AGAIN)
            return
        self._read()
        if events & ENDED and not self._closed and not self._paused:
            self._read()  # its end came with what it said last: one turn of the loop less
        if self._debt is not None:
            self._debt.end()

    def _read(self) -> None:
        try:
            data = self._sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(error)
            return
        if data:
            self._protocol.data_received(data)
        else:
            self._ended = self._paused = True
            self._watch()
            if not self._protocol.eof_received():
                self._drop(None)

    def pause_reading(self) -> None:
        """Take nothing more from the kernel, so that the peer has to stop."""
        if not self._closed and not self._paused:
            self._paused = True
            self._watch()

    def resume_reading(self) -> None:
        """Go on."""
        if not self._closed and self._paused and not self._ended:
            self._paused = False
            self._watch()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, at once as far as the kernel takes it."""
        if not self._closed:
            self._left = self._left + data if self._left else bytes(data)
            self._flush()

    def _flush(self) -> None:
        try:
            sent = self._sock.send(self._left)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._drop(error)
            return
        self._left = self._left[sent:]
        if self._left or self._watched & WRITABLE:
            self._watch()
        if self._debt is not None:
            self._debt.settle()

    def write_last(self, data: bytes) -> None:
        """Send this and FIN, in one segment where both fit."""
        if self._closed:
            return
        try:
            self._sock.send(self._left + data, _MORE)
        except BlockingIOError:
            pass  # the peer takes nothing any more
        except OSError as error:
            self._drop(error)
            return
        self._left = b""
        self.write_eof()

    def write_eof(self) -> None:
        """Send FIN."""
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._drop(error)
        if self._debt is not None:
            self._debt.settle(over=True)

    def close(self) -> None:
        """Close the socket; the kernel still sends what it holds."""
        self._drop(None)

    def abort(self) -> None:
        """As close: unread data makes the kernel send a reset."""
        self._drop(None)

    def _drop(self, error: OSError | None) -> None:
        if self._closed:
            return
        self._closed = True
        if self._debt is not None:
            self._debt.settle(over=True)
        self._poller.forget(self._descriptor)
        protocol, self._protocol = self._protocol, _NOBODY
        protocol.connection_lost(error)
        self._sock.close()
