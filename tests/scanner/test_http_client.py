"""HTTP by aiohttp against pages old and hostile: what came is kept as it came, and asked for once."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from scanner import http_client as subject
from scanner import tls_wire
from scanner.http_client import Fetched, HttpClient
from scanner.link import HttpRequest
from scanner.model import Outcome
from scanner.os_errors import CRUMBS
from scanner.tls_client import make_lax_context
from scanner.tls_wire import TlsWire
from scanner.wire import open_socket
from tests.certificates import make_server_context
from tests.loopback import Seen, free_port, loopback_target, make_poller, read_head, reset, serve, serve_answer

MESSAGE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: test\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """The context of the servers: aiohttp is used for TLS only."""
    return make_server_context(tmp_path_factory.mktemp("server"))


async def dial(port: int) -> TlsWire:
    """As Talk does it, at no pace."""
    poller = make_poller()
    sock = await open_socket(poller, loopback_target(), port)
    wire = TlsWire(poller, sock, make_lax_context())
    await wire.shake(at_once)
    return wire


async def at_once() -> None:
    return None


async def fetch(
    seen: Seen | int, request: HttpRequest | None = None, *, by: Callable[[int], Awaitable[TlsWire]] = dial
) -> Fetched:
    client = HttpClient(4)
    port = seen if isinstance(seen, int) else seen.port
    try:
        return await client.fetch("127.0.0.1", port, request or HttpRequest("/"), MESSAGE, partial(by, port))
    finally:
        await client.close()


async def test_order_case_and_blanks_of_the_headers_are_kept(theirs: ssl.SSLContext) -> None:
    page = b"HTTP/1.1 200  Fine\r\nsErVer:  two blanks\r\nA: 1\r\na: 2\r\nContent-Length: 5\r\n\r\nhello"
    async with serve_answer(page, context=theirs) as seen:
        fetched = await fetch(seen)
    exchange = fetched.exchange
    assert (exchange.outcome, exchange.received, exchange.truncated) == (Outcome.ANSWERED, page, False)
    assert exchange.requests == 1
    assert fetched.ask_again is False


async def test_the_wire_says_what_the_exchange_says(theirs: ssl.SSLContext) -> None:
    async with serve_answer(b"HTTP/1.0 200 OK\r\n\r\n", context=theirs) as seen:
        exchange = (await fetch(seen)).exchange
        assert seen.requests == [MESSAGE] == [exchange.sent]


@pytest.mark.parametrize(("ago", "slow"), [(3600.0, False), (0.0, True)])
async def test_that_we_were_busy_when_an_answer_came_is_no_slowness_of_the_host(
    ago: float, slow: bool, monkeypatch: pytest.MonkeyPatch, theirs: ssl.SSLContext
) -> None:
    monkeypatch.setattr(subject, "read_tcp_info", lambda _: (1, ago))
    async with serve_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok", context=theirs) as seen:
        exchange = (await fetch(seen)).exchange
    assert exchange.outcome is Outcome.ANSWERED
    assert (exchange.elapsed > 0) is slow


async def test_chunks_are_kept_as_sent(theirs: ssl.SSLContext) -> None:
    page = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    async with serve_answer(page, context=theirs) as seen:
        assert (await fetch(seen)).exchange.received == page


async def test_a_gzip_bomb_stays_compressed(theirs: ssl.SSLContext) -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with serve_answer(head + bomb, context=theirs) as seen:
        exchange = (await fetch(seen)).exchange
    assert exchange.received == head + bomb


async def test_a_redirect_is_kept_and_not_followed(theirs: ssl.SSLContext) -> None:
    async with serve_answer(b"HTTP/1.1 200 OK\r\n\r\nlured", context=theirs) as elsewhere:
        page = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:%d/\r\nContent-Length: 0\r\n\r\n" % elsewhere.port
        async with serve_answer(page, context=theirs) as seen:
            assert (await fetch(seen)).exchange.received == page
        assert elsewhere.connections == 0


async def test_a_cookie_is_not_carried_to_the_next_request(theirs: ssl.SSLContext) -> None:
    async with serve_answer(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: id=7\r\nContent-Length: 0\r\n\r\n", context=theirs
    ) as seen:
        client = HttpClient(4)
        for _ in range(2):
            await client.fetch("127.0.0.1", seen.port, HttpRequest("/"), MESSAGE, partial(dial, seen.port))
        await client.close()
        assert seen.requests == [MESSAGE, MESSAGE]
        assert seen.connections == 2


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"e" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"T: t\r\n" * 1_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1_000),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"w" * 10_000),
    ],
    ids=["interim", "chunk extension", "trailers", "tiny chunks", "upgrade"],
)
async def test_what_has_no_end_is_cut_off_wherever_it_stands(head: bytes, again: bytes, theirs: ssl.SSLContext) -> None:
    """Not only the body: a minute of chunk extensions would be gigabytes, and thousands of acknowledgements of ours."""
    said = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal said
        await read_head(reader)
        writer.write(head)
        while not writer.is_closing():
            said += len(again)
            writer.write(again)
            await writer.drain()

    async with serve(pour, context=theirs) as seen:
        begun = asyncio.get_running_loop().time()
        fetched = await fetch(seen, HttpRequest("/", cap=20_000))
        assert asyncio.get_running_loop().time() - begun < 2
        assert not fetched.ask_again
        assert len(fetched.exchange.received) <= 20_000 + subject.HEAD_CAP
        if b" 101 " not in head:  # after that one aiohttp has hung up by itself
            assert fetched.exchange.truncated
    assert said < 20_000_000  # what the buffers of both ends hold, and no more


async def test_who_answers_in_crumbs_is_cut_off_before_the_cap(
    monkeypatch: pytest.MonkeyPatch, theirs: ssl.SSLContext
) -> None:
    """Three bytes a packet are 27,000 packets for one answer, each of which our kernel acknowledges."""
    monkeypatch.setattr(subject, "SEGMENTS_CAP", 20)

    async def crumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"abc")
            await asyncio.sleep(0.001)

    async with serve(crumble, context=theirs) as seen:
        fetched = await fetch(seen)
    assert (fetched.exchange.detail, fetched.exchange.truncated) == (CRUMBS, True)
    assert fetched.segments is None or fetched.segments < 40


async def test_a_huge_body_is_cut_at_the_cap(theirs: ssl.SSLContext) -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with serve(pour, context=theirs) as seen:
        exchange = (await fetch(seen, HttpRequest("/", cap=1000))).exchange
    assert exchange.truncated
    assert 1000 <= len(exchange.received) <= 1000 + subject.HEAD_CAP
    assert exchange.detail in ("cut at 1000 bytes", f"cut at {len(exchange.received)} bytes")


async def test_endless_headers_are_refused_in_bounded_memory(theirs: ssl.SSLContext) -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")
            await writer.drain()

    async with serve(pour, context=theirs) as seen:
        exchange = (await fetch(seen)).exchange
    assert exchange.outcome in (Outcome.GARBLED, Outcome.ANSWERED)
    assert exchange.truncated
    assert len(exchange.received) <= 64 * 1024 + subject.HEAD_CAP


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "READ_TIMEOUT", 0.05)
    monkeypatch.setattr(tls_wire, "TLS_TIMEOUT", 0.05)
    monkeypatch.setattr(subject, "LINGER", 0.05)


@pytest.mark.usefixtures("short")
async def test_a_mute_server_is_silent(theirs: ssl.SSLContext) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait, context=theirs) as seen:
        fetched = await fetch(seen)
    exchange = fetched.exchange
    assert (exchange.outcome, exchange.detail, exchange.requests) == (Outcome.SILENT, "no answer", 1)
    assert fetched.ask_again is False


async def test_the_patience_runs_from_the_moment_the_connection_stands(
    monkeypatch: pytest.MonkeyPatch, theirs: ssl.SSLContext
) -> None:
    """The pace may hold a handshake up for longer than an answer may take."""
    monkeypatch.setattr(subject, "READ_TIMEOUT", 0.02)

    async def dial_late(port: int) -> TlsWire:
        await asyncio.sleep(0.04)
        return await dial(port)

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait, context=theirs) as seen:
        exchange = (await fetch(seen, by=dial_late)).exchange
    assert (exchange.outcome, exchange.sent) == (Outcome.SILENT, MESSAGE)


@pytest.mark.usefixtures("short")
async def test_a_drip_is_cut_at_the_deadline_and_not_asked_again(theirs: ssl.SSLContext) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with serve(drip, context=theirs) as seen:
        fetched = await fetch(seen)
    assert (fetched.exchange.outcome, fetched.exchange.truncated) == (Outcome.ANSWERED, True)
    assert fetched.exchange.received.startswith(b"HTTP/1.1 200 OK\r\n\r\nx")
    assert fetched.ask_again is False


@pytest.mark.usefixtures("short")
async def test_a_handshake_that_stalls_is_silence_and_no_request() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as seen:
        exchange = (await fetch(seen)).exchange
    assert (exchange.outcome, exchange.requests, exchange.sent) == (Outcome.SILENT, 0, b"")


async def test_plain_text_where_tls_was_expected_is_garbled() -> None:
    async def blurt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serve(blurt) as blurter:
        exchange = (await fetch(blurter)).exchange
    assert (exchange.outcome, exchange.requests) == (Outcome.GARBLED, 0)
    assert "TLS handshake failed" in exchange.detail


async def test_a_page_over_tls_brings_its_certificate(theirs: ssl.SSLContext) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    async with serve_answer(page, context=theirs) as seen:
        exchange = (await fetch(seen)).exchange
    assert (exchange.outcome, exchange.received, len(exchange.certificates)) == (Outcome.ANSWERED, page, 1)
    assert exchange.tls.startswith("TLSv1.3 ")


async def test_a_closed_port_is_refused_and_costs_no_request() -> None:
    exchange = (await fetch(free_port())).exchange
    assert (exchange.outcome, exchange.requests) == (Outcome.REFUSED, 0)


async def test_a_close_without_a_word_is_silence(theirs: ssl.SSLContext) -> None:
    async with serve_answer(context=theirs) as seen:
        fetched = await fetch(seen)
    assert (fetched.exchange.outcome, fetched.exchange.detail) == (Outcome.SILENT, "closed without an answer")
    assert fetched.ask_again is False
    assert seen.connections == 1  # aiohttp's habit is to send it again


@pytest.mark.parametrize(("first", "outcome"), [(b"", Outcome.REFUSED), (b"HTTP/1.1 200 OK\r\nA", Outcome.GARBLED)])
async def test_a_reset_keeps_what_came(first: bytes, outcome: Outcome, theirs: ssl.SSLContext) -> None:
    async def tear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(first)
        await asyncio.sleep(0.02)
        reset(writer)

    async with serve(tear, context=theirs) as seen:
        fetched = await fetch(seen)
    assert (fetched.exchange.outcome, fetched.exchange.received) == (outcome, first)
    assert fetched.exchange.detail.startswith("connection reset")
    assert fetched.ask_again is False
    assert seen.connections == 1  # aiohttp's habit is to send it again


@pytest.mark.parametrize(
    "page",
    [
        b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_what_aiohttp_refuses_is_read_from_the_kept_bytes_without_asking_again(
    page: bytes, theirs: ssl.SSLContext
) -> None:
    async with serve_answer(page, context=theirs) as seen:
        fetched = await fetch(seen)
        assert len(seen.requests) == 1
    assert (fetched.exchange.outcome, fetched.exchange.received) == (Outcome.ANSWERED, page)
    assert fetched.ask_again is False


@pytest.mark.parametrize(
    "chunks",
    [
        (b"HTTP/1.1 200 OK\r\nServer : x\r\n\r\nhello", b" world"),  # only the close ends this body
        (b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 11\r\n\r\nhello", b" world"),
    ],
)
async def test_what_the_kept_bytes_do_not_hold_must_be_asked_again(
    chunks: tuple[bytes, ...], theirs: ssl.SSLContext
) -> None:
    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        for chunk in chunks:
            writer.write(chunk)
            await asyncio.sleep(0.02)

    async with serve(answer_slowly, context=theirs) as seen:
        assert (await fetch(seen)).ask_again is True


async def test_a_binary_frame_is_garbled_and_kept(theirs: ssl.SSLContext) -> None:
    frame = bytes.fromhex("000000100000000d0000000d00000000")
    async with serve_answer(frame, context=theirs) as seen:
        fetched = await fetch(seen)
    assert (fetched.exchange.outcome, fetched.exchange.received) == (Outcome.GARBLED, frame)
    assert fetched.ask_again is False


async def test_a_name_is_never_resolved() -> None:
    client = HttpClient(1)
    try:
        fetched = await client.fetch("localhost", 9, HttpRequest("/"), MESSAGE, partial(dial, 9))
    finally:
        await client.close()
    assert fetched.exchange.outcome is Outcome.BROKEN
    assert "never resolved" in fetched.exchange.detail
