"""Buckets fill evenly, and owe what was taken beyond."""

from __future__ import annotations

import pytest

from scanner.bucket import TokenBucket
from tests.scanner.clocks import Clock


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


def test_a_clock_that_steps_back_neither_gives_nor_takes() -> None:
    clock = Clock()
    bucket = TokenBucket(10, clock=clock)
    bucket.charge(0.5)
    clock.now -= 1
    assert bucket.available() == 0.5
    clock.now += 0.02
    assert bucket.available() == pytest.approx(0.7)
