"""The report as JUnit XML, for CI: one test case for each device and list; never green where something was not seen.

covered is a failure, suspected an error (somebody must look), undetermined is skipped with its reason. The coverage
is a test of its own, so a run that could not see everything cannot pass as a clean one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET  # writes only; nothing is parsed here

from reports import Renderer, RenderOptions
from reports.messages import SOURCE, Texts, texts, timestamp
from reports.summary import whole_in_order
from reports.visible import visible
from reports.wording import answer, coverage_verdict, device_key, device_label, evidence_source, evidence_value
from scanner.model import Device, Finding, Report, Status

_NOT_XML: Final = re.compile("[\ufffe\uffff]")
"""Characters that XML 1.0 forbids and `visible` leaves: the two non-characters of the first plane."""

_VERDICTS: Final = {Status.COVERED: "failure", Status.SUSPECTED: "error", Status.UNDETERMINED: "skipped"}


def render(report: Report, _options: RenderOptions) -> str:
    """The report as JUnit XML with one suite for the coverage and one for each list."""
    _ = texts(SOURCE)
    suites = [_coverage_suite(_, report), *(_policy_suite(_, report, policy.id) for policy in report.policies)]
    root = ET.Element("testsuites", {"name": "camcensus", **_totals(suites)})
    root.extend(suites)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", visible(text))


def _totals(cases: Iterable[ET.Element]) -> dict[str, str]:
    """Attributes that add up those of the suites."""
    found = list(cases)
    return {name: str(sum(int(c.get(name, "0")) for c in found)) for name in ("tests", "failures", "errors")}


def _suite(report: Report, name: str, cases: list[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": _clean(name)})
    for attribute, tag in (("tests", None), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(1 for case in cases if tag is None or case.find(tag) is not None)))
    started = timestamp(report.run.started)
    if started:
        suite.set("timestamp", started[:19])  # the schema in use takes no zone; it is UTC
    suite.extend(cases)
    return suite


def _coverage_suite(_: Texts, report: Report) -> ET.Element:
    case = ET.Element("testcase", {"classname": "camcensus.coverage", "name": "Everything in the scope was seen"})
    if not (report.coverage.complete and report.coverage.sealed):
        error = ET.SubElement(case, "error", {"type": "incomplete", "message": coverage_verdict(_, report.coverage)})
        error.text = _clean_lines([*report.coverage.gaps])
    ET.SubElement(case, "system-out").text = _clean(answer(_, report).sentence)
    return _suite(report, "coverage", [case])


def _policy_suite(_: Texts, report: Report, policy: str) -> ET.Element:
    cases = [
        _case(_, report, device, finding) for device in whole_in_order(report) for finding in _gravest(device, policy)
    ]
    return _suite(report, policy, cases)


def _gravest(device: Device, policy: str) -> list[Finding]:
    """The finding of one list that decides its test case; a list that says nothing of the device makes none."""
    order = (Status.COVERED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_COVERED)
    found = [finding for finding in device.findings if finding.list == policy]
    return sorted(found, key=lambda finding: order.index(finding.status))[:1]


def _case(_: Texts, report: Report, device: Device, finding: Finding) -> ET.Element:
    name = f"{device_label(_, report, device)} ({device_key(device)}, {visible(device.id)})"
    case = ET.Element("testcase", {"classname": _clean(f"camcensus.{finding.list}"), "name": _clean(name)})
    tag = _VERDICTS.get(finding.status)
    if tag == "skipped":
        ET.SubElement(case, tag, {"message": _clean(finding.reason)})
    elif tag:
        verdict = ET.SubElement(case, tag, {"type": finding.status.value, "message": _clean(finding.reason)})
        verdict.text = _clean_lines(_explain(device, finding))
    return case


def _explain(device: Device, finding: Finding) -> Iterable[str]:
    yield f"{finding.title}, {finding.reference}, {finding.since or '-'}"
    for item in device.identity.evidence:
        yield f"{item.says} [{item.strength}] {item.field} = {evidence_value(item)} ({evidence_source(item)})"
        yield f"  sha256 {item.digest or '-'}"
    yield from (text for text in (finding.would_change, finding.check_by_hand) if text)


def _clean_lines(lines: Iterable[str]) -> str:
    return "\n".join(_clean(line) for line in lines)


RENDERER: Final = Renderer("junit", "junit.xml", "application/xml; charset=utf-8", render)
