"""Accepts TCP connections for one device on one port, with its limits and its ledger; a player does the talking."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

from simulator.certificates import server_context
from simulator.device import Device
from simulator.persona import Certificate

IDLE: Final = 30.0
"""Seconds without a word after which a device gives a connection up, and counts it as left open by the peer."""

LINGER: Final = 3.0
"""Seconds a device waits, after it ended its side, for the peer to end its own."""

HANDSHAKE: Final = 10.0
"""Seconds for a TLS handshake."""

READ_SIZE: Final = 16_384

_RESET: Final = struct.pack("ii", 1, 0)


class Ended(Exception):
    """The conversation is over: the peer closed, reset, or said too much; `how` is the ledger's word for it."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Reader(Protocol):
    """Where a conversation's bytes come from; of the shape of asyncio.StreamReader."""

    async def read(self, size: int, /) -> bytes: ...


class Writer(Protocol):
    """Where they go; of the shape of asyncio.StreamWriter."""

    def write(self, data: bytes, /) -> None: ...
    async def drain(self) -> None: ...
    def write_eof(self) -> None: ...
    def close(self) -> None: ...
    async def wait_closed(self) -> None: ...
    def get_extra_info(self, name: str, /) -> Any: ...


@dataclass(slots=True)
class Plain:
    """Both ends of a connection without TLS, straight on its socket: thousands of them cost a third of streams."""

    connection: socket.socket
    loop: asyncio.AbstractEventLoop
    _left: bytes = b""

    async def read(self, size: int, /) -> bytes:
        """What has come, or what comes next; nothing at the end."""
        return await self.loop.sock_recv(self.connection, size)

    def write(self, data: bytes, /) -> None:
        """Keep for `drain`."""
        self._left += data

    async def drain(self) -> None:
        """Hand to the kernel what was written."""
        data, self._left = self._left, b""
        await self.loop.sock_sendall(self.connection, data)

    def write_eof(self) -> None:
        """End this side."""
        self.connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End both sides."""
        self.connection.close()

    async def wait_closed(self) -> None:
        """Nothing to wait for."""

    def get_extra_info(self, name: str, /) -> Any:
        """The socket; nothing else is known."""
        return self.connection if name == "socket" else None


@dataclass(slots=True)
class Talk:
    """One accepted connection as a player sees it. Every byte is counted."""

    device: Device
    port: int
    tls: bool
    reader: Reader
    writer: Writer
    _buffer: bytes = b""

    async def read_until(self, mark: bytes, limit: int) -> bytes:
        """Return everything up to and including the mark; raise Ended when it does not come within the limit."""
        while (end := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise Ended("cut")
            self._buffer += await self._more()
        head, self._buffer = self._buffer[: end + len(mark)], self._buffer[end + len(mark) :]
        return head

    async def read_exactly(self, count: int) -> bytes:
        """Return so many bytes; raise Ended when the peer is gone before."""
        while len(self._buffer) < count:
            self._buffer += await self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    async def read_any(self) -> bytes:
        """Return whatever comes next; raise Ended at the end."""
        data, self._buffer = self._buffer or await self._more(), b""
        return data

    async def _more(self) -> bytes:
        try:
            async with asyncio.timeout(IDLE):
                data = await self.reader.read(READ_SIZE)
        except TimeoutError:
            raise Ended("left") from None
        except (ConnectionError, ssl.SSLError):
            raise Ended("reset") from None
        if not data:
            raise Ended("clean")
        self.device.ledger.received += len(data)
        return data

    async def say(self, data: bytes) -> None:
        """Send, after the device's thinking time."""
        if self.device.has_enough:
            self.tear_down()
        if thinking := self.device.thinking:
            await asyncio.sleep(thinking)
        self.device.ledger.sent += len(data)
        try:
            self.writer.write(data)
            await self.writer.drain()
        except (ConnectionError, ssl.SSLError):
            raise Ended("reset") from None

    def tear_down(self) -> NoReturn:
        """Reset the connection."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise Ended("cut")

    async def finish(self) -> None:
        """End this side and wait for the peer to end its own; raises Ended with how that went."""
        try:
            if self.tls:  # TLS has no half-closed state: close_notify goes out, and the peer's is waited for
                self.writer.close()
                await self.writer.wait_closed()
                raise Ended("clean")
            self.writer.write_eof()
            async with asyncio.timeout(LINGER):
                while data := await self.reader.read(READ_SIZE):
                    self.device.ledger.received += len(data)
        except TimeoutError:
            raise Ended("left") from None
        except OSError:  # ssl errors too, and ENOTCONN where the peer was gone already
            raise Ended("reset") from None
        raise Ended("clean")


Conversation = Callable[[Talk], Awaitable[None]]
"""A player: talks until it returns or raises Ended."""


class Conversations:
    """The parent of every conversation: ends them all when it ends, and raises what went wrong in any of them.

    Not a TaskGroup, since a stage may be entered in one task and left in another, as test fixtures do.
    """

    def __init__(self) -> None:
        self.sockets: dict[str, set[socket.socket]] = {}  # by address of the device
        self._open: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []

    def start(self, conversation: Coroutine[None, None, None]) -> None:
        """Run one conversation."""
        task = asyncio.get_running_loop().create_task(conversation)
        self._open.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)

    async def close(self) -> None:
        """Cancel what is open and wait for it; a failed conversation is a mistake of the simulator and is raised."""
        for task in tuple(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(tuple(self._open))
        if self._failed:
            raise BaseExceptionGroup("conversations that failed", self._failed)


_PEER_OPEN: Final = frozenset({1, 4, 5})
"""TCP states in which the peer has not ended its side: ESTABLISHED, FIN_WAIT1, FIN_WAIT2 (linux/tcp_states.h)."""


def _peer_has_open(one: socket.socket) -> bool:
    """True while the peer holds a connection; the kernel knows of its end before the event loop has read it."""
    try:
        return one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in _PEER_OPEN
    except OSError:
        return False


@dataclass(slots=True)
class Door:
    """One listening socket of one device. `port` is the number as the persona writes it."""

    device: Device
    port: int
    listener: socket.socket
    converse: Conversation
    conversations: Conversations
    certificate: Certificate | None = None

    def open(self) -> None:
        """Begin to accept."""
        asyncio.get_running_loop().add_reader(self.listener, self._accept)

    def close(self) -> None:
        """Stop accepting; conversations in course end with the stage."""
        asyncio.get_running_loop().remove_reader(self.listener)
        self.listener.close()

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        connection.setblocking(False)
        device, now = self.device, self.device.surroundings.clock()
        sockets = self.conversations.sockets.setdefault(device.address, set())
        peer_holds = 1 + sum(1 for one in sockets if _peer_has_open(one))
        device.ledger.note_connection(self.port, now, peer_holds)
        limit = device.quirks.max_connections
        if device.is_away(now) or (limit and peer_holds > limit):
            device.ledger.turned_away += 1
            self._reset(connection)
            return
        sockets.add(connection)
        self.conversations.start(self._serve(connection))

    def _reset(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.close()
        self.device.ledger.note_end("cut")

    async def _serve(self, connection: socket.socket) -> None:
        how = "cut"
        try:
            if self.certificate and self.certificate.versions == "museum":
                from simulator.museum import serve_museum_tls

                how = await serve_museum_tls(connection, self.device, self.certificate)
            else:
                how = await self._talk(connection)
        finally:
            connection.close()
            self.conversations.sockets[self.device.address].discard(connection)
            self.device.ledger.note_end(how)

    async def _talk(self, connection: socket.socket) -> str:
        loop = asyncio.get_running_loop()
        if self.certificate is None:
            plain = Plain(connection, loop)
            return await self._hold(Talk(self.device, self.port, tls=False, reader=plain, writer=plain))
        reader = asyncio.StreamReader(limit=1 << 17, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=server_context(self.device, self.certificate),
                ssl_handshake_timeout=HANDSHAKE,
                ssl_shutdown_timeout=LINGER,
            )
        except (OSError, ssl.SSLError):
            return "handshake"
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            return await self._hold(Talk(self.device, self.port, tls=True, reader=reader, writer=writer))
        finally:
            transport.abort()

    async def _hold(self, talk: Talk) -> str:
        try:
            await self.converse(talk)
            await talk.finish()
        except Ended as ended:
            return ended.how
        return "clean"
