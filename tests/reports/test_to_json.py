"""The JSON report keeps its schema, its bytes and every value."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reports import RenderOptions
from reports.to_json import render
from scanner.model import (
    Attempt,
    Conflict,
    Coverage,
    Evidence,
    Finding,
    Ledger,
    PolicyInfo,
    Report,
    SweepResult,
    replace,
)
from tests.reports.parts import ESCAPES
from tests.reports.samples import clean_report, crowd, empty_report, hikvision_camera, hostile, make_report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report-schema.json").read_text("utf-8"))
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def read(report: Report) -> dict:
    return json.loads(render(report, RenderOptions()))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [make_report(), clean_report(), empty_report(), crowd(30)])
def test_reports_are_valid(report):
    assert [error.message for error in CHECK.iter_errors(read(report))] == []


@pytest.mark.parametrize(
    "break_it",
    [
        lambda r: r.pop("coverage"),
        lambda r: r["devices"][0].pop("evidence"),
        lambda r: r["devices"][0].update(status="illegal"),
        lambda r: r["devices"][0].update(confidence=2),
        lambda r: r["devices"][0].update(surprise=1),
        lambda r: r["run"].update(started="yesterday"),
        lambda r: r.update(schema="camcensus.report/2"),
    ],
)
def test_the_schema_refuses_what_it_does_not_say(break_it):
    report = read(make_report())
    break_it(report)
    assert not CHECK.is_valid(report)


def test_golden(golden):
    golden("report.json", render(make_report(), RenderOptions()).encode("ascii"))


def test_hostile_text_comes_back_unchanged_and_the_file_is_plain_ascii():
    text = render(make_report((hostile(),)), RenderOptions())
    assert text.isascii()
    assert not [c for c in text if ord(c) < 32 and c != "\n"]
    assert ESCAPES in json.loads(text)["devices"][0]["names"]


def test_one_device_one_line():
    lines = render(make_report(), RenderOptions()).splitlines()
    assert sum(1 for line in lines if line.startswith('    {"id": ')) == 10


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (Evidence, lambda d: d["evidence"][0]),
        (Finding, lambda d: d["findings"][0]),
        (Ledger, lambda d: d["ledger"]),
        (Attempt, lambda d: d["attempts"][0]),
    ],
)
def test_no_field_of_a_device_is_left_out(kind, where):
    device = read(make_report((hikvision_camera(),)))["devices"][0]
    assert set(where(device)) == set(kind.__struct_fields__)


def test_no_field_of_the_rest_is_left_out():
    report = read(make_report())
    assert set(report["coverage"]) == set(Coverage.__struct_fields__) | {"recorders"}
    assert set(report["coverage"]["sweeps"][0]) == set(SweepResult.__struct_fields__)
    assert set(report["policies"][0]) == set(PolicyInfo.__struct_fields__)
    conflicts = [c for d in report["devices"] for c in d["conflicts"]]
    assert set(Conflict.__struct_fields__) == set(conflicts[0])


def test_a_number_that_is_none_of_json_is_refused():
    device = replace(hikvision_camera(), identity=replace(hikvision_camera().identity, confidence=float("nan")))
    with pytest.raises(ValueError, match="JSON compliant"):
        render(make_report((device,)), RenderOptions())
