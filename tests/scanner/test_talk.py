"""One connection's talk: its gate, its outcomes, and the packets it settles with the pace."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from scanner import acknowledgements, talk, tls_wire
from scanner.codec import http1
from scanner.conversation import Ending
from scanner.gate import Gate
from scanner.link import Exchange, HttpRequest
from scanner.model import Outcome
from scanner.pace import CONNECTION_PACKETS, HELLO_PACKETS, MESSAGE_PACKETS, OPENING_PACKETS, Pace
from scanner.pacer import Pacer
from scanner.scope import Target, make_scope
from scanner.talk import Talk, read_ending
from scanner.tls_client import make_lax_context
from tests.certificates import make_server_context
from tests.loopback import Seen, free_port, loopback_target, make_poller, read_head, serve, serve_answer


class Counted(Gate):
    """A gate that lets everything pass and remembers what for."""

    def __init__(self) -> None:
        super().__init__(1e6)
        self.acquired: list[float] = []
        self.went_on: list[float] = []

    def take(self, cost: float = 1, *, begun: bool = False, answered: bool = False, hold: bool = False) -> float:
        delay = super().take(cost, begun=begun, answered=answered, hold=hold)
        if delay <= 0 and not answered:
            (self.went_on if begun else self.acquired).append(cost)
        return delay


class Watched(Pacer):
    """A pacer that remembers what is held at the host, and what goes when."""

    def __init__(self) -> None:
        super().__init__(Pace(1e6, 1e6))
        self.overall = self.all = Counted()
        self.at_host = Counted()

    def host(self, host: str) -> Gate:
        assert host == "127.0.0.1"
        return self.at_host

    @property
    def left_over(self) -> float:
        """What is held or claimed although the connection is over: nothing."""
        return self.at_host._held + self.all._held + self.all._claimed + self.all._answers


def make_talk(port: int, *, tls: bool = False, gate: Watched | None = None) -> Talk:
    context = make_lax_context() if tls else None
    return Talk(gate or Watched(), time.time, loopback_target(), port, context, make_poller())


async def hold(seen: Seen, *messages: bytes, tls: bool = False, timeout: float = 1.0) -> list[Exchange]:
    return await make_talk(seen.port, tls=tls).hold(messages, lambda data: data.endswith(b"\n\n"), 1000, timeout)


async def test_a_gate_stands_before_the_connection_and_before_each_further_message() -> None:
    gate = Watched()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await read_head(reader)
            writer.write(b"yes\n\n")

    async with serve(answer) as seen:
        await make_talk(seen.port, gate=gate).hold((b"a\r\n\r\n", b"b\r\n\r\n"), lambda d: d == b"yes\n\n", 100, 1.0)
    assert gate.at_host.acquired == [CONNECTION_PACKETS + MESSAGE_PACKETS]
    assert gate.at_host.went_on == [1], "one of those that the first answer left over is used"
    assert gate.all.acquired == [OPENING_PACKETS]
    assert gate.all.went_on[:2] == [1, 1]
    assert len(gate.all.went_on) == 3
    assert gate.left_over == 0


async def test_a_refused_connection_gives_back_what_it_did_not_need() -> None:
    gate = Watched()
    exchanges = await make_talk(free_port(), gate=gate).hold((b"a", b"b"), bool, 100, 1.0)
    assert [item.outcome for item in exchanges] == [Outcome.REFUSED, Outcome.SKIPPED]
    assert (exchanges[0].connections, exchanges[0].requests, exchanges[0].sent) == (0, 0, b"")
    assert (gate.all.acquired, gate.all.went_on) == ([1], [])
    assert (gate.left_over, gate.at_host._sum) == (0, 1)


async def test_an_exchange_costs_four_segments_and_all_are_paid_before() -> None:
    """SYN, request, FIN and the acknowledgement of the peer's FIN; the kernel's other acknowledgements go with them."""
    gate = Watched()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"yes\n\n")
        await reader.read()

    async with serve(answer) as seen:
        await make_talk(seen.port, gate=gate).hold((b"a\r\n\r\n",), lambda d: d == b"yes\n\n", 100, 1.0)
    assert (gate.at_host.acquired, gate.all.acquired, gate.all.went_on) == ([5], [1], [1, 2])
    assert gate.at_host._sum == gate.all._sum == 4
    assert gate.left_over == 0


async def test_a_peer_that_has_ended_is_answered_with_one_segment() -> None:
    gate = Watched()
    async with serve_answer(b"yes\n\n") as seen:
        await make_talk(seen.port, gate=gate).hold((b"a\r\n\r\n",), lambda _: False, 100, 1.0)
    assert (gate.all.acquired, gate.all.went_on) == ([1], [1, 1])
    assert 3 <= gate.at_host._sum <= 4, "the kernel may have acknowledged before"
    assert gate.left_over == 0


async def test_the_first_exchange_bears_the_connection() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await read_head(reader)
            writer.write(b"yes\n\n")

    async with serve(answer) as seen:
        exchanges = await hold(seen, b"a\r\n\r\n", b"b\r\n\r\n")
    assert [(item.connections, item.requests, item.outcome) for item in exchanges] == [
        (1, 1, Outcome.ANSWERED),
        (0, 1, Outcome.ANSWERED),
    ]


async def test_a_peer_that_closes_between_is_not_asked_the_second() -> None:
    async with serve_answer(b"done") as seen:
        exchanges = await hold(seen, b"a\r\n\r\n", b"b\r\n\r\n", b"c\r\n\r\n")
        assert len(seen.requests) == 1
    assert [item.outcome for item in exchanges] == [Outcome.ANSWERED, Outcome.SKIPPED, Outcome.SKIPPED]


async def test_a_handshake_alone_is_an_answer(tmp_path: Path) -> None:
    async with serve_answer(b"", context=make_server_context(tmp_path)) as seen:
        talker = make_talk(seen.port, tls=True, gate=(gate := Watched()))
        (exchange,) = await talker.hold((b"",), lambda _: True, 100, 1.0)
    assert (exchange.outcome, exchange.requests, len(exchange.certificates)) == (Outcome.ANSWERED, 0, 1)
    assert gate.at_host.acquired == [HELLO_PACKETS]
    assert gate.left_over == 0


async def test_tls_that_stalls_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_wire, "TLS_TIMEOUT", 0.05)

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as seen:
        (exchange,) = await hold(seen, b"a", tls=True)
    assert (exchange.outcome, exchange.connections) == (Outcome.SILENT, 1)


@pytest.mark.parametrize(
    ("ending", "received", "shaken", "outcome"),
    [
        (Ending.COMPLETE, b"x", False, Outcome.ANSWERED),
        (Ending.CLOSED, b"x", False, Outcome.ANSWERED),
        (Ending.CLOSED, b"", False, Outcome.SILENT),
        (Ending.DEADLINE, b"", False, Outcome.SILENT),
        (Ending.DEADLINE, b"x", False, Outcome.ANSWERED),
        (Ending.DEADLINE, b"", True, Outcome.ANSWERED),
        (Ending.RESET, b"", False, Outcome.REFUSED),
        (Ending.RESET, b"", True, Outcome.ANSWERED),
        (Ending.RESET, b"x", True, Outcome.GARBLED),
        (Ending.CAP, b"x", False, Outcome.ANSWERED),
    ],
)
def test_every_ending_has_its_outcome(ending: Ending, received: bytes, shaken: bool, outcome: Outcome) -> None:
    assert read_ending(ending, received, shaken=shaken)[0] is outcome


@pytest.mark.parametrize(
    ("address", "port", "tls", "host"),
    [
        ("127.0.0.1", 80, False, b"Host: 127.0.0.1\r\n"),
        ("127.0.0.1", 80, True, b"Host: 127.0.0.1:80\r\n"),
        ("127.0.0.1", 443, True, b"Host: 127.0.0.1\r\n"),
        ("127.0.0.1", 88, False, b"Host: 127.0.0.1:88\r\n"),
        ("fe80::1%eth0", 80, False, b"Host: [fe80::1]\r\n"),
    ],
)
async def test_the_host_header_is_the_address_without_its_zone(address: str, port: int, tls: bool, host: bytes) -> None:
    target: Target | None = make_scope(["127.0.0.0/24", "fe80::/64"]).admit(address)
    assert target is not None
    talker = Talk(Watched(), time.time, target, port, make_lax_context() if tls else None, make_poller())
    message = talker.write_request(HttpRequest("/"))
    assert host in message
    assert b"eth0" not in message


@pytest.mark.parametrize(
    "request_",
    [HttpRequest("/"), HttpRequest("/onvif", "POST", b"<x/>", (("Content-Type", "text/xml"),))],
)
async def test_a_request_has_the_bytes_that_the_codec_builds_and_checks(request_: HttpRequest) -> None:
    built = http1.build_request(request_.method, request_.path, "127.0.0.1:8080", request_.headers, request_.body)
    assert make_talk(8080).write_request(request_) == built


async def test_the_plain_reader_reads_to_the_end_of_an_old_answer() -> None:
    async with serve_answer(b"<html>no head", b" at all</html>") as seen:
        talker = make_talk(seen.port)
        request = HttpRequest("/")
        exchange = await talker.read_plainly(request, talker.write_request(request))
    assert (exchange.outcome, exchange.received) == (Outcome.ANSWERED, b"<html>no head at all</html>")


async def test_the_plain_reader_calls_a_binary_frame_garbled_and_keeps_it() -> None:
    async with serve_answer(b"\x00\x00\x00\x10") as seen:
        talker = make_talk(seen.port)
        exchange = await talker.read_plainly(HttpRequest("/"), talker.write_request(HttpRequest("/")))
    assert (exchange.outcome, exchange.received) == (Outcome.GARBLED, b"\x00\x00\x00\x10")


async def test_time_over_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "READ_TIMEOUT", 0.05)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nx")
        await reader.read()

    async with serve(drip) as seen:
        talker = make_talk(seen.port)
        exchange = await talker.read_plainly(HttpRequest("/"), talker.write_request(HttpRequest("/")))
    assert (exchange.outcome, exchange.truncated) == (Outcome.ANSWERED, True)
    assert exchange.detail == "unfinished when the time was over"


@pytest.mark.parametrize(("ago", "slow"), [(3600.0, False), (0.0, True)])
async def test_that_we_were_busy_when_an_answer_came_is_no_slowness_of_the_host(
    ago: float, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that seems slow is slowed down and in the end left alone: it must not be for our own slowness."""
    monkeypatch.setattr(acknowledgements, "read_tcp_info", lambda _: (1, ago))
    async with serve_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok") as seen:
        talker = make_talk(seen.port)
        exchange = await talker.read_plainly(HttpRequest("/"), talker.write_request(HttpRequest("/")))
    assert exchange.outcome is Outcome.ANSWERED
    assert (exchange.elapsed > 0) is slow
