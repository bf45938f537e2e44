"""Rates and slopes of what was measured."""

from __future__ import annotations

from benchmarks.judging import Judged, slope


def test_the_rate_is_of_reading_and_judging_together() -> None:
    assert Judged(10, 4_000, read=0.5, judged=1.5, rendered=9.0, memory=1.0).rate == 2_000


def test_a_slope_of_one_is_linear() -> None:
    assert slope((1_000, 2.0), (16_000, 32.0)) == 1.0
    assert slope((1_000, 2.0), (16_000, 64.0)) == 2.0
