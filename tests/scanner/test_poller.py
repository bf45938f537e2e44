"""Whoever waits is told once it is time, and nobody else; one that fails costs the others nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.poller import AT_ONCE, ENDED, ONCE, READABLE, WRITABLE, Deadline, Poller
from tests.loopback import make_poller

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_descriptor_is_told_what_was_asked_for_until_it_is_forgotten(pair: Pair) -> None:
    ours, theirs = pair
    poller, told = make_poller(), []
    poller.watch(ours.fileno(), READABLE, told.append)
    await turns()
    assert told == []
    theirs.send(b"x")
    await turns()
    assert told
    assert all(events & READABLE and not events & WRITABLE for events in told)
    poller.forget(ours.fileno())
    told.clear()
    await turns()
    assert told == []
    poller.forget(ours.fileno())


async def test_asking_anew_takes_the_place_of_what_was_asked_before(pair: Pair) -> None:
    ours, theirs = pair
    poller = make_poller()
    first: list[int] = []
    second: list[int] = []
    poller.watch(ours.fileno(), READABLE, first.append)
    poller.watch(ours.fileno(), WRITABLE | ONCE, second.append)
    theirs.send(b"x")
    await turns()
    assert first == []
    assert second == [WRITABLE]


async def test_the_end_of_the_peer_is_told_with_his_last_words(pair: Pair) -> None:
    ours, theirs = pair
    poller, told = make_poller(), []
    poller.watch(ours.fileno(), READABLE | ONCE, told.append)
    theirs.send(b"bye")
    theirs.shutdown(socket.SHUT_WR)
    await turns()
    assert len(told) == 1
    assert told[0] & ENDED


async def test_whom_another_ended_in_the_same_turn_is_told_nothing(pair: Pair) -> None:
    poller, told = make_poller(), []

    def end_both(events: int) -> None:
        told.append(events)
        for one in pair:
            poller.forget(one.fileno())

    for one in pair:
        poller.watch(one.fileno(), WRITABLE, end_both)
    await turns()
    assert len(told) == 1


async def test_one_that_fails_costs_the_others_nothing(pair: Pair) -> None:
    poller, told = make_poller(), []
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))

    def fail(_: int) -> None:
        raise ValueError("a fault")

    poller.watch(pair[0].fileno(), WRITABLE | ONCE, fail)
    poller.watch(pair[1].fileno(), WRITABLE | ONCE, told.append)
    await turns()
    assert told == [WRITABLE]
    assert [str(one["exception"]) for one in said] == ["a fault"]


async def until(poller: Poller, seconds: float) -> None:
    done = asyncio.get_running_loop().create_future()
    poller.after(seconds, lambda: done.set_result(None))
    await done


async def test_deadlines_come_in_their_order_and_not_before_their_time() -> None:
    poller, called = make_poller(), []
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for name, seconds in (("late", 0.03), ("early", 0.01), ("late too", 0.03)):
        poller.after(seconds, lambda name=name: called.append((name, loop.time() - begun)))  # type: ignore[misc]
    await until(poller, 0.05)
    assert [name for name, _ in called] == ["early", "late", "late too"]
    assert [at >= seconds for (_, at), seconds in zip(called, (0.01, 0.03, 0.03), strict=True)] == [True] * 3


async def test_a_cancelled_deadline_calls_nobody_and_holds_up_no_other() -> None:
    poller, called = make_poller(), []
    first = poller.after(0.01, lambda: called.append("first"))
    await until(poller, 0.005)
    poller.after(0.01, lambda: called.append("second"))
    first.cancel()
    await until(poller, 0.03)
    assert called == ["second"]


async def test_nothing_is_kept_of_deadlines_that_are_over() -> None:
    poller = make_poller()
    poller.after(0.001, lambda: None).cancel()
    await until(poller, 0.01)
    await asyncio.sleep(0)
    assert poller._queues == {}


async def test_those_made_in_time_are_not_kept_until_they_would_be_over() -> None:
    poller = make_poller()
    for _ in range(3):
        poller.after(60, lambda: None).cancel()
    last = poller.after(60, lambda: None)
    assert list(poller._queues[60]) == [last]


async def test_whoever_waits_is_told_what_there_is_or_that_the_time_is_over(pair: Pair) -> None:
    ours, theirs = pair
    poller = make_poller()
    assert await poller.wait(ours.fileno(), WRITABLE, 60) == WRITABLE
    assert await poller.wait(ours.fileno(), READABLE, 0.01) == 0
    theirs.send(b"x")
    assert await poller.wait(ours.fileno(), READABLE, 60) & READABLE
    assert all(deadline.call is None for queue in poller._queues.values() for deadline in queue)


async def test_a_closed_poller_tells_nobody_anything(pair: Pair) -> None:
    poller, told = make_poller(), []
    poller.watch(pair[0].fileno(), WRITABLE, told.append)
    poller.after(0.001, lambda: told.append(0))
    poller.close()
    poller.close()
    poller.forget(pair[0].fileno())
    await asyncio.sleep(0.005)
    assert told == []


def test_a_deadline_forgets_whom_it_was_to_call() -> None:
    deadline = Deadline(1.0, print)
    deadline.cancel()
    assert deadline.call is None


async def test_many_at_once_are_told_in_short_turns_and_each_has_his(pair: Pair) -> None:
    poller, told = make_poller(), []
    pairs = [socket.socketpair() for _ in range(AT_ONCE + 1)]
    others: list[int] = []  # how many had been told when somebody else had a turn
    try:
        for ours, theirs in pairs:
            theirs.send(b"x")
            poller.watch(ours.fileno(), READABLE | ONCE, told.append)
        for _ in range(5):
            await asyncio.sleep(0)
            others.append(len(told))
    finally:
        for ours, theirs in pairs:
            poller.forget(ours.fileno())
            ours.close()
            theirs.close()
    assert AT_ONCE in others
    assert others[-1] == AT_ONCE + 1


async def test_nobody_is_told_of_a_descriptor_that_is_dropped_and_its_number_may_be_given_anew(pair: Pair) -> None:
    ours, theirs = pair
    poller, told = make_poller(), []
    number = ours.fileno()
    poller.watch(number, READABLE, told.append)
    theirs.send(b"x")
    poller.drop(number)
    ours.close()
    await turns()
    assert told == []
    again, other = socket.socketpair()
    with again, other:
        assert again.fileno() == number
        poller.watch(number, READABLE, told.append)
        other.send(b"y")
        await turns()
    assert told
    poller.drop(number)
    poller.drop(number)
