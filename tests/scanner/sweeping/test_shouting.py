"""Questions: sent often enough, at the pace, on their interface only; and every answer comes back."""

from __future__ import annotations

import asyncio
import errno
import random
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any

import pytest

from scanner.ledger import Books
from scanner.link import Datagram, Shout, Tally
from scanner.model import Outcome
from scanner.pace import Pace
from scanner.pacer import Pacer
from scanner.scope import Interface, ScopeError, make_scope
from scanner.sweeping import shouting
from scanner.sweeping.doors import Ports
from scanner.sweeping.shouting import Shouter
from simulator.namespaces import call_in
from tests.segment import Segment

LOOPBACK = Interface("lo", 1, None, (IPv4Interface("127.0.0.1/8"),))
SCOPE = make_scope(["127.0.0.0/24"], [LOOPBACK])
FAST = Pace(10_000, 10_000)


class Device(asyncio.DatagramProtocol):
    """Counts what it is sent and says what it is told to."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers
        self.heard: list[tuple[bytes, tuple[str, int]]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append((data, addr))
        for answer in self.answers:
            self.transport.sendto(answer, addr)


@asynccontextmanager
async def device_at(address: str, *answers: bytes) -> AsyncIterator[tuple[Device, int]]:
    loop = asyncio.get_running_loop()
    transport, device = await loop.create_datagram_endpoint(lambda: Device(*answers), local_addr=(address, 0))
    try:
        yield device, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


_MADE: list[Shouter] = []


@pytest.fixture(autouse=True)
def close_all() -> Iterator[None]:
    """The groups that a shouter joined are left at the end of each test."""
    yield
    while _MADE:
        _MADE.pop().close()


def make_shouter(pace: Pace = FAST, **change: object) -> Shouter:
    import time

    parts: dict[str, Any] = {
        "scope": SCOPE,
        "pacer": Pacer(pace),
        "books": Books(),
        "clock": time.time,
        "monotonic": time.monotonic,
        "sleep": asyncio.sleep,
        "rng": random.Random(1),
    }
    parts |= change
    shouter = Shouter(parts.pop("scope"), parts.pop("pacer"), **parts)
    _MADE.append(shouter)
    return shouter


async def ask(
    shouter: Shouter,
    *shouts: Shout,
    interface: Interface | None = None,
    wait: float = 0.1,
    repeats: int = 2,
    ports: Ports | None = None,
) -> tuple[list[Datagram], Tally]:
    tally = Tally()
    ports = ports or Ports()
    source = shouter.shout(interface, shouts, wait=wait, tally=tally, repeats=repeats, ports=ports)
    return [datagram async for datagram in source], tally


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shouting, "ROUND_PAUSE", (0.001, 0.002))
    monkeypatch.setattr(shouting, "JITTER", (0.0, 0.001))


async def test_single_hosts_of_the_scope_are_asked_and_answer() -> None:
    books = Books()
    async with device_at("127.0.0.9", b"one", b"two") as (device, port):
        got, tally = await ask(make_shouter(books=books), Shout("127.0.0.9", port, b"question"), repeats=3)
    assert [data for data, _ in device.heard] == [b"question"] * 3
    assert [(one.data, one.source) for one in got] == [(b"one", "127.0.0.9"), (b"two", "127.0.0.9")]
    assert (tally.asked, tally.answered, tally.packets, tally.outcome) == (1, 1, 3, None)
    ledger = books.ledger_of("127.0.0.9")
    assert (ledger.packets, ledger.sent) == (3, 24)


@pytest.mark.parametrize(
    ("group", "interface", "words"),
    [
        ("127.0.9.9", None, "outside the scope"),
        ("127.0.9.9", LOOPBACK, "outside the scope"),
        ("239.255.255.250", None, "needs an interface"),
        ("255.255.255.255", None, "outside the scope"),
        ("10.0.0.255", LOOPBACK, "outside the scope"),
        ("127.0.0.9", Interface("eth7", 7, None), "not an interface of the scope"),
    ],
)
async def test_nothing_is_sent_where_it_must_not_go(group: str, interface: Interface | None, words: str) -> None:
    with pytest.raises(ScopeError, match=words):
        await ask(make_shouter(), Shout(group, 37020, b"question"), interface=interface)


async def test_single_hosts_together_go_at_the_pace_of_one() -> None:
    """20 datagrams at 40 a second take half a second, whoever they go to."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    shouts = [Shout(f"127.0.0.{host}", 9, b"x") for host in range(1, 21)]
    await ask(make_shouter(Pace(10_000, 40)), *shouts, repeats=1, wait=0.0)
    assert 0.4 < loop.time() - begun < 1.5


async def test_waiting_begins_with_the_last_question() -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await ask(make_shouter(), Shout("127.0.0.9", 9, b"x"), wait=0.2, repeats=1)
    assert 0.2 <= loop.time() - begun < 1.0


async def test_a_late_answer_within_the_wait_is_heard() -> None:
    async with device_at("127.0.0.9") as (device, port):

        async def answer_late() -> None:
            while not device.heard:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.15)
            device.transport.sendto(b"late", device.heard[0][1])

        task = asyncio.ensure_future(answer_late())
        got, _ = await ask(make_shouter(), Shout("127.0.0.9", port, b"x"), wait=0.5, repeats=1)
        await task
    assert [one.data for one in got] == [b"late"]


async def test_leaving_early_stops_the_sender_and_closes_the_door() -> None:
    async with device_at("127.0.0.9", b"yes") as (device, port):
        source = make_shouter(Pace(10_000, 20)).shout(
            None, [Shout("127.0.0.9", port, b"x")] * 50, wait=1.0, tally=Tally(), repeats=2, ports=Ports()
        )
        await anext(source)
        await source.aclose()
        count = len(device.heard)
        await asyncio.sleep(0.2)
        assert len(device.heard) == count < 20


async def test_a_fault_of_this_machine_is_broken_with_words() -> None:
    """IPv6 on an interface that does not exist any more."""
    gone = Interface("gone0", 4711, None, (IPv4Interface("127.0.0.1/8"),))
    shouter = make_shouter(scope=make_scope(["127.0.0.0/24"], [gone]))
    got, tally = await ask(shouter, Shout("239.255.255.250", 37020, b"x"), interface=gone)
    assert got == []
    assert tally.outcome in (Outcome.SKIPPED, Outcome.BROKEN)
    assert "No such device" in " ".join(tally.notes)


def play(segment: Segment, group: str, port: int) -> socket.socket:
    """A device at the crowd's end of the wire that has joined a group."""
    return call_in(segment.crowd, lambda: _listen(group, port))


def _listen(group: str, port: int) -> socket.socket:
    from simulator.namespaces import run_ip

    run_ip(["addr replace 10.77.0.9/24 dev wire"])
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", port))
    sock.setsockopt(
        socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("10.77.0.9")
    )
    sock.settimeout(2)
    return sock


@pytest.mark.lab
async def test_a_group_hears_every_copy_from_both_ports_with_ttl_one(segment: Segment) -> None:
    device = play(segment, "239.255.255.250", 37020)
    device.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
    with segment.enter():
        (interface,) = segment.scope.interfaces
        shouter = make_shouter(scope=segment.scope)
        shout = Shout("239.255.255.250", 37020, b"question")
        ports = Ports(37020, sends=True, join=("239.255.255.250",))
        _, tally = await ask(shouter, shout, interface=interface, ports=ports)
    heard = [device.recvmsg(100, 64) for _ in range(4)]
    device.close()
    assert {data for data, _, _, _ in heard} == {b"question"}
    assert {int.from_bytes(ancillary[0][2][:4], "little") for _, ancillary, _, _ in heard} == {1}
    sources = [address for *_, address in heard]
    assert {address for address, _ in sources} == {segment.scanner}
    assert sum(port == 37020 for _, port in sources) == 2
    assert tally.packets == 4


@pytest.mark.lab
async def test_an_answer_to_the_group_and_one_to_the_asker_are_both_heard(segment: Segment) -> None:
    device = play(segment, "239.255.255.250", 37020)

    def answer() -> None:
        _, asker = device.recvfrom(100)
        device.sendto(b"to the asker", asker)
        device.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.77.0.9"))
        device.sendto(b"to the group", ("239.255.255.250", 37020))

    with segment.enter():
        (interface,) = segment.scope.interfaces
        shouter = make_shouter(scope=segment.scope)
        task = asyncio.ensure_future(asyncio.to_thread(answer))
        ports = Ports(37020, join=("239.255.255.250",))
        got, tally = await ask(
            shouter, Shout("239.255.255.250", 37020, b"question"), interface=interface, ports=ports, wait=0.5
        )
        await task
    device.close()
    assert {one.data for one in got} == {b"to the asker", b"to the group"}
    assert {(one.source, one.interface) for one in got} == {("10.77.0.9", "eth0")}
    assert tally.answered == 1


@pytest.mark.lab
async def test_a_segment_without_ipv6_is_asked_by_ipv4_and_it_is_said(segment: Segment) -> None:
    call_in(segment.scan, lambda: Path("/proc/sys/net/ipv6/conf/eth0/disable_ipv6").write_text("1"))
    device = play(segment, "239.255.255.250", 3702)
    with segment.enter():
        (interface,) = segment.scope.interfaces
        shouts = [Shout(group, 3702, b"question") for group in ("239.255.255.250", "ff02::c")]
        _, both = await ask(make_shouter(scope=segment.scope), *shouts, interface=interface)
        _, alone = await ask(make_shouter(scope=segment.scope), shouts[1], interface=interface)
    assert device.recv(100) == b"question"
    device.close()
    assert (both.outcome, both.packets) == (None, 2)
    assert "ff02::c:3702 could not be asked" in both.notes[0]
    assert alone.outcome is Outcome.BROKEN


class Table:
    """Stands for the kernel's neighbour table: the first datagrams find no place in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, full: int) -> None:
        self.full = full
        self.sent = 0
        self.slept: list[float] = []
        monkeypatch.setattr(shouting, "send_told", self.send)

    def send(self, *_: object) -> None:
        self.full -= 1
        if self.full >= 0:
            raise OSError(errno.ENOBUFS, "No buffer space available")
        self.sent += 1

    async def sleep(self, seconds: float) -> None:
        self.slept += [seconds] if seconds == shouting.FULL_PAUSE else []


async def test_a_full_neighbour_table_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(monkeypatch, full=2)
    pacer = Pacer(FAST)
    _, tally = await ask(make_shouter(sleep=table.sleep, pacer=pacer), Shout("127.0.0.9", 9, b"x"), wait=0.01)
    assert (tally.packets, table.sent, tally.outcome, len(table.slept)) == (2, 2, None, 2)


async def test_a_table_that_stays_full_is_told_and_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never left must not look like a question that nobody answered."""
    table = Table(monkeypatch, full=1_000)
    shouts = [Shout(f"127.0.0.{number}", 9, b"x") for number in range(1, 4)]
    books = Books()
    _, tally = await ask(make_shouter(sleep=table.sleep, books=books), *shouts, wait=0.01)
    assert len(table.slept) == shouting.FULL_TRIES - 1
    assert (tally.packets, tally.outcome, list(books.addresses())) == (0, Outcome.BROKEN, [])
    assert tally.notes[0] == (
        "127.0.0.1:9 could not be asked: the kernel is out of buffers, or its neighbour table is full"
    )


async def test_what_a_library_sends_goes_at_the_pace_of_a_segment() -> None:
    """Two datagrams cost a tenth of a second at twenty a second, and the next wait for it."""
    now, slept = 100.0, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(round(seconds, 6))
        now += seconds

    shouter = make_shouter(Pace(10_000, 40), monotonic=lambda: now, sleep=sleep)
    for _ in range(3):
        await shouter.pay(LOOPBACK, 2)
    now += 5
    await shouter.pay(LOOPBACK, 2)
    assert slept == [0.1, 0.1]


async def test_an_answer_whose_card_is_not_known_yet_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that sees frames may start after the first question: the device answers the second, too."""
    known: dict[str, str] = {}

    async def see(interface: Interface, address: str, ports: Sequence[int]) -> str | None:
        assert (interface, ports) == (LOOPBACK, [40_000])
        return known.get(address)

    async def answers() -> AsyncGenerator[Datagram, None]:
        yield Datagram(b"first", "fe80::9", 3702, "lo", 1.0)
        yield Datagram(b"other", "192.168.1.64", 3702, "lo", 1.0)
        known["fe80::9"] = "44:19:b6:00:00:09"
        yield Datagram(b"first", "fe80::9", 3702, "lo", 2.0)

    monkeypatch.setattr(shouting.Shouter, "_pay_reply", lambda *_: None)
    shouter = make_shouter(see=see)
    told = [one async for one in shouter._tell_owners(LOOPBACK, answers(), [40_000])]
    assert [(one.source, one.mac, one.at) for one in told] == [
        ("192.168.1.64", None, 1.0),
        ("fe80::9", "44:19:b6:00:00:09", 2.0),
        ("fe80::9", "44:19:b6:00:00:09", 1.0),
    ]
    plain = [one async for one in shouter._tell_owners(None, answers(), [])]
    assert [one.mac for one in plain] == [None] * 3
