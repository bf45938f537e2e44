"""What a report told when it was written, and why its record gives another answer now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports import RenderOptions
from reports.to_json import render
from scanner.exits import UsageError
from scanner.model import Status, replace
from scanner.told import RULES_NAMED, Told, ToldDevice, read_told, say_what_changed
from tests.reports.samples import hikvision_camera, make_report

DEVICE = hikvision_camera()
REPORT = make_report((DEVICE,), as_of="2026-11-23")
RULES = frozenset(line.fingerprint for line in DEVICE.identity.evidence)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    file = tmp_path / "report.json"
    file.write_text(render(REPORT, RenderOptions()), "utf-8")
    return read_told(file)


@pytest.fixture
def was(told: Told) -> ToldDevice:
    return told.devices[DEVICE.id]


def test_a_report_is_read_as_it_was_told(told: Told, was: ToldDevice) -> None:
    assert (told.run, told.as_of, told.fingerprints) == (REPORT.run.id, "2026-11-23", REPORT.fingerprints)
    assert told.copies == {policy.id: policy.copy_date for policy in REPORT.policies}
    assert (was.status, was.maker, was.rules) == (DEVICE.status, "hikvision", RULES)
    assert was.lists == {finding.list: finding.status for finding in DEVICE.findings}


def test_a_fingerprint_that_arrived_is_named(told: Told, was: ToldDevice) -> None:
    told, was = replace(told, fingerprints="older"), replace(was, rules=RULES - {min(RULES)})
    assert say_what_changed(told, was, DEVICE, REPORT) == (f"a fingerprint arrived: {min(RULES)}",)


def test_a_fingerprint_that_went_is_named_and_many_are_counted(told: Told, was: ToldDevice) -> None:
    more = RULES | {f"z{n}" for n in range(RULES_NAMED + 2)}
    (reason,) = say_what_changed(replace(told, fingerprints="older"), replace(was, rules=more), DEVICE, REPORT)
    assert reason == "a fingerprint speaks no more: z0, z1, z2, z3, z4 and 2 more"


def test_fingerprints_that_weigh_otherwise_are_told(told: Told, was: ToldDevice) -> None:
    reasons = say_what_changed(replace(told, fingerprints="older"), replace(was, standing="suspected"), DEVICE, REPORT)
    assert reasons == ("the fingerprints weigh otherwise",)


def test_lists_that_changed_came_or_went_are_told_apart(told: Told, was: ToldDevice) -> None:
    first, second = sorted(told.copies)
    copies = {first: "2018-01-01", "closed-list": "2018-01-01"}
    reasons = say_what_changed(replace(told, copies=copies, as_of="2020-01-01"), was, DEVICE, REPORT)
    now = {policy.id: policy.copy_date for policy in REPORT.policies}
    assert set(reasons) == {
        "list closed-list is no longer applied",
        f"a list changed: {first}, whose copy of 2018-01-01 became that of {now[first]}",
        f"list {second} was not applied then",
        "the lists were asked as of 2020-01-01, and are now as of 2026-11-23",
    }


def test_a_list_changed_under_the_same_date_is_found_by_its_finding(told: Told, was: ToldDevice) -> None:
    name = DEVICE.findings[0].list
    was = replace(was, lists={name: Status.NOT_COVERED})
    assert say_what_changed(told, was, DEVICE, REPORT) == (f"a list changed: {name}, under the same date of its copy",)


def test_where_nothing_else_explains_it_the_version_is_named(told: Told, was: ToldDevice) -> None:
    (reason,) = say_what_changed(told, replace(was, maker="dahua"), DEVICE, REPORT)
    assert reason == f"the record was judged otherwise by camcensus {REPORT.run.version}"


@pytest.mark.parametrize(("text", "says"), [("{}", "is no camcensus"), ("x", "is no JSON")])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=says):
        read_told(file)


def test_a_damaged_report_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    body = json.loads(render(REPORT, RenderOptions()))
    body["devices"][0]["status"] = "guilty"
    file.write_text(json.dumps(body), "utf-8")
    with pytest.raises(UsageError, match="is damaged"):
        read_told(file)
