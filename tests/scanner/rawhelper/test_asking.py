"""The order, passes and quiet times of a sweep, on a clock of our own."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter

import pytest

from scanner.rawhelper.asking import (
    LEAST_LAST_QUIET,
    LEAST_QUIET,
    MOST_PASSES,
    MOST_QUIET,
    TAIL,
    UNKNOWN_QUIET,
    Asking,
    RoundTrips,
)

NET = ((10 << 24, (10 << 24) + 253),)


class Segment:
    """Hosts on a clock: each answers `delay` seconds after it was asked, but not the first `misses[host]` times."""

    def __init__(self, hosts: set[int], delay: float = 0.001, misses: dict[int, int] | None = None) -> None:
        self.hosts = hosts
        self.delay = delay
        self.misses = dict(misses or {})
        self.asked: Counter[int] = Counter()
        self.now = 100.0
        self._pending: list[tuple[float, int]] = []

    def run(self, asking: Asking, batch: int = 10, each: float = 0.01) -> None:
        for _ in range(100_000):
            if asking.done:
                return
            for address in asking.next_addresses(batch, self.now):
                self.asked[address] += 1
                if address in self.hosts and self.misses.get(address, 0) < self.asked[address]:
                    self._pending.append((self.now + self.delay, address))
            self.now += each
            due = [address for at, address in self._pending if at <= self.now]
            self._pending = [item for item in self._pending if item[0] > self.now]
            for address in due:
                asking.answered(address, self.now)
        raise AssertionError("the sweep does not end")


def make(hosts: int = 0, **options: object) -> tuple[Asking, Segment]:
    rng = random.Random(1)
    return Asking(NET, rng=rng), Segment(set(rng.sample(range(*NET[0]), hosts)), **options)  # type: ignore[arg-type]


def test_every_address_is_asked_once_and_the_silent_twice() -> None:
    asking, segment = make(60)
    segment.run(asking)
    assert asking.found == 60
    assert asking.passes == 2
    assert {segment.asked[address] for address in segment.hosts} == {1}
    assert sum(segment.asked.values()) == 60 + 2 * (254 - 60) == asking.frames


def test_nobody_there_costs_two_passes() -> None:
    asking, segment = make()
    segment.run(asking)
    assert (asking.found, asking.passes, asking.frames) == (0, 2, 508)


def test_hosts_that_miss_requests_are_found_while_passes_still_find_somebody() -> None:
    asking, segment = make(60)
    sleepy = sorted(segment.hosts)
    segment.misses = {sleepy[0]: 1, sleepy[1]: 2, sleepy[2]: 3}
    segment.run(asking)
    assert asking.found == 60
    assert asking.passes == MOST_PASSES


def test_lost_answers_of_our_own_cost_one_pass_more() -> None:
    asking, segment = make()
    asking.disturb()
    segment.run(asking)
    assert asking.passes == 3, "the silent are asked twice with nothing lost"
    asking, segment = make()
    while asking.passes == 1:
        segment.asked.update(asking.next_addresses(10, segment.now))
        segment.now += 0.01
    asking.disturb()
    segment.run(asking)
    assert asking.passes == 3


def test_all_found_ends_the_sweep_after_the_first_pass() -> None:
    asking, segment = make(253)
    segment.hosts = set(range(NET[0][0], NET[0][1] + 1))
    segment.run(asking)
    assert (asking.passes, asking.frames, asking.found) == (1, 254, 254)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 256])
def test_any_size_is_covered(size: int) -> None:
    ranges = ((5, 4 + size),)
    asking = Asking(ranges, rng=random.Random(3))
    segment = Segment(set())
    segment.run(asking, batch=3)
    assert set(segment.asked.values()) == {2}
    assert len(segment.asked) == size


def test_no_address_at_all_is_done_at_once() -> None:
    assert Asking((), rng=random.Random(1)).done


def test_scattered_ranges_are_covered_too() -> None:
    ranges = ((10, 10), (20, 29), (40, 41))
    segment = Segment({10, 25, 41})
    asking = Asking(ranges, rng=random.Random(1))
    segment.run(asking)
    assert sorted(segment.asked) == [10, *range(20, 30), 40, 41]
    assert asking.found == 3


def test_the_order_spreads_over_the_network() -> None:
    """No quarter of a /24 gets more than half of the first forty requests."""
    asking, _ = make()
    first = asking.next_addresses(40, 1.0)
    assert max(Counter((address - NET[0][0]) // 64 for address in first).values()) <= 20
    assert first != sorted(first)


def test_what_could_not_be_sent_is_asked_first_next_time() -> None:
    asking, _ = make()
    first = asking.next_addresses(10, 1.0)
    asking.give_back(first[4:])
    assert asking.frames == 4
    assert asking.next_addresses(10, 1.1) == first[4:]


def test_giving_back_the_end_of_a_pass_does_not_end_it() -> None:
    asking = Asking(((1, 3),), rng=random.Random(1))
    asked = asking.next_addresses(10, 1.0)
    asking.give_back(asked[1:])
    assert asking.wait(1.0) == 0
    assert asking.next_addresses(10, 1.0) == asked[1:]
    assert asking.wait(1.0) > 0


def test_the_quiet_time_follows_the_round_trips() -> None:
    asking, segment = make(60, delay=0.2)
    segment.run(asking)
    slow = segment.now
    asking, segment = make(60, delay=0.001)
    segment.run(asking)
    assert slow - 100 > segment.now - 100 + 0.15
    assert asking.found == 60


def passes(asking: Asking, each: float) -> dict[int, list[float]]:
    """When each address is asked where nobody answers: ten, then so many seconds, and so on."""
    times: dict[int, list[float]] = {}
    now = 0.0
    while not asking.done:
        for address in asking.next_addresses(10, now):
            times.setdefault(address, []).append(now)
        now += each
    return times


def test_a_pass_that_took_long_is_followed_by_the_next_without_a_pause() -> None:
    """26 steps of 0.05 s: those who were asked first have had their time."""
    times = passes(Asking(NET, rng=random.Random(1)), 0.05)
    assert sorted(asked[1] - asked[0] for asked in times.values())[-1] < 27 * 0.05


def test_everybody_gets_his_time_before_he_is_asked_again() -> None:
    for each in (0.001, 0.01, 0.05):
        times = passes(Asking(NET, rng=random.Random(1)), each)
        assert min(asked[1] - asked[0] for asked in times.values()) >= UNKNOWN_QUIET - 1e-9


def test_an_answer_to_the_pass_before_is_no_reason_for_one_more() -> None:
    asking = Asking(NET, rng=random.Random(1))
    now, asked = 0.0, list[int]()
    while len(asked) < asking.size:
        asked += asking.next_addresses(10, now)
        now += 0.05
    assert asking.next_addresses(10, now)
    assert asking.passes == 2
    assert asking.answered(asked[-1], now)
    while not asking.done:
        asking.next_addresses(10, now)
        now += 0.05
    assert (asking.found, asking.passes) == (1, 2)


def test_an_answer_after_the_next_pass_began_still_counts_once() -> None:
    asking, segment = make(10, delay=0.4)
    segment.run(asking)
    assert asking.found == 10


def test_answers_of_strangers_and_second_owners_change_nothing() -> None:
    asking, _ = make()
    asking.next_addresses(300, 1.0)
    assert asking.answered(NET[0][0], 1.1)
    assert not asking.answered(NET[0][0], 1.1)
    assert not asking.answered(NET[0][0] - 1, 1.1)
    assert asking.found == 1


def test_a_forged_answer_before_the_question_does_not_keep_it_from_being_asked() -> None:
    asking, _ = make()
    asking.answered(NET[0][0] + 7, 1.0)
    assert NET[0][0] + 7 in asking.next_addresses(254, 1.0)


def test_how_often_an_address_was_asked_is_known() -> None:
    asking = Asking(((1, 4),), rng=random.Random(1))
    first = asking.next_addresses(2, 1.0)
    rest = asking.next_addresses(2, 1.0)
    assert [asking.asks(address) for address in first] == [1, 1]
    late = next(address for address in range(1, 5) if address not in first)
    assert asking.asks(late) == 1, "it spoke before its turn, and is asked all the same"
    while asking.passes == 1:
        again = asking.next_addresses(1, 10.0)
    assert asking.asks(again[0]) == 2
    assert asking.asks(rest[-1]) == 1
    assert asking.asks(99) == 0


def test_round_trips_give_patience_within_bounds() -> None:
    trips = RoundTrips()
    assert trips.patience(0.1, 1.0, 0.25) == 0.25
    trips.add(0.001)
    assert trips.patience(0.1, 1.0, 0.25) == 0.1
    for _ in range(20):
        trips.add(0.1)
        trips.add(0.5)
    assert 0.5 < trips.patience(0.1, 10.0, 0.25) < 3
    assert trips.patience(0.1, 1.0, 0.25) == 1.0


def whole_pass(asking: Asking, now: float) -> list[int]:
    """Ask everybody at one moment."""
    asked = asking.next_addresses(asking.size, now)
    assert asking.next_addresses(asking.size, now) == []
    return asked


def end_of(asking: Asking, now: float) -> float:
    """When it is done, if nothing comes any more; further passes are asked as they are due."""
    while not asking.done:
        asking.next_addresses(asking.size, now)
        now += 0.001
    return now


def test_a_segment_that_is_silent_as_a_whole_is_waited_for_longest() -> None:
    asking = Asking(NET, rng=random.Random(1))
    whole_pass(asking, 1.0)
    assert whole_pass(asking, 1.0 + UNKNOWN_QUIET)
    assert end_of(asking, 2.0) == pytest.approx(1.0 + UNKNOWN_QUIET + MOST_QUIET, abs=0.002)


def test_a_segment_that_answers_quickly_is_waited_for_a_tenth_of_a_second() -> None:
    asking = Asking(NET, rng=random.Random(1))
    for address in whole_pass(asking, 1.0)[:60]:
        asking.answered(address, 1.02)
    assert whole_pass(asking, 1.3)
    assert end_of(asking, 1.3) == pytest.approx(1.3 + LEAST_LAST_QUIET, abs=0.002)


def test_one_answer_that_took_as_long_as_was_waited_has_the_others_waited_for_longer() -> None:
    """One answers after 0.2 s, sixty at once: the mean of all hid the one."""
    asking = Asking(NET, rng=random.Random(1))
    asked = whole_pass(asking, 1.0)
    for address in asked[:61]:
        asking.answered(address, 1.2 if address == asked[0] else 1.001)
    assert asking.next_addresses(254, 1.0 + TAIL * 0.2 - 0.01) == []
    assert len(whole_pass(asking, 1.0 + TAIL * 0.2)) == 254 - 61
    assert end_of(asking, 1.4) == pytest.approx(1.4 + TAIL * 0.2, abs=0.002)


def test_an_answer_to_the_pass_before_is_measured_from_when_it_was_asked() -> None:
    asking = Asking(((1, 64),), rng=random.Random(1))
    asked = whole_pass(asking, 1.0)
    asking.answered(asked[0], 1.001)
    assert asking.next_addresses(16, 1.3)
    assert asking.passes == 2
    asking.answered(asked[-1], 1.9)
    assert asking.round_trips.smoothed == pytest.approx(0.001 + 0.899 / 8)


def test_an_answer_in_the_last_quiet_time_makes_it_longer() -> None:
    asking = Asking(((1, 64),), rng=random.Random(1), least_passes=MOST_PASSES)
    asked = whole_pass(asking, 1.0)
    asking.answered(asked[0], 1.001)
    for number in range(1, MOST_PASSES):
        asked = whole_pass(asking, 1.0 + number)
    last = 1.0 + MOST_PASSES - 1
    assert asking.wait(last) == pytest.approx(LEAST_LAST_QUIET)
    asking.answered(asked[0], last + 0.09)
    assert asking.next_addresses(64, last + LEAST_LAST_QUIET) == []
    assert not asking.done
    assert end_of(asking, last + 0.1) > last + TAIL * 0.09


def test_nobody_is_waited_for_beyond_the_bound() -> None:
    asking = Asking(((1, 64),), rng=random.Random(1))
    asked = whole_pass(asking, 1.0)
    asking.answered(asked[0], 1.001)
    whole_pass(asking, 1.2)
    asking.answered(asked[1], 100.0)
    assert asking._patience(LEAST_LAST_QUIET, UNKNOWN_QUIET) == MOST_QUIET


def test_who_speaks_when_he_likes_is_no_measure() -> None:
    asking = Asking(((1, 64),), rng=random.Random(1))
    asked = whole_pass(asking, 1.0)
    asking.answered(asked[0], 1.2, to_us=False)
    assert asking.round_trips.smoothed is None
    assert asking.found == 1


def test_how_long_a_silent_address_has_been_waited_for_is_known() -> None:
    asking = Asking(((1, 64),), rng=random.Random(1))
    asked = whole_pass(asking, 1.0)
    asking.answered(asked[0], 1.001)
    end_of(asking, 1.001)
    began = [at for at in asking._times if at]
    assert asking.waited(asked[1], 9.0) == pytest.approx(9.0 - began[0])
    assert asking.waited(asked[0], 9.0) is None
    assert asking.waited(65, 9.0) is None


def test_quiet_times_are_in_the_order_their_names_say() -> None:
    assert LEAST_QUIET < LEAST_LAST_QUIET < UNKNOWN_QUIET


def test_a_16_costs_less_than_a_hundred_kilobytes() -> None:
    tracemalloc.start()
    try:
        asking = Asking(((10 << 24, (10 << 24) + 65_535),), rng=random.Random(1))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000
    assert asking.size == 65_536
