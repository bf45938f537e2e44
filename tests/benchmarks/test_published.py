"""Pins what counts as worse than published: shares that fell, alarms that rose, figures that are gone."""

from __future__ import annotations

import pytest

from benchmarks.published import find_worse, is_same_set

PAGE = """
10 labelled observations of 9 devices: what they said.

## In short

| Measure | Value |
| --- | --- |
| Devices found | 7 of 8 (87.5 %) |
| False alarms, devices | 1 of 9 |
| Search for the vendors' names, lines found | 2 of 8 (25.0 %) |
| Makers other than those two, named wrongly | 1 of 9 (11.1 %) |

## By protocol, each line judged alone

| Protocol | Positives found | Recall | False alarms | Found by name search |
| --- | --- | --- | --- | --- |
| http | 3 of 4 | 75.0 % | 0 of 5 | 1 of 4 |

## How much of this the rules had seen before

| Rules | Devices found | False alarms |
| --- | --- | --- |
| all | 7 of 8 (87.5 %) | 1 of 9 |
| without those with an example from this device | 5 of 8 (62.5 %) | 2 of 9 |

## A second set, gathered apart

| Rules | Devices found | Other makers named rightly |
| --- | --- | --- |
| all | 20 of 21 (95.2 %) | 4 of 5 (80.0 %) |
"""


def test_the_same_page_is_not_worse() -> None:
    assert find_worse(PAGE, PAGE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7 of 8", "8 of 8"),
        ("| False alarms, devices | 1 of 9", "| False alarms, devices | 0 of 9"),
        ("| 2 of 8 (25.0 %)", "| 1 of 8 (12.5 %)"),
        ("| 1 of 4 |", "| 0 of 4 |"),
        ("3 of 4", "6 of 8"),
        ("5 of 8", "4 of 8"),
        ("4 of 5", "4 of 9"),
    ],
)
def test_better_equal_and_other_peoples_figures_are_no_worse(old: str, new: str) -> None:
    assert find_worse(PAGE, PAGE.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("7 of 8", "6 of 8", "In short / Devices found / Value: published 7 of 8, now 6 of 8"),
        ("devices | 1 of 9", "devices | 2 of 9", "False alarms, devices / Value: published 1 of 9, now 2 of 9"),
        ("wrongly | 1 of 9", "wrongly | 2 of 9", "named wrongly / Value: published 1 of 9, now 2 of 9"),
        ("3 of 4", "2 of 4", "http / Positives found: published 3 of 4, now 2 of 4"),
        ("0 of 5", "1 of 5", "http / False alarms: published 0 of 5, now 1 of 5"),
        ("| 2 of 9", "| 3 of 9", "from this device / False alarms: published 2 of 9, now 3 of 9"),
        ("20 of 21", "19 of 21", "gathered apart / all / Devices found: published 20 of 21, now 19 of 21"),
        ("| http |", "| snmp |", "http / Positives found: published 3 of 4, now missing"),
    ],
)
def test_what_got_worse_is_named(old: str, new: str, says: str) -> None:
    assert any(line.endswith(says) for line in find_worse(PAGE, PAGE.replace(old, new)))


def test_pages_of_two_sets_are_told_apart() -> None:
    assert is_same_set(PAGE, PAGE)
    assert not is_same_set(PAGE, PAGE.replace("10 labelled", "11 labelled"))
    assert not is_same_set(PAGE, "no page")
