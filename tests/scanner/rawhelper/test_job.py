"""One sweep's sending: nothing without a grant, never faster than its rate, nothing lost when the queue is full."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from scanner.gate import EAGER, Gate
from scanner.rawhelper.asking import Asking
from scanner.rawhelper.job import OWNERS_CAP, STUCK, Job, Stuck
from scanner.rawhelper.requests import Sweep

FIRST = (10 << 24) + 1


class Wire:
    """Takes what is sent; `room` frames at most from one call, none when it is 0."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.room = 10_000

    def send(self, addresses: list[int]) -> int:
        taken = addresses[: self.room]
        self.sent += taken
        return len(taken)


class Lab:
    def __init__(self, size: int = 20, rate: float = 1000.0) -> None:
        self.now = 50.0
        self.wire = Wire()
        self.events: list[Mapping[str, object]] = []
        ranges = ((FIRST, FIRST + size - 1),)
        request = Sweep(7, "eth0", ranges, "10.0.0.250", rate, 2)
        gate = Gate(rate, clock=lambda: self.now)
        asking = Asking(ranges, rng=random.Random(1))
        self.job = Job(request, asking, self.wire, gate, self.events.append)  # type: ignore[arg-type]

    def step(self, seconds: float = 0.001) -> None:
        self.job.run(self.now)
        self.now += seconds

    @property
    def sent(self) -> int:
        return sum(int(str(event["sent"])) for event in self.events if event["event"] == "want")

    @property
    def unused(self) -> int:
        return sum(int(str(event["unused"])) for event in self.events if event["event"] == "want")

    @property
    def wanted(self) -> int:
        return sum(int(str(event["frames"])) for event in self.events if event["event"] == "want")


def test_nothing_is_sent_without_a_grant() -> None:
    lab = Lab()
    for _ in range(50):
        lab.step()
    assert lab.wire.sent == []
    assert lab.wanted == 10, "two pieces of five milliseconds are asked for once, and not again while they are owed"


def test_a_grant_is_spent_evenly() -> None:
    lab = Lab(size=200)
    lab.step()
    lab.job.grant(100)
    counts = []
    for _ in range(40):
        before = len(lab.wire.sent)
        lab.step()
        counts.append(len(lab.wire.sent) - before)
    assert sum(counts[5:]) <= 35 * EAGER
    assert max(counts[1:]) <= 2


def test_a_sweep_that_is_paid_for_asks_everybody_and_ends() -> None:
    lab = Lab()
    for _ in range(2_000):
        paid = lab.wanted
        lab.step()
        lab.job.grant(lab.wanted - paid)
        if lab.job.done:
            break
    assert sorted(lab.wire.sent) == sorted([*range(FIRST, FIRST + 20)] * 2)
    summary = lab.job.summary()
    assert (summary["asked"], summary["frames"], summary["passes"]) == (20, 40, 2)
    assert lab.unused == lab.wanted - 40


def test_a_full_queue_makes_it_wait_and_nobody_is_left_out() -> None:
    lab = Lab()
    lab.job.grant(100)
    lab.wire.room = 0
    lab.step(0.01)
    assert lab.wire.sent == []
    assert lab.job.stalls == 1
    assert lab.job.wait(lab.now - 0.0095) > 0
    lab.wire.room = 2
    for _ in range(300):
        lab.step(0.01)
    assert set(lab.wire.sent) == set(range(FIRST, FIRST + 20))
    assert lab.job.asking.frames == len(lab.wire.sent)


def test_answers_lost_on_our_side_make_it_slower_and_ask_the_silent_again() -> None:
    lab = Lab(size=20, rate=1000.0)
    lab.job.grant(1_000)

    def sent_in(seconds: float) -> int:
        lab.job.grant(lab.unused)
        before = len(lab.wire.sent)
        for _ in range(int(seconds * 1000)):
            lab.step()
        return len(lab.wire.sent) - before

    assert sent_in(0.01) >= 9
    lab.job.lost(3)
    assert sent_in(0.01) <= 6, "half as fast"
    for _ in range(9):
        lab.job.lost(1)
    for _ in range(7):
        sent_in(1.0)
    assert lab.job.done
    assert (lab.job.asking.passes, lab.job.drops) == (3, 12), "one pass more than for a sweep that lost nothing"


def test_an_interface_that_takes_nothing_is_given_up() -> None:
    lab = Lab()
    lab.job.grant(100)
    lab.wire.room = 0

    def go_on() -> None:
        for _ in range(1000):
            lab.step(0.1)

    with pytest.raises(Stuck, match="no frame for"):
        go_on()
    assert lab.now - 50.0 > STUCK


def test_answers_are_reported_once_and_owners_are_capped() -> None:
    lab = Lab()
    key = b"\x44\x19\xb6\0\0\x01\x0a\0\0\x01"
    assert lab.job.hear(FIRST, key, lab.now) is True
    assert lab.job.hear(FIRST, key, lab.now) is False
    second = [lab.job.hear(FIRST, bytes([n]) * 10, lab.now) for n in range(1, OWNERS_CAP + 5)]
    assert second.count(True) == OWNERS_CAP - 1
    assert lab.job.hear(FIRST - 1, key, lab.now) is None


def test_after_the_end_the_first_answer_of_an_address_is_late() -> None:
    lab = Lab()
    for _ in range(5_000):
        lab.job.grant(10)
        lab.step()
    assert lab.job.done
    late = lab.job.hear_late(FIRST, lab.now)
    assert late is not None
    assert 3.0 < late < 5.0
    assert lab.job.hear_late(FIRST, lab.now) is None
    assert lab.job.hear_late(FIRST - 1, lab.now) is None


def test_dropped_frames_are_counted_and_cost_a_pass() -> None:
    lab = Lab()
    lab.job.lost(3)
    assert lab.job.summary()["drops"] == 3


def test_it_knows_how_long_it_may_sleep() -> None:
    lab = Lab(size=4, rate=1000.0)
    assert lab.job.wait(lab.now) == 1.0, "without a grant nothing is due"
    lab.job.grant(1)
    assert lab.job.wait(lab.now) == 0.0
    lab.job.grant(10)
    lab.step()
    assert lab.job.asking.wait(lab.now) > 0
    assert lab.job.wait(lab.now) == pytest.approx(lab.job.asking.wait(lab.now))
