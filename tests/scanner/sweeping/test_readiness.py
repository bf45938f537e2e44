"""Whoever waits is told of his own socket, in time, and nothing is left behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.sweeping.readiness import READABLE, TICK, TOLD_AT_ONCE, WRITABLE, Readiness

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_a_socket_that_can_be_written_is_told_at_once(pair: Pair) -> None:
    assert await Readiness().wait(pair[0].fileno(), WRITABLE, 5)


async def test_one_that_says_something_is_told_and_can_be_waited_for_again(pair: Pair) -> None:
    readiness = Readiness()
    for _ in range(2):
        pair[1].send(b"x")
        assert await readiness.wait(pair[0].fileno(), READABLE, 5)
        assert pair[0].recv(9) == b"x"


async def test_the_end_of_the_other_side_is_something_to_read(pair: Pair) -> None:
    pair[1].close()
    assert await Readiness().wait(pair[0].fileno(), READABLE, 5)


async def test_silence_is_given_up_when_it_is_time_and_not_before(pair: Pair) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert not await Readiness().wait(pair[0].fileno(), READABLE, 3 * TICK)
    assert loop.time() - begun >= 3 * TICK


async def test_each_is_told_of_his_own(pair: Pair) -> None:
    readiness = Readiness()
    silent, other = socket.socketpair()
    with silent, other:
        waiting = asyncio.ensure_future(readiness.wait(silent.fileno(), READABLE, 60))
        pair[1].send(b"x")
        assert await readiness.wait(pair[0].fileno(), READABLE, 60)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_nothing_is_held_when_nobody_waits(pair: Pair) -> None:
    readiness, before = Readiness(), open_files()
    waiting = asyncio.ensure_future(readiness.wait(pair[0].fileno(), READABLE, 60))
    await asyncio.sleep(0)
    assert open_files() == before + 1
    waiting.cancel()
    await asyncio.wait([waiting])
    assert open_files() == before
    pair[1].send(b"x")
    assert await readiness.wait(pair[0].fileno(), READABLE, 60)
    assert open_files() == before


async def test_many_at_once_are_told_in_short_turns_and_each_has_his() -> None:
    readiness = Readiness()
    pairs = [socket.socketpair() for _ in range(TOLD_AT_ONCE + 1)]
    told: list[int] = []
    others: list[int] = []  # how many had been told when somebody else had a turn

    async def wait(ours: socket.socket) -> None:
        assert await readiness.wait(ours.fileno(), WRITABLE, 60)
        told.append(ours.fileno())

    try:
        waiting = [asyncio.ensure_future(wait(ours)) for ours, _ in pairs]
        while len(told) < len(pairs):
            await asyncio.sleep(0)
            others.append(len(told))
        await asyncio.gather(*waiting)
    finally:
        for ours, theirs in pairs:
            ours.close()
            theirs.close()
    assert TOLD_AT_ONCE in others
