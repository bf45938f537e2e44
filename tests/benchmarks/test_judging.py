"""Rates and slopes of what was measured."""

from __future__ import annotations

import os

from benchmarks.judging import Judged, _spent, growth, slope


def test_the_rate_is_of_reading_and_judging_together() -> None:
    assert Judged(10, 4_000, judged=2.0, rendered=9.0, memory=1.0).rate == 2_000


def test_a_slope_of_one_is_linear() -> None:
    assert slope((1_000, 2.0), (16_000, 32.0)) == 1.0
    assert slope((1_000, 2.0), (16_000, 64.0)) == 2.0


def test_memory_grows_by_what_a_device_adds_not_by_what_the_program_takes() -> None:
    assert growth((1_000, 104.0), (2_024, 108.0)) == 4.0


def test_what_a_process_beside_took_is_counted() -> None:
    before = _spent()
    child = os.fork()
    if not child:
        sum(n * n for n in range(400_000))
        os._exit(0)
    os.waitpid(child, 0)
    own = os.times()
    assert _spent() - before > 0
    assert _spent() >= own.user + own.system + own.children_user + own.children_system - 0.02
