"""TLS on a plain wire: every flight of the handshake leaves when it is its turn, and FIN goes with the last words.

Verifies nothing and keeps no session: see scanner/tls_client.py. Never raises for what the peer does once it is shaken.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from scanner.acknowledgements import Reading, join_acknowledgements
from scanner.poller import Poller
from scanner.wire import PIECE, Wire

TLS_TIMEOUT: Final = 5.0
"""Seconds for a TLS handshake: an old camera needs up to three for one RSA operation."""

LINGER: Final = 0.5
"""Seconds a peer gets to end the connection after our FIN. Closing earlier with unread data would send it a reset."""

HANDSHAKE_CAP: Final = 256 * 1024
"""Bytes a peer may say before it is shaken: chains of certificates have at most a tenth."""

BREATH: Final = 0.004
"""Seconds that what comes is left unread: a flight, tickets and the answer come in pieces, and reading each by itself
has the kernel acknowledge each. Less than a peer of Linux waits until it sends its last segment again (two jiffies)."""

Turn = Callable[[], Awaitable[None]]
"""Waits until the next flight may go."""


class TlsWire(asyncio.Transport, asyncio.Protocol):
    """The protocol of a plain wire, and the transport of whoever talks through it. `shake`, then `attach`."""

    def __init__(
        self,
        poller: Poller,
        sock: socket.socket,
        context: ssl.SSLContext,
        bearable: Callable[[], bool] | None = None,
        reading: Reading | None = None,
    ) -> None:
        """`bearable` is asked whenever something came, and ends it by False."""
        super().__init__()
        self._poller = poller
        self._sock = sock
        self._bearable = bearable
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        # No name: a certificate chosen by it would not be the one the device shows everybody.
        self._tls = context.wrap_bio(self._incoming, self._outgoing)
        self._app: asyncio.Protocol | None = None
        self._news: asyncio.Future[None] | None = None
        self._failure: Exception | None = None  # why it cannot be shaken any more
        self._read_before = 0
        self._paused = False
        self._said_end = False
        self._peer_ended = False  # by TLS's word, or without it
        self._cut = False  # by FIN
        self._closing = False
        self._wire = Wire(poller, sock, self, reading, BREATH)

    async def shake(self, turn: Turn) -> None:
        """The handshake; raises OSError or ssl.SSLError, and the connection is gone then.

        What this side says last goes with its first words, or its end.
        """
        left = TLS_TIMEOUT
        try:
            while not self._is_shaken():
                if self._outgoing.pending:
                    await turn()
                    self._write(self._outgoing.read())
                left -= await self._hear(left)
        except ssl.SSLError:
            if not self._wire.is_closing():
                await turn()
                self._wire.write_last(self._outgoing.read())
            self._wire.close()
            raise
        except BaseException:
            self._wire.close()
            raise
        self._wire.pause_reading()  # until somebody listens

    def _is_shaken(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    async def _hear(self, seconds: float) -> float:
        """Wait for the peer, and return how long that took."""
        begun = self._poller.loop.time()
        if self._failure is None and not self._incoming.pending:
            self._news = self._poller.loop.create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._news
            except TimeoutError:
                raise ConnectionAbortedError("the handshake was not finished in time") from None
            finally:
                self._news = None
        if self._failure is not None and not (self._cut and self._incoming.pending):  # it has said enough, and ended
            raise self._failure
        return self._poller.loop.time() - begun

    def attach(self, app: asyncio.Protocol) -> None:
        """From now on this protocol is told what the peer says, that which came with the handshake first."""
        self._app = app
        app.connection_made(self)
        self._wire.resume_reading()
        self._decrypt()
        if self._cut:
            self.eof_received()
        if self._wire.is_closing():
            self._lose(self._failure)

    # --- the protocol of the wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the wire; there is nothing to do."""

    def data_received(self, data: bytes) -> None:
        """Called by the wire."""
        self._incoming.write(data)
        if self._app is not None:
            self._decrypt()
            if self._bearable is not None and not self._wire.is_closing() and not self._bearable():
                self._wire.abort()  # it says much that is nothing
            return
        self._read_before += len(data)
        if self._read_before > HANDSHAKE_CAP or (self._bearable is not None and not self._bearable()):
            self._fail(ConnectionAbortedError("it does not come to the end of its handshake"))
            self._wire.abort()  # each of its packets costs one of ours
        self._tell()

    def eof_received(self) -> bool:
        """Called by the wire; what this side does then is for the protocol above to say."""
        self._cut = True
        if self._app is None:
            self._fail(ConnectionResetError("it ended the connection"))
            return True
        self._end_peer()
        if self._closing:
            self._wire.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the wire."""
        if self._app is None:
            self._fail(exc or ConnectionResetError("the connection is gone"))
        else:
            self._lose(exc)

    def _lose(self, exc: Exception | None) -> None:
        app, self._app = self._app, None
        if app is not None:
            app.connection_lost(exc)

    def _fail(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _decrypt(self) -> None:
        try:
            while not self._paused and self._app is not None:
                data = self._tls.read(PIECE)
                if not data:
                    self._end_peer()
                    return
                self._app.data_received(data)
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            self._end_peer()
        except ssl.SSLError:  # it says no more that could be read
            self._wire.close()

    def _end_peer(self) -> None:
        """The peer says no more."""
        if not self._peer_ended:
            self._peer_ended = True
            if not self._closing and self._app is not None and not self._app.eof_received():
                self.close()

    # --- the transport of whoever talks

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The socket, or the session."""
        return {"socket": self._sock, "ssl_object": self._tls}.get(name, default)

    def is_closing(self) -> bool:
        """True once nothing more may be said."""
        return self._closing or self._wire.is_closing()

    def can_write_eof(self) -> bool:
        """It goes with TLS's own word for it."""
        return True

    def pause_reading(self) -> None:
        """Take nothing more, so that the peer has to stop."""
        self._paused = True
        self._wire.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self._paused = False
        self._wire.resume_reading()
        self._decrypt()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Say something."""
        if self._said_end or self._wire.is_closing():
            return
        try:
            self._tls.write(data)
        except ssl.SSLError:
            self._wire.close()
            return
        self._write(self._outgoing.read())

    def _write(self, data: bytes) -> None:
        join_acknowledgements(self._sock)  # it may have waited so long for its turn that the kernel has not
        self._wire.write(data)

    def write_eof(self) -> None:
        """Say that nothing more is said, and send FIN with it."""
        if self._said_end or self._wire.is_closing():
            return
        self._said_end = True
        with suppress(ssl.SSLError):  # the peer has not said the same yet, or cannot any more
            self._tls.unwrap()
        self._wire.write_last(self._outgoing.read())

    def close(self) -> None:
        """Say the end; the peer gets LINGER for its own."""
        if self._closing:
            return
        self._closing = True
        self.write_eof()
        if self._cut:
            self._wire.close()
        else:
            self._paused = False
            self._wire.resume_reading()
            self._poller.after(LINGER, self._wire.close)

    def abort(self) -> None:
        """Away at once."""
        self._wire.abort()
