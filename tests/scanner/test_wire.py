"""The lean transport: it connects or says why not, sends everything, and ends once."""

from __future__ import annotations

import asyncio
import gc
import socket
import weakref
from collections.abc import Iterator

import pytest

from scanner import wire as subject
from scanner.scope import make_scope
from scanner.wire import Wire, open_socket, scope_id
from tests.loopback import deaf_port, free_port, loopback_target, make_poller, read_head, reset, serve, serve_answer
from tests.scanner.readings import Places


class Diary(asyncio.Protocol):
    """Writes down what the transport tells it."""

    def __init__(self) -> None:
        self.entries: list[object] = []
        self.lost = asyncio.get_running_loop().create_future()
        self.changed = asyncio.Event()
        self.made = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.set()

    def data_received(self, data: bytes) -> None:
        self.entries.append(data)
        self.changed.set()

    def eof_received(self) -> bool:
        self.entries.append("eof")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.entries.append(type(exc).__name__ if exc is not None else "lost")
        self.lost.set_result(None)


async def open_wire(port: int) -> tuple[Wire, Diary]:
    diary, poller = Diary(), make_poller()
    return Wire(poller, await open_socket(poller, loopback_target(), port), diary), diary


async def test_a_message_larger_than_the_buffers_arrives_whole() -> None:
    message = bytes(range(256)) * 40_000

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read(1))
        await asyncio.sleep(0.02)
        got.append(await reader.read())

    got: list[bytes] = []
    async with serve(swallow) as seen:
        wire, diary = await open_wire(seen.port)
        wire.write(message[:-5])
        wire.write(message[-5:])
        while wire._left:
            await asyncio.sleep(0.001)
        wire.write_eof()
        await asyncio.wait_for(diary.lost, 2)
    assert b"".join(got) == message


async def test_data_then_eof_then_lost_and_nothing_after() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")

    async with serve(speak) as seen:
        wire, diary = await open_wire(seen.port)
        await asyncio.wait_for(diary.lost, 2)
        wire.close()
        wire.abort()
        wire.write(b"too late")
        wire.pause_reading()
        wire.resume_reading()
    assert diary.entries == [b"hello", "eof", "lost"]
    assert wire.is_closing()


async def test_what_is_over_is_freed_without_a_search_for_circles() -> None:
    async with serve_answer(b"hello") as seen:
        wire, diary = await open_wire(seen.port)
        wire.write(b"ask\r\n\r\n")
        await asyncio.wait_for(diary.lost, 2)
    held = weakref.ref(diary)
    gc.disable()
    try:
        del diary
        assert held() is None, "the connection still holds its protocol"
        assert wire.is_closing()
    finally:
        gc.enable()


async def test_a_reset_is_told() -> None:
    async def tear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        reset(writer)

    async with serve(tear) as seen:
        wire, diary = await open_wire(seen.port)
        wire.write(b"abc")
        await asyncio.wait_for(diary.lost, 2)
        wire.write_eof()
    assert diary.entries == ["ConnectionResetError"]


async def test_sending_to_a_peer_that_is_gone_ends_it() -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        reset(writer)

    async with serve(leave) as seen:
        wire, diary = await open_wire(seen.port)
        wire.pause_reading()
        wire.write(b"abc")
        for _ in range(100):
            await asyncio.sleep(0.002)
            wire.write(b"more")
            if wire.is_closing():
                break
    assert diary.entries in (["BrokenPipeError"], ["ConnectionResetError"])


async def test_a_pause_holds_data_back_until_it_ends() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await reader.read()

    async with serve(speak) as seen:
        wire, diary = await open_wire(seen.port)
        wire.pause_reading()
        await asyncio.sleep(0.02)
        assert diary.entries == []
        wire.resume_reading()
        await asyncio.wait_for(diary.changed.wait(), 2)
        assert diary.entries == [b"hello"]
        wire.close()


async def test_it_knows_its_socket_and_nothing_else() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as seen:
        wire, _ = await open_wire(seen.port)
        assert isinstance(wire.get_extra_info("socket"), socket.socket)
        assert wire.get_extra_info("ssl_object") is None
        assert wire.can_write_eof()
        wire.close()


async def test_a_closed_port_refuses() -> None:
    with pytest.raises(ConnectionRefusedError):
        await open_socket(make_poller(), loopback_target(), free_port())


@pytest.fixture
def deaf() -> Iterator[int]:
    with deaf_port() as port:
        yield port


async def test_a_host_that_does_not_answer_times_out(deaf: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "CONNECT_TIMEOUT", 0.05)
    with pytest.raises(TimeoutError):
        await open_socket(make_poller(), loopback_target(), deaf)


async def test_cancelling_a_connection_attempt_closes_its_socket(deaf: int) -> None:
    task = asyncio.create_task(open_socket(make_poller(), loopback_target(), deaf))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task  # an unclosed socket would be a warning, and warnings are errors here


async def test_ipv6_is_spoken() -> None:
    target = make_scope(["::1/128"]).admit("::1")
    assert target is not None
    server = await asyncio.start_server(lambda _, writer: writer.close(), "::1", 0)
    async with server:
        sock = await open_socket(make_poller(), target, server.sockets[0].getsockname()[1])
        assert sock.family == socket.AF_INET6
        sock.close()


def test_a_link_local_address_needs_the_number_of_its_interface() -> None:
    scope = make_scope(["fe80::/64", "127.0.0.0/24"])
    link_local, gone, plain = scope.admit("fe80::1%lo"), scope.admit("fe80::1%gone9"), scope.admit("127.0.0.1")
    assert link_local is not None
    assert gone is not None
    assert plain is not None
    assert scope_id(link_local) == socket.if_nametoindex("lo")
    assert scope_id(plain) == 0
    with pytest.raises(OSError):
        scope_id(gone)


async def test_nothing_is_read_before_there_is_a_place() -> None:
    places, diary, poller = Places(2), Diary(), make_poller()
    async with serve_answer(b"answer") as seen:
        wire = Wire(poller, await open_socket(poller, loopback_target(), seen.port), diary, places)
        wire.write(b"ask\r\n\r\n")
        await asyncio.wait_for(diary.lost, 2)
    assert places.entries[:4] == ["begin", "begin", "begin", "end"]
    assert diary.entries[:2] == [b"answer", "eof"]


async def test_pieces_that_come_together_are_read_as_one() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        for piece in (b"a", b"b", b"c"):
            writer.write(piece)
            await asyncio.sleep(0)

    diary, poller = Diary(), make_poller()
    async with serve(answer) as seen:
        wire = Wire(poller, await open_socket(poller, loopback_target(), seen.port), diary, breath=0.1)
        wire.write(b"ask\r\n\r\n")
        await asyncio.wait_for(diary.lost, 2)
    assert diary.entries[:2] == [b"abc", "eof"]


async def test_a_paused_wire_reads_nothing_after_its_breath() -> None:
    diary, poller = Diary(), make_poller()
    async with serve_answer(b"answer") as seen:
        wire = Wire(poller, await open_socket(poller, loopback_target(), seen.port), diary, breath=0.01)
        wire.write(b"ask\r\n\r\n")
        while not wire._resting:
            await asyncio.sleep(0.001)
        wire.pause_reading()
        while wire._resting:
            await asyncio.sleep(0.001)
        assert diary.entries == []
        wire.resume_reading()
        await asyncio.wait_for(diary.lost, 2)
    assert diary.entries[:2] == [b"answer", "eof"]
