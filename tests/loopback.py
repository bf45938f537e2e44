"""Servers on 127.0.0.1 that say what a test tells them to and count what they are asked. Nothing leaves the machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from scanner.conversation import Conversation, Ending, Speaker
from scanner.poller import Poller
from scanner.scope import Scope, Target, make_scope

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def loopback_scope() -> Scope:
    return make_scope(["127.0.0.0/24"])


def make_poller() -> Poller:
    """One for the test's own loop, which ends with it."""
    return Poller(asyncio.get_running_loop())


async def exchange(
    conversation: Conversation,
    message: bytes,
    complete: Callable[[bytes], bool],
    cap: int,
    timeout: float,
    speaker: Speaker | None = None,
) -> tuple[bytes, Ending | None]:
    """Ask, and wait for the answer and how it ended, as `scanner/talk.py` does."""
    try:
        ending = await conversation.ask(message, complete, cap, timeout, speaker)
        if ending is None and speaker is not None:
            await speaker.say()
            ending = await conversation.ask_now()
    finally:
        received = conversation.take_answer()
    return received, ending


def loopback_target(address: str = "127.0.0.1") -> Target:
    target = loopback_scope().admit(address)
    assert target is not None
    return target


@dataclass
class Seen:
    """What a server saw. `ended` says how each connection ended: "fin" or "reset"."""

    port: int = 0
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    requests: list[bytes] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def serve(handler: Handler, *, context: ssl.SSLContext | None = None) -> AsyncIterator[Seen]:
    """Run one server; connections still open at the end are cut."""
    seen = Seen()
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        seen.connections += 1
        seen.open_now += 1
        seen.most_open = max(seen.most_open, seen.open_now)
        try:
            await handler(reader, writer)
            if not writer.is_closing():
                await writer.drain()
                writer.write_eof() if writer.can_write_eof() else None
                while await reader.read(65536):
                    continue
            seen.ended.append("fin")
        except OSError:  # a reset shows up as ECONNRESET, EPIPE or ENOTCONN, as the moment has it
            seen.ended.append("reset")
        except asyncio.CancelledError:
            seen.ended.append("cut")
        finally:
            seen.open_now -= 1
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tuple(tasks), return_exceptions=True)
        await server.wait_closed()


@contextlib.asynccontextmanager
async def serve_answer(*chunks: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[Seen]:
    """Run a server that reads one request head and answers these chunks, each in a write of its own, then closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        holder[0].requests.append(await read_head(reader))
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)
        if context is not None:  # of TLS there is no half close
            writer.close()
            await writer.wait_closed()

    holder: list[Seen] = []
    async with serve(answer, context=context) as seen:
        holder.append(seen)
        yield seen


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """One request up to its blank line, or what came before the close."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        return error.partial


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a TCP reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue is full, so that the kernel drops what comes: as a host that is not there."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield int(port)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
