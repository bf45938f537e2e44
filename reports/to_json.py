"""The JSON report, "camcensus.report/1": everything the Report holds, for machines. Never rounds and never leaves out.

Documented by docs/report-schema.json. ASCII only, so that neither a terminal nor a parser meets a control character
or a lone surrogate; one device a line, so that two reports compare line by line and 50,000 devices need little memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from reports import Renderer, RenderOptions
from reports.certificate import recorders
from reports.messages import SOURCE, texts, timestamp
from reports.summary import findings_in_order, first_address, summarise, whole_in_order
from reports.wording import answer
from scanner.model import (
    Attempt,
    Conflict,
    Device,
    Evidence,
    Finding,
    Ledger,
    Note,
    PolicyInfo,
    Report,
    RunInfo,
    Setting,
    SweepResult,
)

SCHEMA: Final = "camcensus.report/1"

Json = dict[str, object]


def render(report: Report, options: RenderOptions) -> str:
    """The report as JSON, in English whatever the language of the others: programs read it, and bytes are compared."""
    return "".join(stream(report, options))


def stream(report: Report, _options: RenderOptions) -> Iterator[str]:
    """The report's head, then device by device."""
    head: Json = {
        "schema": SCHEMA,
        "run": _run(report.run),
        "scope": _scope(report.run),
        "coverage": _coverage(report),
        "summary": _summary(report),
        "policies": [_policy(policy) for policy in report.policies],
        "fingerprints": report.fingerprints,
        "names": dict(sorted(report.names.items())),
        "as_of": report.as_of or None,
    }
    yield f'{_HEAD(head)[:-2]},\n  "devices": ['
    before = "\n"
    for device in whole_in_order(report):
        yield f"{before}    {_LINE(_device(device))}"
        before = ",\n"
    yield "\n  ]\n}\n" if report.devices else "]\n}\n"


_LINE: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
_HEAD: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, indent=2).encode


def _run(run: RunInfo) -> Json:
    return {
        "id": run.id,
        "version": run.version,
        "source": run.source,
        "started": timestamp(run.started),
        "ended": timestamp(run.ended),
        "command": run.command,
        "pace": run.pace,
        "fingerprints": run.fingerprints,
    }


def _scope(run: RunInfo) -> Json:
    return {
        "addresses": list(run.scope),
        "excluded": list(run.excluded),
        "interfaces": list(run.interfaces),
        "segments": [dict(zip(("interface", "network"), line.split(" ", 1), strict=False)) for line in run.segments],
        "authorised_by": run.authorised_by,
    }


def _coverage(report: Report) -> Json:
    coverage = report.coverage
    return {
        "complete": coverage.complete,
        "sealed": coverage.sealed,
        "asked": coverage.asked,
        "answered": coverage.answered,
        "silent": coverage.silent,
        "excluded": coverage.excluded,
        "failed": coverage.failed,
        "hidden_channels": coverage.hidden_channels,
        "hidden_behind": coverage.hidden_behind,
        "hidden_unknown": coverage.hidden_unknown,
        "recorders": [_recorder(device) for device in recorders(report)],
        "gaps": list(coverage.gaps),
        "sweeps": [_sweep(sweep) for sweep in coverage.sweeps],
        "notes": [_note(note) for note in coverage.notes],
    }


def _recorder(device: Device) -> Json:
    return {
        "device": device.id,
        "address": first_address(device),
        "model": device.identity.model,
        "channels": device.channels,
        "analogue": device.analogue,
    }


def _sweep(sweep: SweepResult) -> Json:
    return {
        "sweep": sweep.sweep,
        "interface": sweep.interface,
        "outcome": sweep.outcome.value,
        "detail": sweep.detail,
        "asked": sweep.asked,
        "answered": sweep.answered,
        "packets": sweep.packets,
        "drops": sweep.drops,
        "late": sweep.late,
        "lost": sweep.lost,
        "at": timestamp(sweep.at),
        "elapsed": sweep.elapsed,
    }


def _note(note: Note) -> Json:
    return {"subject": note.subject, "text": note.text, "at": timestamp(note.at)}


def _summary(report: Report) -> Json:
    counted = summarise(report)
    return {
        "answer": answer(texts(SOURCE), report).sentence,
        "devices": counted.devices,
        "covered": counted.covered,
        "suspected": counted.suspected,
        "undetermined": counted.undetermined,
        "not_covered": counted.not_covered,
        "off_scope": counted.off_scope,
        "conflicts": counted.conflicts,
        "hidden_channels": counted.hidden_channels,
        "makers": [{"maker": count.maker, "devices": count.total} for count in counted.makers],
    }


def _policy(policy: PolicyInfo) -> Json:
    return {
        "id": policy.id,
        "title": policy.title,
        "issuer": policy.issuer,
        "kind": policy.kind,
        "reference": policy.reference,
        "copy_date": policy.copy_date,
        "says_not": policy.says_not,
        "effective": policy.effective,
        "judges": policy.judges,
        "state": policy.state,
    }


def _device(device: Device) -> Json:
    who = device.identity
    return {
        "id": device.id,
        "addresses": {
            "ipv4": list(device.addresses.ipv4),
            "ipv6": list(device.addresses.ipv6),
            "mac": list(device.addresses.mac),
        },
        "names": list(device.names),
        "off_scope": device.off_scope,
        "kind": who.kind,
        "maker": who.maker,
        "brand": who.brand,
        "model": who.model,
        "firmware": who.firmware,
        "serial": who.serial,
        "channels": device.channels,
        "analogue": device.analogue,
        "acquired": device.acquired,
        "standing": who.standing.value,
        "confidence": who.confidence,
        "status": device.status.value,
        "findings": [_finding(finding) for finding in findings_in_order(device)],
        "evidence": [_evidence(item) for item in who.evidence],
        "conflicts": [_conflict(conflict) for conflict in who.conflicts],
        "hints": list(who.hints),
        "settings": [_setting(setting) for setting in device.settings],
        "ports": list(device.ports),
        "ledger": _ledger(device.ledger),
        "attempts": [_attempt(attempt) for attempt in device.attempts],
    }


def _finding(finding: Finding) -> Json:
    return {
        "list": finding.list,
        "title": finding.title,
        "status": finding.status.value,
        "kind": finding.kind,
        "reference": finding.reference,
        "since": finding.since,
        "until": finding.until,
        "effective": finding.effective,
        "statement": finding.statement,
        "entity": finding.entity,
        "also": [{"name": one.name, "since": one.since, "reference": one.reference} for one in finding.also],
        "reason": finding.reason,
        "would_change": finding.would_change,
        "check_by_hand": finding.check_by_hand,
    }


def _evidence(item: Evidence) -> Json:
    return {
        "says": item.says,
        "group": item.group,
        "fingerprint": item.fingerprint,
        "strength": item.strength,
        "weight": item.weight,
        "field": item.field,
        "value": item.value,
        "request": item.request,
        "address": item.address,
        "port": item.port,
        "digest": item.digest,
        "reason": item.reason,
        "reference": item.reference,
    }


def _conflict(conflict: Conflict) -> Json:
    return {
        "makers": list(conflict.makers),
        "text": conflict.text,
        "fingerprints": list(conflict.fingerprints),
    }


def _setting(setting: Setting) -> Json:
    return {
        "kind": setting.kind,
        "value": setting.value,
        "field": setting.field,
        "address": setting.address,
        "digest": setting.digest,
    }


def _ledger(ledger: Ledger) -> Json:
    return {
        "packets": ledger.packets,
        "connections": ledger.connections,
        "requests": ledger.requests,
        "sent": ledger.sent,
        "received": ledger.received,
    }


def _attempt(attempt: Attempt) -> Json:
    return {
        "by": attempt.by,
        "address": attempt.address,
        "port": attempt.port,
        "outcome": attempt.outcome.value,
        "detail": attempt.detail,
        "at": timestamp(attempt.at),
        "elapsed": attempt.elapsed,
        "requests": attempt.requests,
        "connections": attempt.connections,
        "packets": attempt.packets,
        "sent": attempt.sent,
        "received": attempt.received,
    }


RENDERER: Final = Renderer("json", "json", "application/json", render, stream)
