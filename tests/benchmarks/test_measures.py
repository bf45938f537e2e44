"""Pins the arithmetic of the measures on answers made by hand."""

from __future__ import annotations

import json

import pytest

from benchmarks.labelled import read_cases
from benchmarks.measures import Answer, Decile, by_listed, by_maker, naive, rebadges, reliability, score


def make(vendor: str, maker: str | None, confidence: float = 0.9, brand: str | None = None, **label: object) -> Answer:
    flagged = label.pop("flagged", vendor in ("hikvision", "dahua"))
    row = {"protocol": "http", "field": "title", "data": "x", "label": {"vendor": vendor, "flagged": flagged, **label}}
    [case] = read_cases([json.dumps(row)])
    return Answer((case,), maker, brand, confidence)


def test_recall_counts_the_right_maker_and_leaves_out_what_cannot_be_identified() -> None:
    answers = [
        make("hikvision", "hikvision"),
        make("hikvision", "dahua"),
        make("dahua", None),
        make("dahua", None, identifiable=False),
        make("axis", "hikvision"),
        make("axis", "axis"),
        make("axis", None),
    ]
    counted = score(answers)
    assert (counted.found, counted.positives, counted.alarms, counted.negatives) == (1, 3, 1, 3)
    assert counted.recall == 1 / 3
    assert counted.precision == 1 / 2


def test_naming_one_maker_for_another_is_counted_on_both_sides() -> None:
    rows = {row.maker: row for row in by_maker([make("axis", "sony"), make("axis", "axis"), make("sony", None)])}
    assert (rows["axis"].right, rows["axis"].wrong, rows["axis"].silent) == (1, 1, 0)
    assert (rows["sony"].silent, rows["sony"].claimed_of_others) == (1, 1)


def test_rebadges_need_maker_and_brand() -> None:
    answers = [
        _rebadge("dahua", "lorex"),
        _rebadge("dahua", None),
        _rebadge(None, "lorex"),
    ]
    counted = rebadges(answers)
    assert (counted.units, counted.maker, counted.brand, counted.both) == (3, 2, 2, 1)


def _rebadge(maker: str | None, brand: str | None) -> Answer:
    label = {"vendor": "dahua", "flagged": "oem", "brand": "lorex"}
    [case] = read_cases([json.dumps({"protocol": "http", "field": "title", "data": "x", "label": label})])
    return Answer((case,), maker, brand, 0.9)


def test_reliability_puts_each_answered_device_into_one_row() -> None:
    rows = reliability(
        [make("axis", "axis", 0.95), make("axis", "sony", 0.91), make("axis", "axis", 0.45), make("axis", None)]
    )
    assert [(row.low, row.devices, row.right) for row in rows] == [(0.4, 1, 1), (0.9, 2, 1)]


def test_certainty_stands_in_the_last_row() -> None:
    [row] = reliability([make("axis", "axis", 1.0)])
    assert (row.low, row.high) == (0.9, 1.0)


def test_the_naive_search_takes_the_name_that_stands_first() -> None:
    rows = ["Dahua before Hikvision", "HIKVISION", "neither"]
    cases = read_cases(
        json.dumps({"protocol": "http", "field": "title", "data": text, "label": {"vendor": "x", "flagged": False}})
        for text in rows
    )
    assert [answer.maker for answer in naive(cases)] == ["dahua", "hikvision", None]


def test_makers_that_lists_name_have_recall_and_precision_apart() -> None:
    answers = [
        make("uniview", "uniview"),
        make("uniview", None),
        make("uniview", None, identifiable=False),
        make("axis", "uniview"),
    ]
    rows = {row.maker: row for row in by_listed(answers)}
    assert (rows["uniview"].devices, rows["uniview"].found) == (2, 1)
    assert (rows["uniview"].called, rows["uniview"].right, rows["uniview"].precision) == (2, 1, 0.5)
    assert (rows["tiandy"].devices, rows["tiandy"].precision) == (0, None)


def test_few_devices_prove_little() -> None:
    assert Decile(0.9, 1.0, 1, 1, 0.9).at_least == pytest.approx(0.27, abs=0.01)
    assert Decile(0.9, 1.0, 300, 300, 0.9).at_least > 0.99
    assert Decile(0.4, 0.5, 10, 5, 0.4).at_least < 0.5
