"""JUnit XML that a CI system reads rightly."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from reports import RenderOptions
from reports.to_junit import render
from scanner.model import replace
from tests.reports.parts import SCRIPT
from tests.reports.samples import COVERAGE, clean_report, crowd, empty_report, hostile, make_report

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "data" / "schemas" / "junit-10.xsd"))


def tree(report) -> etree._Element:
    return etree.fromstring(render(report, RenderOptions()).encode("utf-8"))


@pytest.mark.parametrize(
    "report", [make_report(), clean_report(), empty_report(), make_report((hostile(),)), crowd(40)]
)
def test_it_passes_the_schema(report):
    SCHEMA.assertValid(tree(report))


def test_covered_fails_suspected_errs_undetermined_is_skipped_and_the_rest_passes():
    suite = tree(make_report()).find("testsuite[@name='us-ndaa-889']")
    assert dict(suite.attrib) == {
        "name": "us-ndaa-889",
        "tests": "10",
        "failures": "4",
        "errors": "1",
        "skipped": "2",
        "timestamp": "2026-11-23T10:05:00",
    }
    assert len(suite.findall("testcase/failure[@type='covered']")) == 4


def test_each_device_and_list_is_one_case():
    root = tree(make_report())
    assert [suite.get("name") for suite in root] == ["coverage", "us-ndaa-889", "us-fcc-covered"]
    assert int(root.get("tests")) == len(root.findall("testsuite/testcase")) == 1 + 10 + 4
    assert int(root.get("failures")) == len(root.findall("testsuite/testcase/failure"))


def test_a_failure_shows_its_proof():
    failure = tree(make_report()).find("testsuite[@name='us-ndaa-889']/testcase/failure")
    assert failure.get("message").startswith("The maker is Hangzhou Hikvision")
    assert "sadp.device-fields = DeviceDescription=DS-2CD2143G0-I␊" in failure.text
    assert "sha256 " in failure.text


@pytest.mark.parametrize("unseen", [{"complete": False}, {"sealed": False}])
def test_a_run_that_did_not_see_everything_is_never_green(unseen):
    seen = clean_report()
    assert tree(seen).find(".//error") is None
    error = tree(replace(seen, coverage=replace(seen.coverage, gaps=("eth1 was down",), **unseen))).find(".//error")
    assert (error.get("type"), error.text) == ("incomplete", "eth1 was down")


def test_a_run_that_nobody_answered_is_never_green():
    """Its coverage may be complete: everybody was asked. So it is when the cable leads to another network."""
    nobody = replace(clean_report().coverage, answered=0, sweeps=())
    error = tree(make_report((), nobody)).find(".//error")
    assert error.get("type") == "nobody-answered"
    assert " 0 answered" in error.get("message")


def test_hostile_texts_are_text():
    text = render(make_report((hostile(),)), RenderOptions())
    assert SCRIPT not in text
    assert "\x1b" not in text
    bad = replace(COVERAGE, gaps=("\ufffe\x00]]>",))
    assert tree(make_report((), bad)).find(".//error").text == "\ufffd␀]]>"
