"""Pins what the speed test times: the same banners both ways, varied but of the same shape."""

from __future__ import annotations

import random

from benchmarks.speed import _vary, measure_speed
from scanner.fingerprint_files import load_library


def test_both_ways_are_timed_on_all_banners() -> None:
    speed = measure_speed(load_library(), [("http.title", "AXIS M1054 Network Camera")], 300)
    assert speed.banners == 300
    assert speed.patterns > 500
    assert 0 < speed.recurring.different < 300
    assert speed.recurring.ours > 0
    assert speed.distinct.theirs > 0


def test_remembered_answers_are_quicker_than_matching_one_by_one() -> None:
    """The bar of the project is a tenth; a busy test machine is given three times that."""
    speed = measure_speed(load_library(), [], 60_000)
    assert speed.recurring.ratio < 0.3


def test_variation_keeps_field_and_length_where_there_are_digits() -> None:
    varied = _vary([("http.title", "AXIS M1054"), ("http.title", "AXIS")], random.Random(1))
    assert varied[0][0] == "http.title"
    assert len(varied[0][1]) == len("AXIS M1054")
    assert varied[1][1].startswith("AXIS ")
