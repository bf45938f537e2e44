"""Knocks: open, refused, silent and our own trouble are four answers, and every connection ends cleanly."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Interface

import pytest

from scanner.gate import Gate
from scanner.ledger import Books
from scanner.model import Attempt, Outcome
from scanner.neighbours import TableRoom
from scanner.pace import Pace
from scanner.pacer import Pacer
from scanner.scope import Interface, Scope, ScopeError, Target, make_scope
from scanner.sweeping import knocking
from scanner.sweeping.knocking import FIRST_TIMEOUT, LEAST_TIMEOUT, Knocker

ON_LINK = Interface("lo", 1, "02:00:00:00:00:01", (IPv4Interface("127.0.0.1/24"),))


class Kit:
    """A knocker on loopback and everything it tells."""

    def __init__(self, *interfaces: Interface, pace: Pace | None = None, learns: bool = False) -> None:
        self.scope = make_scope(["127.0.0.0/24"], interfaces)
        self.attempts: list[Attempt] = []
        self.books = Books()
        self.learned: list[tuple[str, bool]] = []
        self.learn_says = [0 if learns else errno.EADDRNOTAVAIL]
        self.slept: list[float] = []
        self.room = TableRoom(100)
        self.knocker = Knocker(
            self.scope,
            Pacer(pace or Pace(10_000, 10_000)),
            self.room,
            attempted=self.attempts.append,
            books=self.books,
            learn=self.learn,
            sleep=self.sleep,
        )

    async def learn(self, interface: Interface, address: str, *, forget: bool) -> int:
        self.learned.append((address, forget))
        return self.learn_says.pop(0) if len(self.learn_says) > 1 else self.learn_says[0]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def target(self, address: str = "127.0.0.1") -> Target:
        admitted = self.scope.admit(address)
        assert admitted is not None
        return admitted


class Server:
    """Accepts, may greet, and notes how each connection ended."""

    def __init__(self, greeting: bytes = b"") -> None:
        self.greeting = greeting
        self.ends: list[str] = []
        self.received = b""
        self.open_now = self.most_open = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            if self.greeting:
                writer.write(self.greeting)
                await writer.drain()
            self.received += await reader.read()
            self.ends.append("fin")
        except ConnectionResetError:
            self.ends.append("reset")
        finally:
            self.open_now -= 1
            writer.close()


@asynccontextmanager
async def serve(greeting: bytes = b"") -> AsyncIterator[tuple[Server, int]]:
    server = Server(greeting)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    async with listener:
        yield server, listener.sockets[0].getsockname()[1]
        await asyncio.sleep(0.01)


async def test_an_open_port_is_left_with_a_fin_and_nothing_was_said() -> None:
    kit = Kit()
    async with serve() as (server, port):
        assert await kit.knocker.knock(kit.target(), port) is Outcome.ANSWERED
    assert (server.ends, server.received) == (["fin"], b"")
    (attempt,) = kit.attempts
    assert (attempt.by, attempt.address, attempt.port, attempt.detail, attempt.connections) == (
        "port-sweep",
        "127.0.0.1",
        port,
        "open",
        1,
    )
    assert kit.books.ledger_of("127.0.0.1").connections == 1


async def test_a_greeting_is_read_away_so_that_the_end_is_clean() -> None:
    kit = Kit()
    async with serve(b"220 ready\r\n" * 300) as (server, port):
        assert await kit.knocker.knock(kit.target(), port) is Outcome.ANSWERED
    assert server.ends == ["fin"]


async def test_a_greeting_without_end_is_not_read_for_as_long_as_it_lasts() -> None:
    """Each packet of it would be acknowledged by our kernel."""
    kit = Kit()
    async with serve(b"x" * 10_000_000) as (server, port):
        begun = asyncio.get_running_loop().time()
        assert await kit.knocker.knock(kit.target(), port) is Outcome.ANSWERED
        assert asyncio.get_running_loop().time() - begun < knocking.FAREWELL
        for _ in range(200):
            if server.ends or not server.open_now:
                break
            await asyncio.sleep(0.005)
    assert server.open_now == 0


async def test_one_connection_to_a_host_at_a_time() -> None:
    kit = Kit()
    async with serve() as (server, port):
        async with asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(kit.knocker.knock(kit.target(), port))
    assert server.most_open == 1
    assert server.ends == ["fin"] * 8


async def test_no_descriptor_is_held_once_it_is_closed() -> None:
    kit = Kit()
    async with serve() as (_, port):
        assert await kit.knocker.knock(kit.target(), port) is Outcome.ANSWERED
    poller = kit.knocker._poller
    assert poller is not None
    assert poller._handlers == {}
    kit.knocker.close()
    kit.knocker.close()
    assert poller._epoll.closed


async def test_a_refused_port_is_no_connection() -> None:
    kit = Kit()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert await kit.knocker.knock(kit.target(), closed.getsockname()[1]) is Outcome.REFUSED
    assert kit.attempts[0].connections == 0
    assert kit.books.ledger_of("127.0.0.1").connections == 0


async def test_an_address_outside_the_scope_is_never_knocked_at() -> None:
    kit = Kit()
    stranger = make_scope(["127.9.0.0/24"]).admit("127.9.0.1")
    assert stranger is not None
    with pytest.raises(ScopeError, match="outside the scope"):
        await kit.knocker.knock(stranger, 80)


class Wire:
    """Stands for the connect: each call gives the next of some errors, after so many seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kit: Kit, *errors: int, takes: float = 0.0) -> None:
        self.errors = list(errors)
        self.takes = takes
        self.timeouts: list[float] = []
        self.now = 0.0
        kit.knocker._monotonic = lambda: self.now
        monkeypatch.setattr(kit.knocker, "_connect", self.connect)

    async def connect(self, sock: socket.socket, address: object, timeout: float) -> int:
        self.timeouts.append(timeout)
        self.now += self.takes
        return self.errors.pop(0) if len(self.errors) > 1 else self.errors[0]


async def test_a_full_neighbour_table_is_our_trouble_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit(ON_LINK)
    Wire(monkeypatch, kit, errno.EHOSTUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED)
    assert await kit.knocker.knock(kit.target("127.0.0.9"), 80) is Outcome.REFUSED
    assert kit.slept == [knocking.TABLE_PAUSE] * 2
    assert kit.room.room == 25


async def test_a_table_that_stays_full_is_broken_and_never_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit(ON_LINK)
    Wire(monkeypatch, kit, errno.EHOSTUNREACH)
    assert await kit.knocker.knock(kit.target("127.0.0.9"), 80) is Outcome.BROKEN
    assert kit.attempts[0].detail == knocking.TABLE_FULL
    assert len(kit.slept) == knocking.TABLE_TRIES


@pytest.mark.parametrize(
    ("number", "takes", "outcome"),
    [
        (errno.EHOSTUNREACH, 0.9, Outcome.SILENT),
        (errno.ETIMEDOUT, 0.9, Outcome.SILENT),
        (errno.ENETUNREACH, 0.0, Outcome.BROKEN),
        (errno.EMFILE, 0.0, Outcome.BROKEN),
        (errno.EPERM, 0.0, Outcome.BROKEN),
    ],
)
async def test_each_error_is_whose_it_is(
    monkeypatch: pytest.MonkeyPatch, number: int, takes: float, outcome: Outcome
) -> None:
    kit = Kit(ON_LINK)
    Wire(monkeypatch, kit, number, takes=takes)
    assert await kit.knocker.knock(kit.target("127.0.0.9"), 80) is outcome
    assert kit.slept == []


async def test_behind_a_router_unreachable_is_the_routers_word(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit()
    Wire(monkeypatch, kit, errno.EHOSTUNREACH)
    assert await kit.knocker.knock(kit.target("127.0.0.9"), 80) is Outcome.SILENT
    assert kit.slept == []


async def test_timeouts_are_learnt_from_round_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit()
    wire = Wire(monkeypatch, kit, errno.ETIMEDOUT, errno.ECONNREFUSED, errno.ETIMEDOUT, takes=0.002)
    await kit.knocker.knock(kit.target("127.0.0.9"), 80)
    await kit.knocker.knock(kit.target("127.0.0.9"), 81)
    await kit.knocker.knock(kit.target("127.0.0.9"), 82)
    await kit.knocker.knock(kit.target("127.0.0.10"), 80)
    await kit.knocker.knock(kit.target("127.0.0.10"), 81)
    assert wire.timeouts == [FIRST_TIMEOUT, FIRST_TIMEOUT, LEAST_TIMEOUT, FIRST_TIMEOUT, LEAST_TIMEOUT]


async def test_a_learned_host_needs_no_room_and_is_entered_once() -> None:
    kit = Kit(ON_LINK, learns=True)
    kit.room.hold = None  # type: ignore[assignment,method-assign]  whoever asked for room would fail
    async with serve() as (_, port):
        for _ in range(3):
            await kit.knocker.knock(kit.target(), port)
    assert kit.learned == [("127.0.0.1", False)]


@pytest.mark.parametrize("learns", [errno.EEXIST, errno.EPERM])
async def test_a_line_of_the_kernels_own_is_as_good_as_one_of_ours(learns: int) -> None:
    """Devices that asked for our address have one: where they are many there would be no room left to wait for."""
    kit = Kit(ON_LINK)
    kit.learn_says = [learns]
    held: list[str] = []
    hold = kit.room.hold
    kit.room.hold = lambda host: (held.append(host), hold(host))[1]  # type: ignore[method-assign]
    async with serve() as (_, port):
        await kit.knocker.knock(kit.target(), port)
    assert held == ([] if learns == errno.EEXIST else ["127.0.0.1"])


@pytest.mark.parametrize(("learns", "known"), [(0, True), (errno.EEXIST, True), (errno.EPERM, False)])
async def test_who_has_a_line_may_be_left_and_come_back_to(
    learns: int, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = Kit(ON_LINK)
    kit.learn_says = [learns]
    Wire(monkeypatch, kit, errno.ECONNREFUSED)
    assert not kit.knocker.stays_known(kit.target())
    await kit.knocker.knock(kit.target(), 80)
    assert kit.knocker.stays_known(kit.target()) is known


async def test_behind_a_router_nobody_needs_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit()
    Wire(monkeypatch, kit, errno.ECONNREFUSED)
    await kit.knocker.knock(kit.target(), 80)
    assert kit.knocker.stays_known(kit.target())


async def test_a_line_of_the_kernels_own_that_is_gone_is_entered_anew_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kit = Kit(ON_LINK)
    kit.learn_says = [errno.EEXIST, 0]
    Wire(monkeypatch, kit, errno.EHOSTUNREACH, errno.ECONNREFUSED)
    assert await kit.knocker.knock(kit.target("127.0.0.9"), 80) is Outcome.REFUSED
    assert kit.learned == [("127.0.0.9", False)] * 2
    assert kit.slept == []


async def test_the_oldest_learned_host_makes_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "LEARNED_MOST", 2)
    kit = Kit(ON_LINK, learns=True)
    Wire(monkeypatch, kit, errno.ECONNREFUSED)
    for host in (5, 6, 7):
        await kit.knocker.knock(kit.target(f"127.0.0.{host}"), 80)
    assert kit.learned[-1] == ("127.0.0.5", True)


async def test_refused_knocks_cost_the_pace_one_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 40 packets a second 20 refusals take half a second, not two."""
    kit = Kit(pace=Pace(10_000, 40))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        begun = asyncio.get_running_loop().time()
        for _ in range(20):
            await kit.knocker.knock(kit.target(), closed.getsockname()[1])
        assert 0.4 < asyncio.get_running_loop().time() - begun < 1.2


async def test_what_the_kernel_asks_before_the_first_segment_is_paid_once() -> None:
    kit = Kit(ON_LINK)
    paid: list[float] = []

    class Counted(Gate):
        def take(self, cost: float = 1, *, begun: bool = False, answered: bool = False, hold: bool = False) -> float:
            delay = super().take(cost, begun=begun, answered=answered, hold=hold)
            if delay <= 0 and not begun:
                paid.append(cost)
            return delay

    kit.knocker._pacer.overall = Counted(50_000)
    async with serve() as (_, port):
        for _ in range(2):
            await kit.knocker.knock(kit.target(), port)
    assert paid == [knocking.OPENING_PACKETS + knocking.RESOLVING_PACKETS, knocking.OPENING_PACKETS]


def test_an_address_is_complete_so_that_nothing_is_resolved() -> None:
    scope = Scope((*make_scope(["fe80::/64", "10.0.0.0/24"]).networks,))
    local, plain = scope.admit("fe80::9%lo"), scope.admit("10.0.0.9")
    assert local is not None
    assert plain is not None
    assert knocking._address(local, 80) == ("fe80::9", 80, 0, 1)
    assert knocking._address(plain, 80) == ("10.0.0.9", 80)
