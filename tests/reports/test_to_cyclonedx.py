"""A CycloneDX inventory that passes the official schema."""

from __future__ import annotations

import json

import pytest

from reports import RenderOptions
from reports.to_cyclonedx import render
from scanner.model import replace
from tests.cyclonedx import make_validator
from tests.reports.samples import clean_report, crowd, empty_report, hostile, make_report


def bom(report) -> dict:
    return json.loads(render(report, RenderOptions()))


@pytest.mark.parametrize(
    "report", [make_report(), clean_report(), empty_report(), make_report((hostile(),)), crowd(40)]
)
def test_it_passes_the_official_schema(report):
    assert [error.message for error in make_validator().iter_errors(bom(report))] == []


def test_the_schema_in_use_refuses_what_is_no_inventory():
    broken = bom(make_report())
    broken["components"][0]["type"] = "camera"
    assert not make_validator().is_valid(broken)


def test_every_device_is_a_component_with_its_maker_and_firmware():
    components = bom(make_report())["components"]
    assert {component["type"] for component in components} == {"device"}
    assert len(components) == 10
    camera = components[0]
    assert camera["manufacturer"] == {"name": "Hikvision"}
    assert camera["components"][0]["version"] == "V5.5.83 build 190220"
    assert {"name": "camcensus:mac", "value": "44:19:b6:00:12:34"} in camera["properties"]
    assert {"name": "camcensus:list:us-ndaa-889", "value": "covered"} in camera["properties"]


def test_it_claims_to_be_complete_only_when_coverage_was():
    assert bom(make_report())["compositions"][0]["aggregate"] == "incomplete"
    assert bom(clean_report())["compositions"][0]["aggregate"] == "complete"


def test_references_are_unique():
    components = bom(crowd(40))["components"]
    references = [c["bom-ref"] for c in components] + [
        f["bom-ref"] for c in components for f in c.get("components", [])
    ]
    assert len(set(references)) == len(references)


def test_one_run_keeps_its_serial_number():
    report = make_report()
    assert bom(report)["serialNumber"] == bom(replace(report, devices=()))["serialNumber"]
    other = replace(report, run=replace(report.run, id="another"))
    assert bom(other)["serialNumber"] != bom(report)["serialNumber"]
