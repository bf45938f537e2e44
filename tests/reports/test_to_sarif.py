"""SARIF that passes the official schema, with fingerprints that outlive an address."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reports import RenderOptions
from reports.to_sarif import render
from scanner.model import replace
from tests.reports.samples import (
    clean_report,
    crowd,
    empty_report,
    hikvision_camera,
    hostile,
    make_report,
)

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
CHECK = jsonschema.Draft4Validator(SCHEMA)


def run(report) -> dict:
    return json.loads(render(report, RenderOptions()))["runs"][0]


@pytest.mark.parametrize(
    "report", [make_report(), clean_report(), empty_report(), make_report((hostile(),)), crowd(40)]
)
def test_it_passes_the_official_schema(report):
    assert [error.message for error in CHECK.iter_errors(json.loads(render(report, RenderOptions())))] == []


def test_the_schema_in_use_refuses_what_is_no_sarif():
    broken = json.loads(render(make_report(), RenderOptions()))
    broken["runs"][0]["results"][0]["level"] = "illegal"
    assert not CHECK.is_valid(broken)


def test_a_result_for_each_finding_that_is_not_not_covered():
    results = run(make_report())["results"]
    assert [(r["kind"], r["level"]) for r in results].count(("fail", "error")) == 6
    assert [(r["kind"], r["level"]) for r in results].count(("fail", "warning")) == 2
    assert [(r["kind"], r["level"]) for r in results].count(("open", "none")) == 2


def test_rules_are_the_lists_and_results_point_to_them():
    told = run(make_report())
    rules = told["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["us-ndaa-889", "us-fcc-covered"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in told["results"])


def test_a_list_that_the_report_does_not_describe_has_no_index():
    told = run(replace(make_report((hikvision_camera(),)), policies=()))
    assert {"ruleIndex"} & set(told["results"][0]) == set()


def test_fingerprints_outlive_an_address():
    camera = hikvision_camera()
    moved = replace(camera, addresses=replace(camera.addresses, ipv4=("10.99.0.1",)))
    before, after = (run(make_report((device,)))["results"][0] for device in (camera, moved))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert set(before["partialFingerprints"]) == {"serial/v1", "mac/v1"}
    assert before["message"] != after["message"]


def test_what_was_not_seen_is_a_notification_and_the_run_no_success():
    invocation = run(make_report())["invocations"][0]
    told = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert not invocation["executionSuccessful"]
    assert told[0].startswith("Coverage is incomplete")
    assert any("neighbour table" in text for text in told)
    assert run(clean_report())["invocations"][0]["executionSuccessful"]


def test_a_message_names_status_device_maker_and_reason():
    text = run(make_report((hikvision_camera(),)))["results"][0]["message"]["text"]
    assert text.startswith("Covered: Hikvision DS-2CD2143G0-I at 10.20.0.64, made by Hikvision. The maker is")
