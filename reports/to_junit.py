"""The report as JUnit XML, for CI: one test case for each device and list; never green where something was not seen.

covered is a failure, suspected an error (somebody must look), undetermined is skipped with its reason. The coverage
is a test of its own, so a run that could not see everything cannot pass as a clean one. The head has the counts, so
they are made first, of what is held of every device; then each case is written when its turn comes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as ET  # writes only; nothing is parsed here

from reports import Renderer, RenderOptions
from reports.messages import SOURCE, Texts, texts, timestamp
from reports.summary import SEVERITY, places_in_order
from reports.visible import visible
from reports.wording import answer, coverage_verdict, device_key, device_label, evidence_source, evidence_value
from scanner.model import Device, Finding, Report, Status

_NOT_XML: Final = re.compile("[\ufffe\uffff]")
"""Characters that XML 1.0 forbids and `visible` leaves: the two non-characters of the first plane."""

_VERDICTS: Final = {Status.COVERED: "failure", Status.SUSPECTED: "error", Status.UNDETERMINED: "skipped"}

_ACCUSED: Final = frozenset({Status.COVERED, Status.SUSPECTED})
"""Of these the evidence is told; of all others no more than what is held of every device."""

_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}
"""Attributes of a suite, and which cases each counts."""

_MARGIN: Final = "  "


def render(report: Report, options: RenderOptions) -> str:
    """The report as JUnit XML with one suite for the coverage and one for each list."""
    return "".join(stream(report, options))


def stream(report: Report, _options: RenderOptions) -> Iterator[str]:
    """The document, case by case."""
    _ = texts(SOURCE)
    coverage = _coverage_case(_, report)
    places = places_in_order(report)
    lists = [policy.id for policy in report.policies]
    counts = [_count_coverage(coverage), *(_count(report.brief, name) for name in lists)]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield _head("testsuites", {"name": "camcensus", **_totals(counts)}, 0)
    yield from _suite(report, "coverage", counts[0], (coverage,))
    for name, count in zip(lists, counts[1:], strict=True):
        yield from _suite(report, name, count, _cases(_, report, places, name))
    yield "</testsuites>\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", visible(text))


def _head(tag: str, attributes: dict[str, str], depth: int) -> str:
    """The opening of an element that holds others."""
    alone = ET.tostring(ET.Element(tag, attributes), encoding="unicode")
    return f"{_MARGIN * depth}{alone.removesuffix(' />')}>\n"


def _count_coverage(case: ET.Element) -> Counter[str]:
    return Counter(tests=1, errors=int(case.find("error") is not None))


def _count(devices: Iterable[Device], policy: str) -> Counter[str]:
    """How many cases one list has, and how many of each verdict."""
    found = Counter(finding.status for device in devices for finding in _gravest(device, policy))
    verdicts = {_VERDICTS[status]: number for status, number in found.items() if status in _VERDICTS}
    return Counter(tests=found.total(), **{name: verdicts.get(tag, 0) for name, tag in _COUNTED.items()})


def _totals(counts: Iterable[Counter[str]]) -> dict[str, str]:
    """Attributes that add up those of the suites."""
    total: Counter[str] = sum(counts, Counter())
    return {name: str(total[name]) for name in ("tests", "failures", "errors")}


def _suite(report: Report, name: str, count: Counter[str], cases: Iterable[ET.Element]) -> Iterator[str]:
    attributes = {"name": _clean(name), **{each: str(count[each]) for each in ("tests", *_COUNTED)}}
    started = timestamp(report.run.started)
    if started:
        attributes["timestamp"] = started[:19]  # the schema in use takes no zone; it is UTC
    if not count["tests"]:
        yield f"{_MARGIN}{ET.tostring(ET.Element('testsuite', attributes), encoding='unicode')}\n"
        return
    yield _head("testsuite", attributes, 1)
    for case in cases:
        ET.indent(case, _MARGIN, 2)
        yield f"{_MARGIN * 2}{ET.tostring(case, encoding='unicode')}\n"
    yield f"{_MARGIN}</testsuite>\n"


def _coverage_case(_: Texts, report: Report) -> ET.Element:
    case = ET.Element("testcase", {"classname": "camcensus.coverage", "name": "Everything in the scope was seen"})
    coverage = report.coverage
    if not (coverage.complete and coverage.sealed and coverage.heard):
        why = "incomplete" if coverage.heard else "nobody-answered"
        error = ET.SubElement(case, "error", {"type": why, "message": coverage_verdict(_, coverage)})
        error.text = _clean_lines([*coverage.gaps])
    ET.SubElement(case, "system-out").text = _clean(answer(_, report).sentence)
    return case


def _cases(_: Texts, report: Report, places: Sequence[int], policy: str) -> Iterator[ET.Element]:
    """The cases of one list. Only whoever is accused is read as a whole: that is the long part of a large report."""
    for place in places:
        device = report.brief[place]
        for finding in _gravest(device, policy):
            if finding.status in _ACCUSED:
                whole = report.devices[place]
                yield from (_case(_, report, whole, told) for told in _gravest(whole, policy))
            else:
                yield _case(_, report, device, finding)


def _gravest(device: Device, policy: str) -> list[Finding]:
    """The finding of one list that decides its test case; a list that says nothing of the device makes none."""
    found = [finding for finding in device.findings if finding.list == policy]
    return sorted(found, key=lambda finding: SEVERITY.index(finding.status))[:1]


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


RENDERER: Final = Renderer("junit", "junit.xml", "application/xml; charset=utf-8", render, stream)
