"""One device as the page shows it: plain texts, ready to lay out; never markup, and never an invisible character.

The page's template and its script lay out the same values, so a card is worded once, here.
"""

from __future__ import annotations

from typing import Final, TypedDict

from reports.messages import Texts
from reports.summary import findings_in_order
from reports.visible import visible
from reports.wording import (
    also_named,
    device_hidden,
    device_label,
    endpoint,
    evidence_source,
    evidence_value,
    ledger_sentence,
    maker_name,
    off_scope_sentence,
)
from reports.words import (
    kind_word,
    list_kind_word,
    outcome_word,
    standing_word,
    statement_word,
    status_word,
    strength_word,
)
from scanner.model import Conflict, Device, Evidence, Finding, Report

PAGE_LINES: Final = 56
"""Lines of a printed page that the findings, evidence and attempts of a card may fill before it must split."""

ROW_LINES: Final = 6
"""Lines that one finding or one piece of evidence takes on paper, about."""


class FindingView(TypedDict):
    """What one list says, worded."""

    status: str
    word: str
    title: str
    kind: str
    reference: str
    since: str
    effective: str
    also: str
    statement: str
    entity: str
    reason: str
    would_change: str
    check: str


class EvidenceView(TypedDict):
    """One line of proof, worded."""

    says: str
    strength: str
    field: str
    value: str
    source: str
    digest: str
    rule: str
    reason: str
    reference: str


class Card(TypedDict):
    """One device, worded."""

    id: str
    label: str
    status: str
    word: str
    kind: str
    long: bool  # does not fit on one printed page, so it may split
    facts: list[tuple[str, str]]
    notes: list[str]
    conflicts: list[str]
    findings: list[FindingView]
    evidence: list[EvidenceView]
    ledger: str
    attempts: list[tuple[str, str, str, str]]


def make_card(_: Texts, report: Report, device: Device) -> Card:
    """Word everything the report says of one device."""
    who = device.identity
    return {
        "id": visible(device.id),
        "label": device_label(_, report, device),
        "status": device.status.value,
        "word": status_word(_, device.status),
        "kind": kind_word(_, who.kind),
        "long": _is_long(device),
        "facts": _facts(_, report, device),
        "notes": _notes(_, device),
        "conflicts": [_conflict(_, report, conflict) for conflict in who.conflicts],
        "findings": _once([_finding(_, finding) for finding in findings_in_order(device)]),
        "evidence": [_evidence(_, item) for item in who.evidence],
        "ledger": ledger_sentence(_, device.ledger),
        "attempts": [
            (visible(a.by), endpoint(a.address, a.port), outcome_word(_, a.outcome), visible(_.tell(a.detail)))
            for a in device.attempts
        ],
    }


def _facts(_: Texts, report: Report, device: Device) -> list[tuple[str, str]]:
    who, seen = device.identity, device.addresses
    standing = _(
        "{word}, confidence {confidence}", word=standing_word(_, who.standing), confidence=_.decimal(who.confidence)
    )
    facts = (
        (_("Maker"), maker_name(report, who.maker) or _("not known")),
        (_("Sure of the maker"), standing),
        (_("Brand"), maker_name(report, who.brand)),
        (_("Model"), visible(who.model or "")),
        (_("Firmware"), visible(who.firmware or "")),
        (_("Serial number"), visible(who.serial or "")),
        (_("IPv4"), _many(_, seen.ipv4)),
        (_("IPv6"), _many(_, seen.ipv6)),
        (_("MAC"), _many(_, seen.mac)),
        (_("Names"), _many(_, device.names)),
        (_("Open ports"), _many(_, tuple(str(port) for port in device.ports))),
        (_("Channels"), "" if device.channels is None else _.number(device.channels)),
        (_("Bought or installed"), visible(_.day(device.acquired or ""))),
    )
    return [(label, value) for label, value in facts if value]


def _many(_: Texts, values: tuple[str, ...]) -> str:
    return _.list(tuple(visible(value) for value in values))


def _notes(_: Texts, device: Device) -> list[str]:
    """What else must be known, each sentence once: a hint may say what the report says of every recorder."""
    hints = (visible(_.tell(hint)) for hint in device.identity.hints)
    notes = (off_scope_sentence(_, device), device_hidden(_, device), *hints)
    return list(dict.fromkeys(note for note in notes if note))


def _conflict(_: Texts, report: Report, conflict: Conflict) -> str:
    makers = " / ".join(maker_name(report, maker) for maker in conflict.makers)
    return f"{makers}: {visible(_.tell(conflict.text))}"


def _once(findings: list[FindingView]) -> list[FindingView]:
    """The findings with advice that several of them give said by the first one only."""
    said: set[str] = set()
    for finding in findings:
        advice = (finding["would_change"], finding["check"])
        finding["would_change"], finding["check"] = ("" if text in said else text for text in advice)
        said.update(advice)
    return findings


def _is_long(device: Device) -> bool:
    rows = len(device.findings) + len(device.identity.evidence)
    return rows * ROW_LINES + len(device.attempts) > PAGE_LINES


def _finding(_: Texts, finding: Finding) -> FindingView:
    return {
        "status": finding.status.value,
        "word": status_word(_, finding.status),
        "title": visible(_.tell(finding.title)),
        "kind": list_kind_word(_, finding.kind),
        "reference": visible(finding.reference),
        "since": visible(_.day(finding.since or "")),
        "effective": "" if finding.effective == finding.since else visible(_.day(finding.effective or "")),
        "statement": statement_word(_, finding.statement),
        "entity": visible(finding.entity or ""),
        "also": also_named(_, finding),
        "reason": visible(_.tell(finding.reason)),
        "would_change": visible(_.tell(finding.would_change)),
        "check": visible(_.tell(finding.check_by_hand)),
    }


def _evidence(_: Texts, item: Evidence) -> EvidenceView:
    return {
        "says": visible(item.says),
        "strength": f"{strength_word(_, item.strength)} {_.decimal(item.weight)}",
        "field": visible(item.field),
        "value": evidence_value(item).replace("␊", "␊\n"),  # the line breaks are seen as lines, and as bytes
        "source": evidence_source(item),
        "digest": visible(item.digest),
        "rule": visible(item.fingerprint),
        "reason": visible(item.reason),
        "reference": visible(item.reference),
    }
