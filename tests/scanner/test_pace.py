"""The gates are held to what the safety contract promises: never above 1.05 of the rate in any 100 ms."""

from __future__ import annotations

import asyncio
import heapq

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.pace import (
    ANSWER_SECONDS,
    BEGUN_IN_WINDOW,
    EAGER,
    MOST_IN_WINDOW,
    PRESETS,
    REMEMBERED,
    USED,
    WINDOW,
    WINDOW_SLACK,
    Account,
    Gate,
    Pace,
    PaceError,
    Pacer,
    TokenBucket,
    parse_pace,
)


class Clock:
    """Time that passes only when somebody sleeps, and then by a little more than asked, as timers do."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 100.0
        self.late = late

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self.late
        await asyncio.sleep(0)


class Together:
    """Time for several sleepers at once: it jumps to the next wake-up when everybody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, turn))
        await turn

    async def run(self, until: float) -> None:
        while self.now < until:
            for _ in range(40):
                await asyncio.sleep(0)
            at, _, turn = heapq.heappop(self._sleepers)
            self.now = max(self.now, at)
            turn.set_result(None)


def busiest_window(times: list[float], costs: list[float], width: float) -> float:
    """The most that left in any half-open window of this width."""
    best, start, total = 0.0, 0, 0.0
    for end, at in enumerate(times):
        total += costs[end]
        while times[start] <= at - width + 1e-9:
            total -= costs[start]
            start += 1
        best = max(best, total)
    return best


def most(rate: float, width: float = 0.1) -> float:
    """What a window may hold: one packet at least."""
    return max(1.0, MOST_IN_WINDOW * rate * width)


async def fill(rate: float, seconds: float, late: float = 0.0) -> list[float]:
    """When packets leave by a gate that somebody always waits at."""
    clock = Clock(late)
    gate = Gate(rate, clock=clock, sleep=clock.sleep)
    times = []
    while clock.now < 100.0 + seconds:
        await gate.acquire()
        times.append(clock.now)
    return times


@pytest.mark.parametrize("rate", [5, 40, 100, 300, 1_000, 5_000])
@pytest.mark.parametrize("late", [0.0, 0.0011, 0.03])
async def test_no_window_of_100_ms_is_above_105_percent(rate: float, late: float) -> None:
    times = await fill(rate, max(1.0, 200 / rate), late)
    assert busiest_window(times, [1] * len(times), 0.1) <= most(rate)


@pytest.mark.parametrize("rate", [40, 100, 300, 1_000, 5_000])
@pytest.mark.parametrize("late", [0.0, 0.0005])
async def test_the_rate_over_the_run_is_within_5_percent(rate: float, late: float) -> None:
    times = await fill(rate, 10.0, late)
    assert 0.95 * rate <= (len(times) - 1) / (times[-1] - times[0]) <= 1.005 * rate


async def test_what_a_halt_of_the_loop_missed_is_made_good_but_not_in_one_burst() -> None:
    clock = Clock()
    gate = Gate(1_000, clock=clock, sleep=clock.sleep)
    times = []
    while clock.now < 102.0:
        await gate.acquire()
        times.append(clock.now)
        if len(times) == 500:
            clock.now += 0.05
    assert (len(times) - 1) / (times[-1] - times[0]) >= 980
    assert busiest_window(times, [1] * len(times), 0.1) <= 105
    after = [at for at in times if times[499] + 0.05 <= at < times[499] + 0.06]
    assert len(after) <= 10 * EAGER + 7


TICK = 1 / 64

step = st.tuples(
    st.sampled_from(["new", "begun", "held", "settled", "draw", "kernel"]), st.integers(1, 12), st.floats(0, 0.02)
)


@settings(deadline=None)  # a busy machine is no fault of the gate
@example(
    [*[("new", 1, TICK)] * 4, ("new", 2, TICK), *[("new", 1, TICK)] * 7, ("begun", 4, 0.0), ("kernel", 1, TICK)], 100.0
)  # what leaves before the foreseen time begins shares a window with what was foreseen
@given(st.lists(step, max_size=300), st.sampled_from([100.0, 300.0, 1000.0, 10_000.0]))
def test_no_mixture_of_senders_breaks_the_bound(steps: list[tuple[str, int, float]], rate: float) -> None:
    """New ones, begun ones, pieces that leave later than they were given out, and one that was foreseen."""
    clock = Clock()
    gate = Gate(rate, clock=clock, sleep=clock.sleep)
    limit = most(rate)
    sent: list[tuple[float, float]] = []
    held: list[int] = []
    gate.foresee(1, 0.2, 0.6)  # and it comes when the kernel likes
    foreseen = True
    for kind, cost, idle in steps:
        clock.now += idle
        cost = min(cost, int(limit) // 2)
        if kind == "kernel" and foreseen and 100.2 <= clock.now < 100.6:
            foreseen = False
            sent.append((clock.now, 1.0))
        elif (kind == "new" and gate.take(cost) == 0) or (kind == "begun" and gate.take(cost, begun=True) == 0):
            sent.append((clock.now, float(cost)))
        elif kind in ("held", "draw") and gate.take(cost, hold=True) == 0:
            held.append(cost)
        elif kind == "settled" and held:
            cost = held.pop(0)
            sent.append((clock.now, float(cost)))
            gate.settle(cost, cost)
    times, costs = [at for at, _ in sent], [cost for _, cost in sent]
    assert busiest_window(times, costs, 0.1) <= limit


async def test_a_steady_sender_takes_what_is_left_and_late_pieces_break_no_window() -> None:
    clock = Together()
    gate = Gate(1_000, clock=clock, sleep=clock.sleep)
    sent: list[tuple[float, float]] = []

    async def sweep() -> None:
        while True:
            piece = await gate.draw(10)
            await clock.sleep(0.002)  # as long as another process takes
            sent.append((clock.now, float(piece)))
            gate.settle(piece, piece)

    async def ask() -> None:
        while True:
            await gate.acquire()
            sent.append((clock.now, 1.0))
            await clock.sleep(0.005)

    tasks = [asyncio.ensure_future(work()) for work in (sweep, sweep, ask)]
    await clock.run(3.0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    times, costs = [at for at, _ in sent], [cost for _, cost in sent]
    assert busiest_window(times, costs, 0.1) <= 105
    assert 0.95 <= sum(costs) / 3_000 <= 1.0 + 0.05
    assert sum(cost == 1.0 for cost in costs) >= 200, "who asks now and then is not held up by who always does"


async def test_a_steady_sender_waits_for_one_other_not_for_all() -> None:
    clock = Together()
    gate = Gate(1_000, clock=clock, sleep=clock.sleep)
    swept = asked = 0

    async def sweep() -> None:
        nonlocal swept
        while True:
            piece = await gate.draw(5)
            gate.settle(piece, piece)
            swept += piece

    async def ask() -> None:
        nonlocal asked
        while True:
            await gate.acquire()
            asked += 1

    tasks = [asyncio.ensure_future(work()) for work in [sweep] + [ask] * 30]
    await clock.run(3.0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert 0.2 <= swept / (swept + asked) <= 0.8


def test_refused_places_are_not_taken() -> None:
    clock = Clock()
    gate = Gate(10, clock=clock)
    assert gate.take() == 0.0
    assert gate.take() == pytest.approx(0.1 + WINDOW_SLACK)
    assert gate.take() == pytest.approx(0.1 + WINDOW_SLACK)
    clock.now += 0.1 + WINDOW_SLACK
    assert gate.take() == 0.0


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    clock = Clock()
    gate = Gate(10, clock=clock)
    gate.take()
    clock.now -= 50
    assert gate.take() > 0


def test_what_the_kernel_sent_is_paid_by_those_who_come_after() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock)
    gate.settle(0, 10)
    assert gate.take() == pytest.approx(0.1 + WINDOW_SLACK)


def test_what_is_held_counts_until_it_has_left_and_then_from_that_moment() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    assert gate.take(10, hold=True) == 0.0
    clock.now += 1.0
    assert gate.take() > 0, "it may leave at any time"
    gate.settle(10, 4)
    clock.now += 0.01
    assert gate.take(6) == 0.0
    assert gate.take() == pytest.approx(0.09 + WINDOW_SLACK)


def test_what_has_left_long_ago_is_not_kept_however_much_room_there_is() -> None:
    clock = Clock()
    gate = Gate(1e6, clock=clock)
    for _ in range(3 * REMEMBERED):
        clock.now += 2 * WINDOW / REMEMBERED
        assert gate.take() == 0
    assert len(gate._recent) < 2 * REMEMBERED


def test_nothing_new_is_begun_beyond_its_share_of_a_window() -> None:
    """What was begun may still go on then."""
    clock = Clock()
    gate = Gate(1_000, clock=clock, eager=1e6)
    whole = int(100 * BEGUN_IN_WINDOW)
    assert [gate.take(), gate.take(whole - 1), gate.take() > 0, gate.take(begun=True)] == [0, 0, True, 0]


async def test_room_for_whoever_goes_on_is_not_taken_by_who_begins() -> None:
    clock = Clock()
    gate = Gate(1_000, clock=clock, sleep=lambda _: asyncio.Event().wait(), eager=1e6)
    assert gate.take(98) == 0
    waiting = asyncio.ensure_future(gate.go_on(10))
    await asyncio.sleep(0)
    assert gate.take(2) > 0
    waiting.cancel()
    await asyncio.wait([waiting])
    assert gate.take(2) == 0


def test_what_goes_on_may_use_what_new_ones_may_not() -> None:
    clock = Clock()
    gate = Gate(1_000, clock=clock)
    gate.settle(0, int(100 * BEGUN_IN_WINDOW))
    assert gate.take() > 0
    assert gate.take(105 - int(100 * BEGUN_IN_WINDOW), begun=True) == 0.0
    assert gate.take(1, begun=True) > 0


async def test_who_is_cancelled_when_he_has_been_let_go_holds_nothing() -> None:
    clock = Clock()
    never = asyncio.Event()

    async def sleep(_: float) -> None:
        await never.wait()

    gate = Gate(100, clock=clock, sleep=sleep, eager=1e6)
    gate.settle(0, 10)
    first, second = (asyncio.ensure_future(gate.acquire(hold=True)) for _ in range(2))
    await asyncio.sleep(0)
    clock.now += 1.0
    gate._queue._hand_on()
    assert gate._held == 1, "the second has been let go"
    second.cancel()
    first.cancel()
    await asyncio.wait([first, second])
    assert gate._held == 0


async def test_new_ones_leave_the_next_place_to_who_goes_on() -> None:
    clock = Together()
    gate = Gate(100, clock=clock, sleep=clock.sleep, eager=1e6)
    gate.settle(0, 10)
    done: list[str] = []

    async def begin() -> None:
        await gate.acquire()
        done.append("new")

    async def go_on() -> None:
        await gate.go_on(10)
        done.append("begun")

    tasks = [asyncio.ensure_future(begin()), asyncio.ensure_future(go_on())]
    watch = asyncio.ensure_future(clock.sleep(1.0))
    await clock.run(1.0)
    await asyncio.wait([*tasks, watch])
    assert done == ["begun", "new"]


def test_a_place_is_kept_free_while_an_answer_may_be_acknowledged() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.settle(0, 9)
    gate.expect()
    assert gate.take() > 0
    assert gate.take(1, begun=True) > 0
    assert gate.take(1, begun=True, answered=True) == 0.0, "the answer has come"


def test_no_place_is_kept_free_for_an_answer_that_does_not_come_soon() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.settle(0, 9)
    gate.expect()
    clock.now += ANSWER_SECONDS
    assert gate.take() == 0.0


def test_who_comes_again_soon_finds_a_place() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.settle(0, 9)
    gate.claim(1)
    assert gate.take() > 0
    gate.claim(-1)
    assert gate.take() == 0.0


def test_what_left_earlier_than_is_told_is_forgotten_earlier() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    assert gate.take(5, hold=True) == 0.0
    assert gate.take(5) == 0.0
    clock.now += 0.09
    gate.settle(5, 5, clock.now - 0.09)
    assert gate.take() > 0
    clock.now += 0.02
    assert gate.take(10) == 0.0, "all of them left a window ago"


def test_nothing_is_told_to_leave_later_than_now() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.settle(0, 10, clock.now + 5)
    clock.now += 0.2
    assert gate.take(10) == 0.0


def test_what_is_foreseen_takes_its_place_in_its_time_and_is_taken_for_sent_at_its_end() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.foresee(2, 1.0, 1.5)
    gate.foresee(1, 1.0, 1.4, of="again")
    gate.foresee(1, 1.0, 1.5, of="again")
    gate.settle(0, 9)
    assert gate.take() == 0.0
    clock.now += 1.2
    gate.settle(0, 7)
    assert gate.take() > 0
    clock.now += 0.31
    gate.settle(0, 7)
    assert gate.take() > 0, "they may have gone just now"
    clock.now += 0.11
    assert gate.take(1) == 0.0


def test_what_may_come_is_not_taken_for_sent() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.foresee(5, 0.0, 0.1, sure=False)
    gate.settle(0, 5)
    assert gate.take() > 0
    clock.now += 0.1
    assert gate.take() == 0.0


async def test_waiters_are_served_in_the_order_they_came() -> None:
    clock = Clock()
    gate = Gate(10, clock=clock, sleep=clock.sleep)
    served: list[int] = []

    async def wait(number: int) -> None:
        await gate.acquire()
        served.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(wait(number))
    assert served == [0, 1, 2, 3, 4]


async def test_who_comes_while_others_wait_stands_behind_them() -> None:
    """Even where there is a place by then: who waits longest goes first."""
    clock = Clock()
    gate = Gate(10, clock=clock, sleep=clock.sleep)
    gate.settle(0, 1)
    served: list[str] = []

    async def wait(name: str) -> None:
        await gate.acquire()
        served.append(name)

    waiting = asyncio.ensure_future(wait("first"))
    for _ in range(2):
        await asyncio.sleep(0)
    clock.now += 1.0
    await wait("second")
    await waiting
    assert served == ["first", "second"]


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


async def test_a_connection_holds_its_room_at_the_host_and_each_segment_waits_for_all() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 5), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    assert pacer.host("10.0.0.1").take() > 0, "the whole connection was promised"
    assert pacer.overall.take(9) > 0
    await account.say()
    await account.end(2)
    assert account.sent == 3, "the last waits for the end of the peer"
    account.see(4)
    account.close(None)
    assert account.sent == 4
    clock.now += 0.85
    assert pacer.host("10.0.0.1").take() == 0.0, "one of five was not needed"
    assert pacer.host("10.0.0.1").take() > 0


async def test_the_end_of_a_peer_who_is_late_still_has_its_place() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 10), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    await account.end(2)
    clock.now += 0.5
    assert pacer.overall.take(10) > 0, "one may leave at any time"
    account.close(None)
    assert pacer.overall.take(10) == 0.0, "the peer has not said its end"


async def test_what_the_kernel_sent_beyond_is_counted_for_host_and_all_once() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    await account.say()
    account.see(6)
    account.see(6)
    account.close(None, received=0)
    account.close(None, received=0)
    assert account.sent == 6
    assert pacer.overall.take(4, begun=True, answered=True) == 0.0
    assert pacer.overall.take(begun=True, answered=True) > 0


async def test_an_acknowledgement_has_its_place_before_something_is_read() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    await account.say()
    assert account.begin_reading()
    account.see(3)
    account.end_reading()
    assert pacer.overall.take(7, begun=True, answered=True) == 0.0, "three have left"
    assert pacer.overall.take(begun=True, answered=True) > 0


async def test_what_was_read_without_an_acknowledgement_costs_nothing() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    assert account.begin_reading()
    assert account.begin_reading(), "the same place"
    account.end_reading()
    assert pacer.overall.take(9, begun=True) == 0.0, "one has left"


async def test_who_may_not_read_yet_has_the_next_place() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    clock.now += 0.01
    pacer.overall.settle(0, 9)
    assert not account.begin_reading()
    assert not account.begin_reading()
    clock.now += 0.1 - 0.005
    assert pacer.overall.take() > 0, "nobody new comes before"
    assert account.begin_reading()
    account.end_reading()
    assert pacer.overall.take() == 0.0


def test_no_place_is_kept_free_once_the_last_answer_has_come() -> None:
    clock = Clock()
    gate = Gate(100, clock=clock, eager=1e6)
    gate.settle(0, 9)
    gate.expect()
    gate.expect()
    gate.expect_fewer()
    assert gate.take() > 0
    gate.expect_fewer()
    assert gate.take() == 0.0


async def test_who_never_reads_claims_nothing_for_ever() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    pacer.overall.settle(0, 9)
    assert not account.begin_reading()
    account.close(None)
    clock.now += 0.2
    assert pacer.overall.take(10) == 0.0


async def test_where_the_kernel_does_not_say_a_long_answer_costs_its_acknowledgements() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(5)
    account.close(None, received=4 * 2 * 1460)
    assert account.sent == 5


async def test_a_connection_that_is_over_keeps_no_place_free() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    for end in (True, False):
        account = Account(pacer, "10.0.0.1")
        await account.open(5)
        await account.say()
        if end:
            await account.end(1)
        account.close(None)
        clock.now += 1.0
        assert pacer.overall.take(10) == 0.0
        clock.now += 1.0


async def test_a_connection_cancelled_before_it_began_holds_nothing() -> None:
    clock = Together()
    pacer = Pacer(Pace(100, 5), clock=clock, sleep=clock.sleep)
    pacer.overall.settle(0, 10)
    waiting = asyncio.ensure_future(Account(pacer, "10.0.0.1").open(5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert pacer.host("10.0.0.1").take(5) == 0.0


@pytest.mark.parametrize(("per_host", "share"), [(40.0, 0.95), (5.0, 0.75)])
async def test_one_host_gets_no_more_in_any_second(per_host: float, share: float) -> None:
    """At five a second one exchange of four leaves one place of each second that the next cannot use."""
    clock = Clock()
    pacer = Pacer(Pace(10_000, per_host), clock=clock, sleep=clock.sleep)
    times = []
    while clock.now < 120.0:
        account = Account(pacer, "10.0.0.1")
        await account.open(5)
        times.append(clock.now)
        for part in (account.say(1), account.end(2)):
            clock.now += 0.002
            before = account.sent
            await part
            times += [clock.now] * (account.sent - before)
        times.append(clock.now)
        account.see(account.sent + 1)  # of the peer's own end
        account.close(None)
    assert busiest_window(times, [1.0] * len(times), 1.0) <= 1.05 * per_host
    assert len(times) / 20 >= share * per_host


def test_the_default_is_that_of_the_safety_contract() -> None:
    normal = parse_pace(" Normal ")
    assert (normal.overall, normal.per_host, normal.connections_per_host) == (1_000, 40, 1)
    assert [str(preset) for preset in PRESETS] == ["gentle", "normal", "fast", "lab"]
    assert all(preset.connections_per_host == 1 for preset in PRESETS)


def test_a_number_is_packets_per_second_overall() -> None:
    assert parse_pace("250") == Pace(250, 40, open_sockets=62)
    assert parse_pace("10").per_host == 10
    assert str(parse_pace("10")) == "10"


@pytest.mark.parametrize("text", ["", "quick", "0", "-5", "nan", "inf", "1e9", "5 000"])
def test_nonsense_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(PaceError, match="gentle, normal, fast, lab"):
        parse_pace(text)


def test_the_predicted_time_is_that_of_the_tighter_limit() -> None:
    pace = Pace(100, 10)
    assert pace.seconds(1000) == pytest.approx(10 / USED)
    assert pace.seconds(1000, busiest_host=200) == pytest.approx(20 / USED)


def test_a_time_for_no_host_in_particular_is_that_of_all() -> None:
    assert Pace(1000, 1).seconds(970) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "sockets"), [("0.1", 16), ("64", 16), ("68", 17), ("4096", 1024), ("5000", 1024), ("1000000", 1024)]
)
def test_a_pace_may_be_as_slow_or_as_fast_as_is_said_and_opens_sockets_to_match(text: str, sockets: int) -> None:
    assert parse_pace(text).open_sockets == sockets


def test_a_bucket_holds_five_milliseconds_of_its_rate() -> None:
    bucket = TokenBucket(10, clock=Clock())
    assert bucket.burst == 1.0
    bucket.change_rate(1_000)
    assert bucket.burst == 5.0
    bucket.change_rate(10)
    assert bucket.burst == 1.0


def test_a_debt_of_a_bucket_is_paid_off_and_what_comes_back_does_not_overflow() -> None:
    clock = Clock()
    bucket = TokenBucket(10, clock=clock)
    bucket.charge(5)
    assert bucket.until(1) == pytest.approx(0.5)
    clock.now += 0.25
    assert bucket.available() == pytest.approx(-1.5)
    bucket.charge(-100)
    assert bucket.available() == bucket.burst


@pytest.mark.parametrize(("pace", "keeps"), [("gentle", True), ("normal", True), ("fast", True), ("lab", False)])
def test_acknowledgements_wait_for_their_turn_at_every_pace_that_a_real_network_is_asked_at(
    pace: str, *, keeps: bool
) -> None:
    assert Account(Pacer(parse_pace(pace)), "10.0.0.1").keeps is keeps
