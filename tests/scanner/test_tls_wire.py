"""TLS at a pace: each flight waits for its turn, the end is said with FIN, and no peer can hold a handshake open."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from pathlib import Path

import pytest

from scanner import tls_wire
from scanner.tls_client import make_lax_context
from scanner.tls_wire import TlsWire
from scanner.wire import open_socket
from tests.certificates import make_server_context
from tests.loopback import Handler, Seen, loopback_target, make_poller, read_head, serve, serve_answer


class App(asyncio.Protocol):
    """Whoever talks through it: keeps what it is told."""

    def __init__(self, *, stays: bool = False) -> None:
        self.data = b""
        self.made = 0
        self.ended = 0
        self.lost: list[Exception | None] = []
        self.gone = asyncio.Event()
        self._stays = stays

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made += 1

    def data_received(self, data: bytes) -> None:
        self.data += data

    def eof_received(self) -> bool:
        self.ended += 1
        return self._stays

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)
        self.gone.set()


def say_and_end(*answers: bytes) -> Handler:
    """A server that hears a request, answers, and ends before the client does."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await read_head(reader)
        for part in answers:
            writer.write(heard if part == b"echo" else part)
        writer.close()

    return answer


class Turns:
    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


async def dial(seen: Seen) -> tuple[TlsWire, socket.socket]:
    poller = make_poller()
    sock = await open_socket(poller, loopback_target(), seen.port)
    return TlsWire(poller, sock, make_lax_context()), sock


def only(version: ssl.TLSVersion, folder: Path) -> ssl.SSLContext:
    context = make_server_context(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(("version", "flights"), [(ssl.TLSVersion.TLSv1_3, 1), (ssl.TLSVersion.TLSv1_2, 2)])
async def test_each_flight_waits_for_its_turn_and_the_last_goes_with_what_is_said_first(
    tmp_path: Path, version: ssl.TLSVersion, flights: int
) -> None:
    turns, app = Turns(), App()
    async with serve(say_and_end(b"echo"), context=only(version, tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(turns)
        assert turns.count == flights
        wire.attach(app)
        wire.write(b"GET / HTTP/1.1\r\n\r\n")
        await asyncio.wait_for(app.gone.wait(), 2)
    assert (app.made, app.data, app.ended, len(app.lost)) == (1, b"GET / HTTP/1.1\r\n\r\n", 1, 1)


async def test_the_end_is_said_with_fin_and_the_peers_is_waited_for(tmp_path: Path) -> None:
    app = App()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(listen, context=make_server_context(tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        wire.attach(app)
        wire.close()
        wire.close()
        assert wire.is_closing()
        await asyncio.wait_for(app.gone.wait(), tls_wire.LINGER - 0.1)
        wire.write(b"too late")
        await asyncio.sleep(0)
        assert seen.ended == ["fin"]
    assert app.lost == [None]


async def test_who_stays_after_the_peers_end_ends_by_himself(tmp_path: Path) -> None:
    app = App(stays=True)
    async with serve(say_and_end(b"hello"), context=make_server_context(tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        wire.attach(app)
        wire.write(b"a\r\n\r\n")
        async with asyncio.timeout(2):
            while not app.ended:
                await asyncio.sleep(0.001)
        assert not app.gone.is_set()
        wire.close()
        await asyncio.wait_for(app.gone.wait(), 2)


async def test_a_peer_that_does_not_end_is_left_after_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_wire, "LINGER", 0.05)
    app = App()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0.005)

    async with serve(talk, context=make_server_context(tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        wire.attach(app)
        wire.close()
        await asyncio.wait_for(app.gone.wait(), 2)


async def test_while_paused_nothing_is_handed_on_and_nothing_is_lost(tmp_path: Path) -> None:
    app = App(stays=True)
    async with serve(say_and_end(b"x" * 100_000), context=make_server_context(tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        wire.attach(app)
        wire.pause_reading()
        wire.write(b"a\r\n\r\n")
        await asyncio.sleep(0.05)
        assert app.data == b""
        wire.resume_reading()
        async with asyncio.timeout(2):
            while not app.ended:
                await asyncio.sleep(0.001)
        wire.abort()
    assert app.data == b"x" * 100_000


async def test_what_came_before_somebody_listened_is_told_first(tmp_path: Path) -> None:
    app = App()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")
        writer.close()

    async with serve(greet, context=only(ssl.TLSVersion.TLSv1_2, tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        await asyncio.sleep(0.05)
        wire.attach(app)
        await asyncio.wait_for(app.gone.wait(), 2)
    assert app.data == b"welcome"


async def fail(seen: Seen) -> BaseException:
    """How the handshake with a server fails; the socket is closed then."""
    wire, sock = await dial(seen)
    with pytest.raises(OSError) as caught:
        await wire.shake(Turns())
    assert sock.fileno() == -1
    assert wire.is_closing()
    return caught.value


async def test_who_hangs_up_in_the_handshake_has_torn_it_down() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    async with serve(hang_up) as seen:
        assert isinstance(await fail(seen), ConnectionResetError)


async def test_who_says_nothing_in_the_handshake_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_wire, "TLS_TIMEOUT", 0.05)

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as seen:
        assert isinstance(await fail(seen), ConnectionAbortedError)


async def test_who_says_it_bit_by_bit_gets_no_more_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_wire, "TLS_TIMEOUT", 0.1)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"\x16\x03\x03\x40\x00")  # a record of 16 kB, of which one byte comes at a time
        for _ in range(100):
            writer.write(b"\x02")
            await asyncio.sleep(0.02)

    begun = asyncio.get_running_loop().time()
    async with serve(drip) as seen:
        assert isinstance(await fail(seen), ConnectionAbortedError)
    assert asyncio.get_running_loop().time() - begun < 1.0


async def test_who_speaks_another_language_is_told_so_and_left() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        await reader.read()

    async with serve(speak) as seen:
        assert isinstance(await fail(seen), ssl.SSLError)


async def test_a_handshake_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_wire, "HANDSHAKE_CAP", 100)
    async with serve_answer(b"", context=make_server_context(tmp_path)) as seen:
        assert isinstance(await fail(seen), ConnectionAbortedError)


async def test_a_handshake_that_costs_too_many_packets_is_cut_off(tmp_path: Path) -> None:
    async with serve_answer(b"", context=make_server_context(tmp_path)) as seen:
        poller = make_poller()
        sock = await open_socket(poller, loopback_target(), seen.port)
        wire = TlsWire(poller, sock, make_lax_context(), lambda: False)
        with pytest.raises(ConnectionAbortedError):
            await wire.shake(Turns())
        assert sock.fileno() == -1


async def test_who_is_cancelled_in_the_handshake_leaves_no_socket_open() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)

    async with serve(wait) as seen:
        wire, sock = await dial(seen)
        shaking = asyncio.ensure_future(wire.shake(Turns()))
        await asyncio.sleep(0.02)
        shaking.cancel()
        await asyncio.wait([shaking])
        assert sock.fileno() == -1


async def test_garbage_after_the_handshake_ends_it(tmp_path: Path) -> None:
    app = App()
    async with serve_answer(b"never", context=make_server_context(tmp_path)) as seen:
        wire, _ = await dial(seen)
        await wire.shake(Turns())
        wire.attach(app)
        wire.data_received(b"\x17\x03\x03\x00\x10" + bytes(16))
        await asyncio.wait_for(app.gone.wait(), 2)
    assert app.data == b""
