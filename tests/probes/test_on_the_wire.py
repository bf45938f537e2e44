"""All probes together against cameras on loopback that count: what they saw is what the ledger says, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from probes import HostView, Probe, load_plugins
from scanner.link import Heard
from scanner.model import Attempt, Ledger, Outcome, replace
from scanner.net import Net
from scanner.pace import Pace
from tests.certificates import make_server_context
from tests.loopback import Seen, loopback_scope, read_head, reset, serve
from tests.support import make_view, page

PROBES = [probe for probe in load_plugins()[1] if not probe.opt_in and not probe.touch.datagrams]
Answer = Callable[[bytes], bytes]


def answer_as_hikvision(head: bytes) -> bytes:
    if head.startswith(b"GET / "):
        return page(200, "Server: App-webs/", body=b"<script>window.location.href='/doc/page/login.asp'</script>")
    if head.startswith((b"GET /doc/", b"GET /favicon.ico")):
        return page(200, body=b"\0icon")
    if head.startswith(b"GET /ISAPI"):
        return page(401, 'WWW-Authenticate: Digest realm="IP Camera(C2183)"')
    return page(404)


def answer_rtsp(head: bytes) -> bytes:
    return b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n"


@contextlib.asynccontextmanager
async def serve_camera(answer: Answer, context: ssl.SSLContext | None = None) -> AsyncIterator[Seen]:
    """Answers every request on a connection until the peer has enough."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
            holder[0].requests.append(head + await reader.readexactly(length))
            writer.write(answer(head))
            if b"Connection: close" in head:
                return

    holder: list[Seen] = []
    async with serve(handle, context=context) as seen:
        holder.append(seen)
        yield seen


async def run_all(net: Net, view: HostView) -> list[Heard]:
    """As the engine does it: each probe on each port it wants, with what was heard so far."""
    heard: list[Heard] = []
    done: set[tuple[str, int]] = set()
    while todo := next_question(view, heard, done):
        probe, port = todo
        done.add((probe.name, port))
        heard += [item async for item in probe.run(net, known(view, heard), port)]
    return heard


def known(view: HostView, heard: list[Heard]) -> HostView:
    return replace(view, heard=frozenset(item.name for part in heard for item in part.observations))


def next_question(view: HostView, heard: list[Heard], done: set[tuple[str, int]]) -> tuple[Probe, int] | None:
    for probe in PROBES:
        for port in probe.ports_for(known(view, heard)):
            if (probe.name, port) not in done:
                return probe, port
    return None


async def test_the_ledger_is_what_the_camera_counted(tmp_path: Path) -> None:
    attempts: list[Attempt] = []
    context = make_server_context(tmp_path)
    async with (
        serve_camera(answer_as_hikvision) as web,
        serve_camera(answer_as_hikvision, context) as secure,
        serve_camera(answer_rtsp) as rtsp,
        Net(loopback_scope(), Pace(1e6, 1e6), sink=attempts.append) as net,
    ):
        announced = frozenset({("http", web.port), ("https", secure.port), ("rtsp", rtsp.port)})
        heard = await run_all(net, make_view(announced=announced))
        servers = (web, secure, rtsp)
        requests = [request for seen in servers for request in seen.requests]
        ledger = net.ledger_of("127.0.0.1")
        assert ledger.connections == sum(seen.connections for seen in servers)
        assert (ledger.requests, ledger.sent) == (len(requests), sum(map(len, requests)))
        assert not any(b"authorization" in request.lower() or b"cookie" in request.lower() for request in requests)
        assert max(seen.most_open for seen in servers) == 1
        assert sum(1 for request in web.requests if request.startswith(b"GET ")) <= 8
        assert {ending for seen in servers for ending in seen.ended} == {"fin"}
        names = {item.name for part in heard for item in part.observations}
        assert {"http.raw", "favicon.mmh3", "tls-cert.subject", "rtsp.raw"} <= names
    totals = Ledger(
        connections=sum(item.connections for item in attempts),
        requests=sum(item.requests for item in attempts),
        sent=sum(item.sent for item in attempts),
        received=sum(item.received for item in attempts),
    )
    assert totals == ledger


async def endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"x" * 4000 + b"\r\n")
        await writer.drain()


async def endless_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def tear_down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    reset(writer)


async def binary(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff" * 2000)


async def close_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("handler", [endless_head, endless_body, tear_down, binary, close_at_once])
async def test_a_hostile_host_gets_no_more_than_was_promised(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object],
) -> None:
    attempts: list[Attempt] = []
    async with serve(handler) as seen, Net(loopback_scope(), Pace(1e6, 1e6), sink=attempts.append) as net:  # type: ignore[arg-type]
        announced = frozenset({("http", seen.port), ("rtsp", seen.port)})
        async with asyncio.timeout(10):
            heard = await run_all(net, make_view(announced=announced))
        assert seen.most_open == 1
        assert seen.connections == net.ledger_of("127.0.0.1").connections
    allowed = {probe.name: probe.touch for probe in PROBES}
    assert all(item.connections <= allowed[item.by].connections for item in attempts)
    assert all(item.requests <= allowed[item.by].requests for item in attempts)
    assert all(len(data) <= 100_000 for part in heard for _, data in part.raw)
    assert {item.outcome for item in attempts} <= {
        Outcome.ANSWERED,
        Outcome.GARBLED,
        Outcome.SILENT,
        Outcome.REFUSED,
        Outcome.SKIPPED,
    }
