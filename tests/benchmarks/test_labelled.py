"""Pins how labels are read."""

from __future__ import annotations

import json

import pytest

from benchmarks.labelled import read_cases

ROW = {"protocol": "http", "field": "raw", "data": "x", "label": {"vendor": "asustek", "flagged": False}}


def test_a_label_with_two_names_is_read_as_the_makers_id() -> None:
    assert read_cases([json.dumps(ROW)])[0].vendor == "asus"


def test_lines_of_one_device_stay_together_and_others_alone() -> None:
    rows = [{**ROW, "device": "d"}, ROW, {**ROW, "device": "d"}, ROW]
    devices = [case.device for case in read_cases(map(json.dumps, rows))]
    assert devices[0] == devices[2]
    assert len(set(devices)) == 3


def test_lines_of_two_makers_under_one_device_are_two_devices() -> None:
    """A relay repeats what a camera said: two hosts answered, whatever the file calls them."""
    camera = {**ROW, "device": "d", "label": {"vendor": "hikvision", "flagged": True}}
    relay = {**ROW, "device": "d", "label": {"vendor": "go2rtc", "flagged": False}}
    first, second, third = read_cases(map(json.dumps, [relay, camera, camera]))
    assert first.device != second.device == third.device
    assert {first.said_device, second.said_device} == {"d"}


def test_marks_of_a_line_are_read() -> None:
    label = {"vendor": "dahua", "flagged": "oem", "brand": "lorex", "identifiable": False, "confidence": "low"}
    [case] = read_cases([json.dumps({**ROW, "label": label, "real": "derived", "note": "hard near miss: x"})])
    assert (case.flagged, case.oem, case.brand, case.identifiable) == (True, True, "lorex", False)
    assert (case.real, case.sure, case.near_miss) == (False, False, True)
    assert case.observation.request == "GET /"


def test_blank_lines_are_passed_over_and_broken_ones_refused() -> None:
    assert read_cases(["", "  "]) == []
    with pytest.raises(ValueError, match="Expecting"):
        read_cases(["{"])
