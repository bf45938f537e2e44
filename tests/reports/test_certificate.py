"""The certificate names each recorder with what it hides, each way out that was told, and counts by list."""

from __future__ import annotations

import pytest

from reports.certificate import (
    count_by_status,
    count_findings,
    lists_in_order,
    other_notes,
    recorder_lines,
    say_channels,
    say_count,
    segments_of,
    way_out_lines,
)
from reports.messages import texts
from scanner.model import CLOSED_NETWORK, Note, replace
from tests.reports.samples import COVERAGE, DEVICES, NDAA, make_report

EN = texts("en")
RECORDER = next(device for device in DEVICES if device.identity.kind == "recorder")


@pytest.mark.parametrize(
    ("channels", "analogue", "told"),
    [
        (16, None, "up to 16 channels"),
        (16, 0, "up to 16 channels"),
        (1, None, "up to 1 channel"),
        (16, 8, "up to 16 channels, of them 8 for coaxial cameras"),
        (None, None, "it does not say how many channels"),
        (0, 8, "it does not say how many channels"),
    ],
)
def test_a_recorder_says_what_it_hides(channels: int | None, analogue: int | None, told: str) -> None:
    assert say_channels(EN, replace(RECORDER, channels=channels, analogue=analogue)) == told


def test_every_recorder_is_named_and_nothing_else_is() -> None:
    (line,) = recorder_lines(EN, make_report())
    assert (line.id, line.hides) == (RECORDER.id, "up to 32 channels")


def test_what_was_told_of_a_way_out_stands_apart_from_the_other_notes() -> None:
    notes = (Note(CLOSED_NETWORK, "1 device names a DNS server (192.0.2.53)."), *COVERAGE.notes)
    report = make_report(coverage=replace(COVERAGE, notes=notes))
    assert way_out_lines(EN, report) == ["1 device names a DNS server (192.0.2.53)."]
    assert other_notes(report) == COVERAGE.notes


def test_a_list_is_counted_and_one_that_informs_says_so_and_comes_last() -> None:
    informing = replace(NDAA, id="draft", judges=False)
    report = make_report(policies=(informing, NDAA))
    found = count_findings(report)
    assert lists_in_order(report) == (NDAA, informing)
    assert say_count(EN, found, NDAA) == "Covered 4 · Suspected 1"
    assert say_count(EN, found, replace(NDAA, id="never-applied")) == "Covered 0"
    assert say_count(EN, found, informing) == "informs only, judges no device"
    assert count_by_status(EN, found, NDAA) == [("covered", "Covered", "4"), ("suspected", "Suspected", "1")]


def test_an_interface_is_shown_with_the_networks_it_stood_in() -> None:
    report = make_report()
    run = replace(report.run, segments=("eth0 10.0.0.0/24", "eth1 10.1.0.0/24", "eth0 fe80::/64"))
    assert segments_of(replace(report, run=run), "eth0") == "10.0.0.0/24, fe80::/64"
    assert segments_of(report, "eth0") == ""
