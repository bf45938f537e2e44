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
from scanner.model import Attempt, Conflict, Device, Evidence, Finding, Report

PAGE_LINES: Final = 56
"""Lines of a printed page that the findings, evidence and attempts of a card may fill before it must split."""

DETAILS_KEPT: Final = 4_096
"""Ways how attempts ended that are remembered: some dozens, and a number in the text of one more."""

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


class RuleView(TypedDict):
    """What a line of proof has from its fingerprint, worded."""

    strength: str
    field: str
    rule: str
    reason: str
    reference: str


class EvidenceView(RuleView):
    """One line of proof, worded."""

    says: str
    value: str
    source: str
    digest: str


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
    return CardMaker(_, report).make(device)


class CardMaker:
    """Words cards, and what many of them have alike only once: what a list says, what a fingerprint weighs."""

    def __init__(self, _: Texts, report: Report) -> None:
        self._texts: Final = _
        self._report: Final = report
        self._findings: Final[dict[tuple[object, ...], FindingView]] = {}
        self._rules: Final[dict[tuple[object, ...], RuleView]] = {}
        self._tried: Final[dict[tuple[object, ...], tuple[str, str, str]]] = {}

    def make(self, device: Device) -> Card:
        """Word everything the report says of one device."""
        who, _, report = device.identity, self._texts, self._report
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
            "findings": _once([self._finding(finding) for finding in findings_in_order(device)]),
            "evidence": [self._evidence(item) for item in who.evidence],
            "ledger": ledger_sentence(_, device.ledger),
            "attempts": [self._attempt(attempt) for attempt in device.attempts],
        }

    def _finding(self, finding: Finding) -> FindingView:
        key = (
            finding.list, finding.title, finding.status, finding.kind, finding.reference, finding.since,
            finding.statement, finding.entity, finding.reason, finding.would_change, finding.effective, finding.also,
        )  # fmt: skip
        worded = self._findings.get(key)
        if worded is None:
            worded = self._findings[key] = _finding(self._texts, finding)
        _ = self._texts
        return {**worded, "check": visible(_.tell(finding.check_by_hand))}

    def _evidence(self, item: Evidence) -> EvidenceView:
        key = (item.fingerprint, item.strength, item.weight, item.field, item.reason, item.reference)
        rule = self._rules.get(key)
        if rule is None:
            rule = self._rules[key] = _rule(self._texts, item)
        return {
            **rule,
            "says": visible(item.says),
            "value": evidence_value(item).replace("␊", "␊\n"),  # the line breaks are seen as lines, and as bytes
            "source": evidence_source(item),
            "digest": visible(item.digest),
        }

    def _attempt(self, tried: Attempt) -> tuple[str, str, str, str]:
        key = tried.by, tried.outcome, tried.detail
        worded = self._tried.get(key)
        if worded is None:
            _ = self._texts
            worded = visible(tried.by), outcome_word(_, tried.outcome), visible(_.tell(tried.detail))
            if len(self._tried) < DETAILS_KEPT:
                self._tried[key] = worded
        by, outcome, detail = worded
        return by, endpoint(tried.address, tried.port), outcome, detail


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
        "check": "",  # of each device its own
    }


def _rule(_: Texts, item: Evidence) -> RuleView:
    return {
        "strength": f"{strength_word(_, item.strength)} {_.decimal(item.weight)}",
        "field": visible(item.field),
        "rule": visible(item.fingerprint),
        "reason": visible(item.reason),
        "reference": visible(item.reference),
    }
