"""The draining thread: a busy loop loses nothing, a flood is cut, and what was cut is counted."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from collections.abc import Iterator
from ipaddress import IPv4Interface
from typing import Any

import pytest

from scanner.link import Datagram
from scanner.scope import Interface
from scanner.sweeping import draining
from scanner.sweeping.doors import Door
from scanner.sweeping.draining import PER_SOURCE, Drain

ELSEWHERE = Interface("eth9", 999, None, (IPv4Interface("127.0.0.77/8"),))


class Watched(socket.socket):
    """Tells whether its reader has done with everything that came."""

    idle = True

    def recvmsg_into(self, *words: Any) -> Any:
        self.idle = False
        try:
            return super().recvmsg_into(*words)
        except BlockingIOError:
            self.idle = True  # and what was read before has been dealt with
            raise

    @property
    def is_done(self) -> bool:
        waiting, _, _ = select.select([self], [], [], 0)
        return not waiting and self.idle  # in this order: what nobody waits for any more may still be in hand


class Post:
    """A door on loopback and senders at addresses of their own."""

    def __init__(self) -> None:
        self.sock = Watched(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, 40, 1)  # SO_RXQ_OVFL
        self.sock.bind(("0.0.0.0", 0))
        self.senders: dict[str, socket.socket] = {}

    def drain(self, interface: Interface | None = None) -> Drain:
        door = Door(self.sock, socket.AF_INET, sends=True)
        return Drain(
            [door], interface=interface, inside=lambda address: address.startswith("127.0.0."), clock=lambda: 7.0
        )

    def send(self, data: bytes, source: str = "127.0.0.9") -> None:
        sock = self.senders.get(source)
        if sock is None:
            sock = self.senders[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((source, 0))
        sock.sendto(data, ("127.0.0.1", self.sock.getsockname()[1]))

    def close(self) -> None:
        for sock in (self.sock, *self.senders.values()):
            sock.close()


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.close()


async def collect(drain: Drain, count: int) -> list[Datagram]:
    got: list[Datagram] = []
    async with asyncio.timeout(5):
        while len(got) < count:
            got += await drain.take()
    return got


async def settle(post: Post, drain: Drain) -> list[Datagram]:
    """What there is once the thread has dealt with everything sent."""
    async with asyncio.timeout(5):
        while not post.sock.is_done:
            await asyncio.sleep(0.001)
    return drain.take_now()


async def test_an_answer_comes_with_where_from_and_when(post: Post) -> None:
    with post.drain() as drain:
        post.send(b"here")
        (got,) = await collect(drain, 1)
    assert (got.data, got.source, got.interface, got.at) == (b"here", "127.0.0.9", "", 7.0)
    assert got.port == post.senders["127.0.0.9"].getsockname()[1]


async def test_a_busy_loop_loses_nothing(post: Post) -> None:
    """2,000 answers while the loop is held up: far more than the socket's stock buffer holds."""
    with post.drain() as drain:
        for number in range(2_000):
            post.send(b"answer %d " % number + bytes(600), f"127.0.0.{number % 200 + 10}")
            while number % 50 == 0 and not post.sock.is_done:
                time.sleep(0.001)  # the loop is blocked, the thread is not
        got = await collect(drain, 2_000)
    assert len(got) == 2_000
    assert drain.losses.kernel == drain.losses.flooded == 0


async def test_the_same_bytes_of_one_source_count_once(post: Post) -> None:
    with post.drain() as drain:
        for source in ("127.0.0.9", "127.0.0.9", "127.0.0.10"):
            post.send(b"same", source)
        got = await settle(post, drain)
    assert [one.source for one in got] == ["127.0.0.9", "127.0.0.10"]


async def test_a_talkative_source_is_cut_and_named(post: Post) -> None:
    with post.drain() as drain:
        for number in range(PER_SOURCE + 25):
            post.send(b"%d" % number)
        post.send(b"honest", "127.0.0.10")
        got = await settle(post, drain)
    assert len(got) == PER_SOURCE + 1
    assert drain.losses.talkative == {"127.0.0.9": 25}
    assert drain.losses.flooded == 0


async def test_forged_strangers_cannot_crowd_out_members(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "STRANGERS", 10)
    with post.drain() as drain:
        for number in range(60):
            post.send(b"%d" % number, f"127.1.0.{number + 1}")
        post.send(b"honest")
        got = await settle(post, drain)
    assert sum(one.source.startswith("127.1.") for one in got) == 10
    assert got[-1].source == "127.0.0.9"
    assert drain.losses.flooded == 50


async def test_forged_members_are_cut_too(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "MEMBERS", 5)
    with post.drain() as drain:
        for number in range(9):
            post.send(b"%d" % number, f"127.0.0.{number + 1}")
        assert len(await settle(post, drain)) == 5
    assert drain.losses.flooded == 4


async def test_memory_has_a_bound(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "BYTES", 10_000)
    with post.drain() as drain:
        for number in range(20):
            post.send(b"%04d" % number + bytes(996))
        assert len(await settle(post, drain)) == 10
        post.send(b"after reading there is room again")
        assert len(await settle(post, drain)) == 1


async def test_what_the_kernel_dropped_is_counted(post: Post) -> None:
    post.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for number in range(200):
        post.send(b"%d" % number, f"127.0.0.{number % 100 + 1}")
    with post.drain() as drain:
        kept = len(await settle(post, drain))
        post.send(b"the counter comes with the next datagram")
        kept += len(await settle(post, drain))
    assert kept + drain.losses.kernel == 201
    assert drain.losses.kernel > 100


async def test_our_own_voice_is_not_an_answer(post: Post) -> None:
    own = Interface("lo", 1, None, (IPv4Interface("127.0.0.77/8"),))
    with post.drain(own) as drain:
        post.send(b"own", "127.0.0.77")
        post.send(b"other")
        got = await settle(post, drain)
    assert [(one.data, one.interface) for one in got] == [(b"other", "lo")]


async def test_another_interface_is_not_heard(post: Post) -> None:
    post.sock.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO
    with post.drain(ELSEWHERE) as drain:
        post.send(b"by the wrong door")
        assert await settle(post, drain) == []


async def test_a_large_datagram_comes_whole(post: Post) -> None:
    with post.drain() as drain:
        post.send(bytes(60_000))
        (got,) = await collect(drain, 1)
    assert len(got.data) == 60_000
