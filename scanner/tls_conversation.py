"""A conversation through TLS: the handshake, flight by flight, and then what is said and heard in it.

Never resumes a session, never verifies; the certificate is evidence, whoever signed it. See scanner/tls_client.py.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl

from scanner import acknowledgements
from scanner.acknowledgements import Reading
from scanner.conversation import SEGMENTS_CAP, Conversation, Watch
from scanner.poller import Poller
from scanner.tls_wire import TlsWire, Turn


class TlsConversation(Conversation, asyncio.Protocol):
    """Made by `shake_hands`; it stands from the first moment."""

    __slots__ = ("_wire",)

    def __init__(self, poller: Poller, wire: TlsWire, watch: Watch | None = None) -> None:
        super().__init__(poller, watch)
        self._wire = wire

    # --- what the wire tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the wire."""
        self._sock = transport.get_extra_info("socket")
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Called by the wire."""
        self._hear(data)

    def eof_received(self) -> bool:
        """Called by the wire; True: it stays open for our own end."""
        self._hear_end()
        return not self._leaving

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the wire."""
        self._lose(exc)

    # --- what a conversation asks of who carries it

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The session."""
        session: ssl.SSLObject | None = self._wire.get_extra_info("ssl_object")
        return session

    def _send(self, data: bytes) -> None:
        self._wire.write(data)

    def _pause(self) -> None:
        self._wire.pause_reading()

    def _resume(self) -> None:
        self._wire.resume_reading()

    def _is_ending(self) -> bool:
        return self._wire.is_closing()

    def _say_end(self) -> None:
        self._wire.write_eof()

    def _close(self) -> None:
        self._wire.close()

    def _abort(self) -> None:
        self._wire.abort()


async def shake_hands(
    poller: Poller,
    sock: socket.socket,
    context: ssl.SSLContext,
    watch: Watch | None = None,
    flight: Turn | None = None,
    reading: Reading | None = None,
) -> TlsConversation:
    """Take over a connected socket with a TLS handshake; raises OSError or ssl.SSLError.

    The socket is closed when the handshake fails. `flight` is awaited before each of its flights.
    """
    wire = TlsWire(poller, sock, context, functools.partial(see_segments, sock, watch), reading)
    conversation = TlsConversation(poller, wire, watch)
    await wire.shake(flight or _at_once)
    wire.attach(conversation)
    return conversation


async def _at_once() -> None:
    return None


def see_segments(sock: socket.socket, watch: Watch | None) -> bool:
    """Tell how many segments have been sent on a socket, where the kernel says so; False where they are too many."""
    if (segments := acknowledgements.count_segments(sock)) is None:
        return True
    if watch is not None:
        watch(segments)
    return segments <= SEGMENTS_CAP
