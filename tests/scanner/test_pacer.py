"""Each host has its own gate, and all share one."""

from __future__ import annotations

import asyncio

import pytest

from scanner.pace import Pace
from scanner.pacer import Pacer
from tests.scanner.clocks import Clock, Together


async def test_each_host_has_its_own_gate_and_all_share_one() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 5), clock=clock, sleep=clock.sleep)
    await pacer.acquire("127.0.0.1")
    await pacer.acquire("127.0.0.2")
    assert clock.now - 100.0 <= 0.01
    await pacer.acquire("127.0.0.1")
    assert clock.now - 100.0 == pytest.approx(1 / 5)


async def test_a_slowed_host_waits_longer_and_no_other_does() -> None:
    clock = Clock()
    pacer = Pacer(Pace(1000, 10), clock=clock, sleep=clock.sleep)
    pacer.slow("127.0.0.1", 4)
    await pacer.acquire("127.0.0.1")
    await pacer.acquire("127.0.0.1")
    assert clock.now - 100.0 == pytest.approx(0.4)
    before = clock.now
    await pacer.acquire("127.0.0.2")
    await pacer.acquire("127.0.0.2")
    assert clock.now - before == pytest.approx(0.1)


async def test_who_is_cancelled_while_he_waits_for_all_gives_the_host_its_place_back() -> None:
    clock = Together()
    pacer = Pacer(Pace(10, 5), clock=clock, sleep=clock.sleep)
    await pacer.acquire("10.0.0.1")
    waiting = asyncio.ensure_future(pacer.acquire("10.0.0.2", 5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert pacer.host("10.0.0.2").take(5) == 0.0


async def test_who_acquires_ahead_goes_not_before_its_time() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 20), clock=clock, sleep=clock.sleep)
    await pacer.acquire_ahead("segment eth0", earliest=clock.now + 0.02)
    assert clock.now == pytest.approx(100.02)
    clock.now += 1
    await pacer.acquire_ahead("segment eth0", earliest=clock.now - 1)
    assert clock.now == pytest.approx(101.02), "there is nothing to wait for"


async def test_who_acquires_ahead_passes_the_queue_and_keeps_to_the_pace_of_the_host() -> None:
    clock = Together()
    pacer = Pacer(Pace(100, 20), clock=clock, sleep=clock.sleep)
    times: list[float] = []

    async def shout() -> None:
        while True:
            await pacer.acquire_ahead("segment eth0")
            times.append(clock.now)

    async def ask(host: str) -> None:
        while True:
            await pacer.acquire(host, 4)

    tasks = [asyncio.ensure_future(ask(f"10.0.0.{number}")) for number in range(30)]
    tasks.append(asyncio.ensure_future(shout()))
    await clock.run(5.0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert 80 <= len(times) <= 101, "twenty a second for five seconds, whoever else is waiting"


async def test_who_asks_first_waits_for_no_host_but_the_others_of_it_wait_for_him() -> None:
    clock = Clock()
    pacer = Pacer(Pace(1000, 10), clock=clock, sleep=clock.sleep)
    await pacer.acquire_first("segment eth0", 5)
    assert clock.now == 100.0
    assert (pacer.host("segment eth0")._held, pacer.overall._sum) == (0, 5)
    await pacer.acquire_ahead("segment eth0")
    assert clock.now - 100.0 == pytest.approx(0.5, abs=0.11)


async def test_room_for_replies_is_kept_for_one_window() -> None:
    clock = Clock()
    pacer = Pacer(Pace(1000, 10), clock=clock, sleep=clock.sleep)
    pacer.make_room()
    pacer.overall.settle(0, 97)
    assert pacer.overall.take(begun=True) > 0
    clock.now += 0.2
    pacer.overall.settle(0, 97)
    assert pacer.overall.take(begun=True) == 0.0


async def test_what_goes_to_a_host_is_counted_once_there_and_once_for_all() -> None:
    clock = Clock()
    pacer = Pacer(Pace(1_000, 40), clock=clock, sleep=clock.sleep)
    await pacer.acquire("10.0.0.1", 3)
    assert [(gate._sum, gate._held) for gate in (pacer.host("10.0.0.1"), pacer.overall)] == [(3, 0), (3, 0)]


async def test_what_goes_to_nobody_in_particular_is_counted_for_all() -> None:
    clock = Clock()
    pacer = Pacer(Pace(1_000, 40), clock=clock, sleep=clock.sleep)
    await pacer.acquire_shared(3)
    assert pacer.overall._sum == 3


def test_a_host_gets_no_more_than_105_percent_of_its_pace_in_a_second() -> None:
    clock = Clock()
    host = Pacer(Pace(1_000, 40), clock=clock).host("10.0.0.1")
    assert host.take() == 0.0
    clock.now += 1 / 40
    assert host.take(41) == 0.0
    clock.now += 0.97
    assert host.take(begun=True) > 0, "all 42 have left within a second"


def test_the_window_of_a_host_has_room_for_a_whole_exchange_however_slow_the_pace() -> None:
    clock = Clock()
    host = Pacer(Pace(1, 1), clock=clock).host("10.0.0.1")
    assert [host.take(2), host.take(3, begun=True), host.take(begun=True) > 0] == [0.0, 0.0, True]


@pytest.mark.parametrize(("rate", "most", "room"), [(100, 10, 1), (300, 31, 3), (1_000, 105, 10), (5_000, 525, 10)])
def test_a_tenth_of_a_window_is_kept_for_replies_and_never_more_than_ten(rate: int, most: int, room: int) -> None:
    pacer = Pacer(Pace(rate, 40), clock=Clock())
    pacer.make_room()
    assert pacer.overall.take(most - room, begun=True) == 0.0
    assert pacer.overall.take(begun=True) > 0
