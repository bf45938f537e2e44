"""When the kernel acknowledges: asked of the kernel where it matters, and of a poller whose time is told otherwise."""

from __future__ import annotations

import array
import fcntl
import socket
import termios
from collections.abc import Callable
from typing import cast

import pytest

from scanner.acknowledgements import (
    ASK_AGAIN,
    OVERDUE,
    OWED,
    Acknowledger,
    hold_acknowledgements,
    join_acknowledgements,
    read_tcp_info,
)
from scanner.poller import Deadline, Poller

SEGMENT = 1000
TRIES = 5


class Loop:
    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now


class Calls:
    """A poller whose time passes when it is told."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.waiting: list[Deadline] = []

    def after(self, seconds: float, call: Callable[[], None]) -> Deadline:
        self.waiting.append(Deadline(self.loop.now + seconds, call))
        return self.waiting[-1]

    def run(self, seconds: float) -> None:
        until = self.loop.now + seconds
        while due := [one for one in self.waiting if one.at <= until and one.call is not None]:
            first = min(due, key=lambda one: one.at)
            self.waiting.remove(first)
            self.loop.now = first.at
            if first.call is not None:
                first.call()
        self.loop.now = until


class Places:
    """Somebody who is asked, and counts what is seen."""

    def __init__(self, *, free: bool = True) -> None:
        self.free = free
        self.asked = 0
        self.seen: list[int] = []
        self.ended: list[str] = []

    def begin_reading(self) -> bool:
        self.asked += 1
        return self.free

    def see(self, segments: int) -> None:
        self.seen.append(segments)

    def end_reading(self, *, owes: bool) -> None:
        self.ended.append("owes" if owes else "paid")


def connect(*, held: bool) -> tuple[socket.socket, socket.socket]:
    """A client that has asked and a server that has heard it, in segments as short as those of a network."""
    with socket.socket() as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.socket()
        join_acknowledgements(client)
        client.connect(listener.getsockname())
        if held:
            hold_acknowledgements(client)
        else:
            join_acknowledgements(client)
        client.sendall(b"question")  # the last acknowledgement of the handshake goes with it
        server = listener.accept()[0]
        server.recv(100)
        return client, server


def count_sent(*, held: bool) -> int:
    """Segments that the client has sent when ten of the server have come and nothing of them was read."""
    client, server = connect(held=held)
    with client, server:
        server.sendall(b"a" * 10 * SEGMENT)
        unread = array.array("i", [0])
        while unread[0] < 5 * SEGMENT:
            fcntl.ioctl(client, termios.FIONREAD, unread)  # a look with MSG_PEEK would have it acknowledged
        info = read_tcp_info(client)
        assert info is not None
        return info[0]


def test_nothing_is_acknowledged_the_moment_it_comes() -> None:
    """A machine that is busy for 40 ms meanwhile has the kernel do it by itself: so there are several tries."""
    assert min(count_sent(held=True) for _ in range(TRIES)) == 2, "SYN and the question"


def test_left_alone_the_kernel_acknowledges_at_once() -> None:
    assert min(count_sent(held=False) for _ in range(TRIES)) > 2


def owe(places: Places) -> tuple[Acknowledger, Calls, socket.socket, socket.socket]:
    client, server = connect(held=True)
    calls = Calls()
    return Acknowledger(cast(Poller, calls), client, places), calls, client, server


def test_what_was_read_is_acknowledged_when_nothing_was_said_meanwhile() -> None:
    for _ in range(TRIES):
        places = Places()
        debt, calls, client, server = owe(places)
        with client, server:
            server.sendall(b"half of it")
            assert debt.begin()
            client.recv(100)
            debt.end()
            calls.run(OWED - 0.001)
            assert places.seen == []
            calls.run(0.001)
        assert places.ended == ["owes", "paid"]
        if places.seen == [3]:
            return
    pytest.fail(f"SYN, question and acknowledgement: {places.seen}")


def _say_after(debt: Acknowledger) -> None:
    debt.begin()
    debt.end()
    debt.settle()


def _say_meanwhile(debt: Acknowledger) -> None:
    debt.begin()
    debt.settle()
    debt.end()


def _say_the_end_before(debt: Acknowledger) -> None:
    debt.settle(over=True)
    debt.begin()
    debt.end()


@pytest.mark.parametrize(
    ("say", "ended"), [(_say_after, "owes"), (_say_meanwhile, "paid"), (_say_the_end_before, "paid")]
)
def test_what_is_said_brings_it_along_and_after_the_end_nothing_is_owed(
    say: Callable[[Acknowledger], None], ended: str
) -> None:
    places = Places()
    debt, calls, client, server = owe(places)
    with client, server:
        say(debt)
        calls.run(1.0)
    assert places.seen == []
    assert places.ended == [ended]


def test_nothing_may_be_read_without_a_place() -> None:
    places = Places(free=False)
    debt, calls, client, server = owe(places)
    with client, server:
        assert not debt.begin()
        calls.run(1.0)
    assert places.asked == 1


def test_an_acknowledgement_waits_for_its_place() -> None:
    places = Places()
    debt, calls, client, server = owe(places)
    with client, server:
        debt.begin()
        debt.end()
        places.free = False
        calls.run(OWED + ASK_AGAIN)
        assert places.seen == []
        places.free = True
        calls.run(ASK_AGAIN)
        assert len(places.seen) == 1


def test_what_the_kernel_has_done_by_itself_is_seen() -> None:
    places = Places()
    debt, calls, client, server = owe(places)
    with client, server:
        debt.begin()
        debt.end()
        places.free = False
        calls.run(OWED + OVERDUE + 2 * ASK_AGAIN)
        assert len(places.seen) == 1
        asked = places.asked
        calls.run(1.0)
    assert places.asked == asked, "nobody asks any more"


def test_a_closed_socket_owes_nothing() -> None:
    places = Places()
    debt, calls, client, server = owe(places)
    with server:
        debt.begin()
        debt.end()
        client.close()
        calls.run(1.0)
    assert places.seen == []
