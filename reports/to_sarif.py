"""The report as SARIF 2.1.0, for code-scanning dashboards; never an address where a serial or a MAC names the device.

A rule is a list. covered is an error, suspected a warning, undetermined an open result without a level. What could
not be seen stands as notifications of the invocation, which is successful only when coverage is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reports import Renderer, RenderOptions
from reports.keys import finding_keys
from reports.long_list import write_with
from reports.messages import SOURCE, Texts, texts, timestamp
from reports.summary import whole_in_order
from reports.visible import visible
from reports.wording import (
    answer,
    coverage_verdict,
    device_key,
    device_label,
    evidence_source,
    evidence_value,
    maker_name,
)
from reports.words import (
    status_word,
)
from scanner.model import Device, Evidence, Finding, PolicyInfo, Report, Status

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
"""Names the format for editors; nothing here ever fetches it."""

Json = dict[str, object]

_TOLD: Final = {
    Status.COVERED: {"kind": "fail", "level": "error"},
    Status.SUSPECTED: {"kind": "fail", "level": "warning"},
    Status.UNDETERMINED: {"kind": "open", "level": "none"},
}
"""Kind and level of SARIF section 3.27.9: a result that does not fail has no level. not_covered is no result."""


def render(report: Report, options: RenderOptions) -> str:
    """The report as one SARIF run."""
    return "".join(stream(report, options))


def stream(report: Report, _options: RenderOptions) -> Iterator[str]:
    """The run, in it result by result."""
    _ = texts(SOURCE)
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(_, report)]}
    return write_with(log, "results", _results(_, report))


def _run(_: Texts, report: Report) -> Json:
    return {
        "tool": {
            "driver": {
                "name": "camcensus",
                "version": visible(report.run.version) or "0",
                "rules": [_rule(policy) for policy in report.policies],
            }
        },
        "automationDetails": {"id": f"camcensus/{visible(report.run.id)}"},
        "invocations": [_invocation(_, report)],
        "artifacts": [{"location": {"uri": "report.json"}, "description": {"text": "Every value in full."}}],
        "columnKind": "utf16CodeUnits",
        "results": [],
        "properties": {"answer": answer(_, report).sentence, "fingerprints": report.fingerprints},
    }


def _rule(policy: PolicyInfo) -> Json:
    return {
        "id": visible(policy.id),
        "name": visible(policy.title),
        "shortDescription": {"text": visible(policy.title)},
        "fullDescription": {"text": visible(f"{policy.issuer}: {policy.reference}. {policy.says_not}".strip())},
        "properties": {"kind": visible(policy.kind), "copyDate": visible(policy.copy_date)},
    }


def _invocation(_: Texts, report: Report) -> Json:
    coverage = report.coverage
    notes = [coverage_verdict(_, coverage), *(visible(gap) for gap in coverage.gaps)]
    level = "note" if coverage.complete else "warning"
    invocation: Json = {
        "executionSuccessful": coverage.complete and coverage.sealed,
        "commandLine": visible(report.run.command),
        "toolExecutionNotifications": [{"level": level, "message": {"text": note}} for note in notes],
    }
    times = {"startTimeUtc": timestamp(report.run.started), "endTimeUtc": timestamp(report.run.ended)}
    return {**invocation, **{name: time for name, time in times.items() if time}}


def _results(_: Texts, report: Report) -> Iterator[Json]:
    rules = {policy.id: place for place, policy in enumerate(report.policies)}
    for device in whole_in_order(report):
        for finding in device.findings:
            if finding.status in _TOLD:
                yield _result(_, report, device, finding, rules.get(finding.list))


def _result(_: Texts, report: Report, device: Device, finding: Finding, place: int | None) -> Json:
    who = device.identity
    result: Json = {
        "ruleId": visible(finding.list),
        **_TOLD[finding.status],
        "message": {"text": _message(_, report, device, finding)},
        "locations": [_location(_, report, device)],
        "partialFingerprints": {f"{kind}/v1": key for kind, key in finding_keys(device, finding.list).items()},
        "properties": {
            "status": finding.status.value,
            "maker": who.maker,
            "brand": who.brand,
            "model": visible(who.model or ""),
            "since": finding.since,
            "reference": visible(finding.reference),
            "confidence": who.confidence,
            "evidence": [_evidence(item) for item in who.evidence],
        },
    }
    if place is not None:
        result["ruleIndex"] = place
    return result


def _message(_: Texts, report: Report, device: Device, finding: Finding) -> str:
    maker = maker_name(report, device.identity.maker) or "a maker not known"
    where = f"{device_label(_, report, device)} at {device_key(device)}"
    return f"{status_word(_, finding.status)}: {where}, made by {maker}. {visible(finding.reason)}"


def _location(_: Texts, report: Report, device: Device) -> Json:
    """A device is no file: its place is a logical one. The file named beside it is where its evidence stands."""
    return {
        "physicalLocation": {"artifactLocation": {"uri": "report.json", "index": 0}},
        "logicalLocations": [
            {
                "name": device_label(_, report, device),
                "fullyQualifiedName": visible(device.id),
                "kind": "resource",
            }
        ],
    }


def _evidence(item: Evidence) -> Json:
    return {
        "says": visible(item.says),
        "field": visible(item.field),
        "value": evidence_value(item),
        "source": evidence_source(item),
        "sha256": item.digest,
    }


RENDERER: Final = Renderer("sarif", "sarif", "application/sarif+json", render, stream)
