"""A report held against the truth, and the busiest second of a device."""

from __future__ import annotations

from benchmarks.whole import busiest_second, judge

REPORT = {
    "run": {"started": "2026-11-28T10:00:00Z", "ended": "2026-11-28T10:00:07Z"},
    "devices": [
        {"status": "covered", "addresses": {"ipv4": ["10.0.0.1"]}},
        {"status": "suspected", "addresses": {"ipv4": ["10.0.0.2", "10.0.0.3"]}},
        {"status": "covered", "addresses": {"ipv4": ["10.0.0.4"]}},
    ],
}
TRUTH = {
    "10.0.0.1": (True, True),
    "10.0.0.2": (True, True),
    "10.0.0.3": (False, True),
    "10.0.0.4": (False, True),
    "10.0.0.5": (True, True),
    "10.0.0.6": (True, False),
}


def test_a_report_is_held_against_the_truth() -> None:
    scan = judge(REPORT, TRUTH, 9.0, 3)
    assert (scan.found, scan.listed, scan.right, scan.covered) == (4, 3, 2, 1)
    assert (scan.false, scan.suspected, scan.sensing, scan.busiest) == (1, 1, 7.0, 3)


def test_the_busiest_second_is_a_sliding_one() -> None:
    assert busiest_second([0.0, 0.6, 1.1, 1.5, 3.0]) == 3
    assert busiest_second([]) == 0
