"""The Link as probes get it: inside the scope, one connection a host, counted, patient, and honest about trouble."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest

from scanner import net as subject
from scanner import plain_conversation, tls_wire
from scanner.link import HttpRequest, Link
from scanner.model import Attempt, Ledger, Outcome
from scanner.net import Net
from scanner.os_errors import BURST_COUNT
from scanner.pace import Pace
from scanner.scope import ScopeError, Target, make_scope
from scanner.temper import MUTE, MUTE_THERE, HostTemper
from tests.certificates import make_server_context
from tests.loopback import loopback_scope, loopback_target, read_head, serve, serve_answer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
UNREADABLE = b"HTTP/1.1 200 OK\r\nServer : x\r\n\r\nhello"  # aiohttp refuses it, and only the close ends it
REFUSED_FORM = b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 11\r\n\r\nhello"  # a blank before the colon
LAB = Pace(1e6, 1e6, open_sockets=64)


@pytest.fixture
async def attempts() -> list[Attempt]:
    return []


@pytest.fixture
async def net(attempts: list[Attempt]) -> AsyncIterator[Net]:
    async with Net(loopback_scope(), LAB, sink=attempts.append, clock=lambda: 1000.0) as made:
        yield made


def make_plain(**more: object) -> Net:
    return Net(loopback_scope(), LAB, sink=lambda _: None, plain_http=True)


async def test_it_is_a_link(net: Net) -> None:
    link: Link = net
    async with serve_answer(OK) as seen:
        exchange = await link.fetch(loopback_target(), seen.port, HttpRequest("/"))
    assert (exchange.outcome, exchange.received, exchange.at) == (Outcome.ANSWERED, OK, 1000.0)


async def test_nothing_but_a_target_of_the_scope_is_contacted(net: Net) -> None:
    async with serve_answer(OK) as seen:
        with pytest.raises(TypeError, match="only a scope admits"):
            await net.fetch(cast(Target, "127.0.0.1"), seen.port, HttpRequest("/"))
        foreign = make_scope(["127.0.1.0/24"]).admit("127.0.1.1")
        assert foreign is not None
        for contact in (
            lambda: net.fetch(foreign, seen.port, HttpRequest("/")),
            lambda: net.converse(foreign, seen.port, (b"x",), complete=bool),
            lambda: net.ask(foreign, seen.port, (b"x",), wait=0.0),
        ):
            with pytest.raises(ScopeError, match=r"127\.0\.1\.1 is outside"):
                await cast(Callable[[], Awaitable[object]], contact)()
        assert seen.connections == 0


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest("/", method="PUT"),
        HttpRequest("/", method="DELETE"),
        HttpRequest("/", headers=(("Authorization", "Basic eDp5"),)),
        HttpRequest("/?user=admin"),
    ],
)
async def test_what_must_never_be_sent_is_refused_before_a_connection(net: Net, request_: HttpRequest) -> None:
    async with serve_answer(OK) as seen:
        with pytest.raises(ValueError):
            await net.fetch(loopback_target(), seen.port, request_)
        assert seen.connections == 0


async def test_one_connection_a_host_at_a_time_over_all_ports(net: Net) -> None:
    async def think(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        open_now.append(first.open_now + second.open_now)
        await asyncio.sleep(0.01)
        writer.write(OK)

    open_now: list[int] = []
    async with serve(think) as first, serve(think) as second:
        await asyncio.gather(
            *(net.fetch(loopback_target(), seen.port, HttpRequest("/")) for seen in (first, second, first)),
            net.converse(loopback_target(), second.port, (b"x\r\n\r\n",), complete=lambda d: d.endswith(b"ok")),
        )
    assert open_now == [1, 1, 1, 1]


async def test_two_hosts_do_not_wait_for_each_other(net: Net) -> None:
    arrived = asyncio.Event()
    seen_hosts: set[str] = set()

    async def wait_for_both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        seen_hosts.add(str(writer.get_extra_info("sockname")[0]))
        if len(seen_hosts) == 2:
            arrived.set()
        await asyncio.wait_for(arrived.wait(), 2)
        writer.write(OK)
        writer.close()

    server = await asyncio.start_server(wait_for_both, "0.0.0.0", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        targets = [loopback_target("127.0.0.1"), loopback_target("127.0.0.2")]
        exchanges = await asyncio.gather(*(net.fetch(target, port, HttpRequest("/")) for target in targets))
    assert [item.outcome for item in exchanges] == [Outcome.ANSWERED, Outcome.ANSWERED]


async def test_the_ledger_is_what_the_host_saw(net: Net) -> None:
    async with serve_answer(OK) as seen:
        first = await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        await net.fetch(loopback_target(), seen.port, HttpRequest("/x"))
        ledger = net.ledger_of("127.0.0.1")
        assert ledger == Ledger(0, seen.connections, len(seen.requests), sum(map(len, seen.requests)), 2 * len(OK))
        assert first.requests == 1
    assert net.ledger_of("127.0.0.2") == Ledger()


async def test_a_plain_page_is_read_whole_whatever_its_form_and_asked_for_once(net: Net) -> None:
    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(UNREADABLE)
        await asyncio.sleep(0.02)
        writer.write(b" world")

    async with serve(answer_slowly) as seen:
        exchange = await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert (exchange.received, exchange.requests, exchange.connections) == (UNREADABLE + b" world", 1, 1)
        assert seen.connections == 1
    assert net._client is None  # aiohttp takes a fifth of a second to load: a run without TLS does not pay for it


async def test_an_answer_aiohttp_refuses_is_asked_for_once_more_and_then_never_again(net: Net, tmp_path: Path) -> None:
    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_head(reader))
        writer.write(REFUSED_FORM)
        await asyncio.sleep(0.02)
        writer.write(b" world")

    requests: list[bytes] = []
    async with serve(answer_slowly, context=make_server_context(tmp_path)) as seen:
        first = await net.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
        assert (first.received, first.requests, first.connections) == (REFUSED_FORM + b" world", 2, 2)
        second = await net.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
        assert (second.received, second.requests) == (REFUSED_FORM + b" world", 1)
        assert seen.connections == 3
    assert len(set(requests)) == 1
    assert net.ledger_of("127.0.0.1").requests == len(requests) == 3


async def test_a_last_request_is_not_asked_again(net: Net, tmp_path: Path) -> None:
    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(REFUSED_FORM)
        await asyncio.sleep(0.02)
        writer.write(b" world")

    async with serve(answer_slowly, context=make_server_context(tmp_path)) as seen:
        exchange = await net.fetch(loopback_target(), seen.port, HttpRequest("/", once=True), tls=True)
        assert (exchange.received, exchange.requests, exchange.truncated) == (REFUSED_FORM, 1, True)
        assert seen.connections == 1


async def test_plain_reading_gives_the_same_bytes() -> None:
    async with serve_answer(OK) as seen, make_plain() as plain:
        exchange = await plain.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert (exchange.received, seen.requests) == (OK, [exchange.sent])


async def test_a_page_over_tls_is_read_by_both_ways(net: Net, tmp_path: Path) -> None:
    async with serve_answer(OK, context=make_server_context(tmp_path)) as seen, make_plain() as plain:
        first = await net.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
        second = await plain.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
    assert first.received == second.received == OK
    assert first.certificates == second.certificates != ()
    assert first.tls == second.tls


async def test_the_handshake_for_a_page_is_told_once_and_has_cost_nothing_more(net: Net, tmp_path: Path) -> None:
    assert net.shown(loopback_target(), 443) is None
    async with serve_answer(OK, context=make_server_context(tmp_path)) as seen:
        page = await net.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
        shown = net.shown(loopback_target(), seen.port)
        assert shown is not None
        assert (shown.certificates, shown.tls, shown.at) == (page.certificates, page.tls, page.at)
        assert (shown.received, shown.sent, shown.connections, shown.requests) == (b"", b"", 0, 0)
        assert net.shown(loopback_target(), seen.port) is None
        assert net.shown(loopback_target(), seen.port + 1) is None


async def test_a_plain_page_has_shown_no_handshake(net: Net) -> None:
    async with serve_answer(OK) as seen:
        await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert net.shown(loopback_target(), seen.port) is None


async def test_a_host_that_says_locked_is_asked_no_more_and_the_reason_is_said(net: Net) -> None:
    async with serve_answer(b"HTTP/1.1 423 Locked\r\nContent-Length: 0\r\n\r\n") as seen:
        await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        page = await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        talks = await net.converse(loopback_target(), seen.port, (b"a", b"b"), complete=bool)
        assert await net.ask(loopback_target(), seen.port, (b"x",), wait=0.0) == []
        assert seen.connections == 1
    assert [item.outcome for item in (page, *talks)] == [Outcome.SKIPPED] * 3
    assert "locked" in page.detail
    assert net.stopped("127.0.0.1") == page.detail
    assert net.stopped("127.0.0.2") == ""


async def test_a_port_that_did_not_answer_one_page_is_asked_for_no_other(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.talk.READ_TIMEOUT", 0.01)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # to the end of the connection, and nothing is said

    async with serve(listen) as seen:
        first = await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        second = await net.fetch(loopback_target(), seen.port, HttpRequest("/icon"))
        await net.converse(loopback_target(), seen.port, (b"OPTIONS",), complete=bool, timeout=0.01)
        assert seen.connections == 2  # another protocol may be heard
    assert (first.outcome, first.detail) == (Outcome.SILENT, MUTE)
    assert (second.outcome, second.detail) == (Outcome.SKIPPED, MUTE_THERE)


async def test_a_host_that_refuses_often_is_slowed(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed: list[tuple[str, float]] = []
    monkeypatch.setattr(net.pacer, "slow", lambda host, factor: slowed.append((host, factor)))
    async with serve_answer(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") as seen:
        for _ in range(8):
            await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert seen.connections == 4
    assert slowed == [("127.0.0.1", 2.0)]


async def test_many_unreachable_hosts_at_once_are_our_trouble(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.EHOSTUNREACH, "No route to host")

    monkeypatch.setattr(plain_conversation, "begin_connecting", fail)
    outcomes = []
    for number in range(BURST_COUNT + 1):
        exchanges = await net.converse(loopback_target(f"127.0.0.{number + 1}"), 80, (), complete=bool)
        outcomes.append(exchanges[0].outcome)
    assert outcomes == [Outcome.SILENT] * (BURST_COUNT - 1) + [Outcome.BROKEN] * 2
    assert net.unreachable.count == BURST_COUNT + 1
    assert dict(net.troubles) == {subject.TABLE_FULL: 2}


async def test_running_out_of_file_handles_is_our_trouble(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(plain_conversation, "begin_connecting", fail)
    (exchange,) = await net.converse(loopback_target(), 80, (), complete=bool)
    assert exchange.outcome is Outcome.BROKEN
    assert "ulimit -n" in exchange.detail
    assert list(net.troubles) == [exchange.detail]


async def test_datagrams_are_counted_as_packets(net: Net) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        assert await net.ask(loopback_target(), device.getsockname()[1], (b"abc", b"de"), wait=0.0) == []
    assert net.ledger_of("127.0.0.1") == Ledger(packets=2, sent=5)


async def test_an_attempt_goes_to_the_sink_with_the_time(net: Net, attempts: list[Attempt]) -> None:
    net.note(Attempt("p", "127.0.0.1", 80, Outcome.ANSWERED))
    net.note(Attempt("p", "127.0.0.1", 80, Outcome.ANSWERED, at=5.0))
    assert [item.at for item in attempts] == [1000.0, 5.0]


async def test_the_pace_is_kept_between_connections() -> None:
    waits: list[float] = []
    now = [0.0]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    net = Net(loopback_scope(), Pace(1000, 40), sink=lambda _: None, monotonic=lambda: now[0], sleep=sleep)
    async with serve_answer(OK) as seen, net:
        for _ in range(3):
            await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
    assert 2 * 3 / 40 <= sum(waits) <= 2 * 9 / 40  # at least three packets a connection, at most nine


async def test_cancelling_closes_the_connection_and_frees_the_host(net: Net) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as mute, serve_answer(OK) as seen:
        for start in (
            lambda: net.fetch(loopback_target(), mute.port, HttpRequest("/")),
            lambda: net.converse(loopback_target(), mute.port, (b"x",), complete=bool),
        ):
            task = asyncio.ensure_future(cast(Callable[[], Awaitable[object]], start)())
            await until(lambda: mute.open_now == 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: mute.open_now == 0)
        assert (await net.fetch(loopback_target(), seen.port, HttpRequest("/"))).received == OK


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true")


def test_open_sockets_are_bounded_by_the_file_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 1024))
    assert subject._limit_sockets(4096) == 192
    assert subject._limit_sockets(32) == 32
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, 0))
    assert subject._limit_sockets(4096) == 4096


async def test_a_host_that_an_earlier_run_left_alone_is_left_alone() -> None:
    tempers = {"127.0.0.1": HostTemper(stopped="not asked further: it reset 3 connections")}
    async with Net(loopback_scope(), LAB, sink=lambda _: None, tempers=tempers) as net, serve_answer(OK) as seen:
        exchange = await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert (exchange.outcome, exchange.detail) == (Outcome.SKIPPED, tempers["127.0.0.1"].stopped)
        assert seen.requests == []


async def test_a_host_that_an_earlier_run_slowed_is_asked_slowly() -> None:
    tempers = {"127.0.0.1": HostTemper(factor=4.0)}
    async with (
        Net(loopback_scope(), Pace(1e6, 80), sink=lambda _: None, tempers=tempers) as net,
        serve_answer(OK) as seen,
    ):
        await net.fetch(loopback_target(), seen.port, HttpRequest("/"))
        assert net.pacer.host("127.0.0.1")._rate == pytest.approx(80 / 4)


@pytest.mark.parametrize("by_aiohttp", [True, False], ids=["fetch", "converse"])
@pytest.mark.parametrize(
    "answer", [b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 400, b"no TLS at all"], ids=["hello", "noise"]
)
async def test_a_failed_handshake_is_over_before_the_next_connection(
    net: Net, answer: bytes, by_aiohttp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host must not see a second connection beside it."""
    monkeypatch.setattr(tls_wire, "TLS_TIMEOUT", 0.2)
    still_open: list[int] = []

    async def garble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await reader.read()

    async with serve(garble) as seen:
        for _ in range(3):
            if by_aiohttp:
                await net.fetch(loopback_target(), seen.port, HttpRequest("/"), tls=True)
            else:
                await net.converse(loopback_target(), seen.port, (), complete=bool, tls=True)
            still_open.append(_own_ends(seen.port))
    assert still_open == [0, 0, 0]


def _own_ends(port: int) -> int:
    """Sockets of this process that are connected to a port of ours, as the kernel lists them."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for row in rows if row[2].endswith(f":{port:04X}") and row[3] in ("01", "02"))
