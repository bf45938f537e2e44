"""What stands on the pages of the PDF, as plain data for the template; decides nothing and words nothing twice.

Sentences, labels and cards are those of the HTML page. What is cut is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from reports.certificate import (
    count_by_status,
    count_findings,
    lists_in_order,
    other_notes,
    recorder_lines,
    say_count,
    segments_of,
    way_out_lines,
)
from reports.html.card import make_card
from reports.html.first_page import (
    GAPS_SHOWN,
    LISTS_SHOWN,
    RECORDERS_SHOWN,
    WAYS_SHOWN,
    coverage_numbers,
    make_tiles,
    maker_lines,
    run_facts,
)
from reports.messages import Texts
from reports.pdf.labels import make_labels
from reports.pdf.printable import breakable, printable
from reports.summary import SEVERITY, findings_in_order, in_order, summarise, whole_in_order
from reports.visible import excerpt, visible
from reports.wording import answer, coverage_verdict, device_key, device_label, headline, maker_name, note_line
from reports.words import kind_word, list_kind_word, outcome_word, status_meaning, status_word
from scanner.model import Device, PolicyInfo, Report, Status, SweepResult

INVENTORY_CAP: Final = 3_000
"""Devices in the table: some hundred sheets. What is left out is said on the page."""

TITLE_CAP: Final = 80
"""Characters of the scope in the document's title."""

GAP_CAP: Final = 160
REMARK_CAP: Final = 110
NAME_CAP: Final = 34
"""Characters on the first page of a gap, of a remark on the network, of a recorder's name: it is to stay one page."""

EVIDENCE_CAP: Final = 12
"""Lines of evidence on a card, those for the answer first: more only fills pages. The rest is counted."""

CARDS_CAP: Final = 1_000
"""Devices written out in full, the gravest first: a document of this size still opens and prints."""

Json = dict[str, Any]


def make_pages(_: Texts, report: Report, cards: int) -> Json:
    """Everything the template needs, with at most `cards` devices written out. Only texts the fonts can show."""
    ordered = in_order(report.brief)
    written = tuple(islice(whole_in_order(report), min(cards, CARDS_CAP)))
    found = count_findings(report)
    pages: Json = {
        "lang": _.manner.tag[:2],
        "began": _clock(report.run.started),
        "first": _first_page(_, report, found),
        "coverage": _coverage(_, report),
        "lists": [_policy(_, found, policy) for policy in lists_in_order(report)],
        "words": [{"status": s.value, "word": status_word(_, s), "meaning": status_meaning(_, s)} for s in SEVERITY],
        "inventory": [_row(_, report, device) for device in ordered[:INVENTORY_CAP]],
        "inventory_left": _left_out(_, len(ordered) - INVENTORY_CAP, len(ordered)),
        "cards": [_card(_, report, device) for device in written],
        "cards_left": _left_out(_, len(ordered) - len(written), len(ordered)),
        "labels": make_labels(_),
    }
    printed: Json = _printed(pages)
    return printed


def _printed(value: Any) -> Any:
    """The same data with every text made printable: the one place that none can pass by."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printed(item) for key, item in value.items()}
    return [_printed(item) for item in value] if isinstance(value, (list, tuple)) else value


def _clock(at: float | None) -> list[int] | None:
    """A time as the parts that the template makes a date of; None when it is not known."""
    if not at:
        return None
    return list(datetime.fromtimestamp(at, UTC).timetuple()[:6])


def _first_page(_: Texts, report: Report, found: Counter[tuple[str, Status]]) -> Json:
    counted, told, coverage = summarise(report), answer(_, report), report.coverage
    gaps = [visible(_.tell(gap)) for gap in coverage.gaps]
    lines = maker_lines(_, report, counted)
    recorder_rows, ways_out = _recorders(_, report), way_out_lines(_, report)
    date = _.moment(report.run.started)
    return {
        "title": _("Camera census {scope}, {date}", scope=excerpt(", ".join(report.run.scope), TITLE_CAP), date=date),
        "subject": _("Census of cameras and recorders"),
        "date": date,
        "answer": headline(_, report),
        "weight": told.weight.value if told.weight else "clean",
        "verdict": coverage_verdict(_, coverage),
        "complete": coverage.complete,
        "tiles": [
            {"status": tile.status, "word": tile.word, "number": tile.number, "meaning": tile.meaning}
            for tile in make_tiles(_, counted)
        ],
        "shares": [{"status": s.value, "count": counted.by_status[s]} for s in SEVERITY],
        "seen": _("Devices seen: {n}", n=_.number(counted.devices)),
        "numbers": [
            {"name": name, "word": word, "number": number, "meaning": meaning}
            for name, word, number, meaning in coverage_numbers(_, report)
        ],
        "addresses": [
            {"name": name, "count": getattr(coverage, name)} for name in ("answered", "silent", "failed", "excluded")
        ],
        "gaps": [_brief(gap, GAP_CAP) for gap in gaps[:GAPS_SHOWN]],
        "gaps_left": _("Further gaps: {n}", n=_.number(len(gaps) - GAPS_SHOWN)) if len(gaps) > GAPS_SHOWN else "",
        "makers": [
            {"label": label, "number": _.number(count.total), "counts": list(count.by_status)} for label, count in lines
        ],
        "makers_most": max((count.total for _label, count in lines), default=0),
        "recorders": [{**row, "label": _brief(row["label"], NAME_CAP)} for row in recorder_rows[:RECORDERS_SHOWN]],
        "recorders_left": _further_recorders(_, len(recorder_rows) - RECORDERS_SHOWN),
        "ways_out": [_brief(line, REMARK_CAP) for line in ways_out[:WAYS_SHOWN]],
        "ways_left": _further_remarks(_, len(ways_out) - WAYS_SHOWN),
        "lists": [_policy(_, found, policy) for policy in lists_in_order(report)[:LISTS_SHOWN]],
        "lists_left": _further_lists(_, len(report.policies) - LISTS_SHOWN),
        "facts": [[label, breakable(value)] for label, value in run_facts(_, report)],
    }


def _further_lists(_: Texts, left: int) -> str:
    return _("Further lists: {n}", n=_.number(left)) if left > 0 else ""


def _brief(sentence: str, cap: int) -> str:
    """A sentence as the first page bears it; the whole of it stands in the coverage after it."""
    return sentence if len(sentence) <= cap else f"{sentence[: cap - 1]}…"


def _recorders(_: Texts, report: Report) -> list[Json]:
    return [
        {"label": breakable(one.label), "address": breakable(one.address), "hides": one.hides}
        for one in recorder_lines(_, report)
    ]


def _further_recorders(_: Texts, left: int) -> str:
    return _("Further recorders: {n}", n=_.number(left)) if left > 0 else ""


def _further_remarks(_: Texts, left: int) -> str:
    return _("Further remarks: {n}", n=_.number(left)) if left > 0 else ""


def _policy(_: Texts, found: Counter[tuple[str, Status]], policy: PolicyInfo) -> Json:
    copy = visible(_.day(policy.copy_date))
    return {
        "title": visible(_.tell(policy.title)),
        "kind": list_kind_word(_, policy.kind),
        "copy": _("copy of {date}", date=copy),
        "count": say_count(_, found, policy),
        "tally": [[status, number] for status, _word, number in count_by_status(_, found, policy)] * policy.judges,
        "says_not": visible(_.tell(policy.says_not)),
        "facts": [
            [_("Issuer"), visible(policy.issuer)],
            [_("Kind"), list_kind_word(_, policy.kind)],
            [_("Reference"), visible(policy.reference)],
            *([[_("In effect since"), visible(_.day(policy.effective))]] if policy.effective else []),
            [_("Copy of"), copy],
            [_("Id"), visible(policy.id)],
        ],
    }


def _coverage(_: Texts, report: Report) -> Json:
    coverage = report.coverage
    return {
        "gaps": [visible(_.tell(gap)) for gap in coverage.gaps],
        "sweeps": [_sweep(_, sweep, segments_of(report, sweep.interface)) for sweep in coverage.sweeps],
        "recorders": _recorders(_, report),
        "ways_out": way_out_lines(_, report),
        "notes": [note_line(_, note) for note in other_notes(report)],
        "command": _("Command: {command}", command=breakable(visible(report.run.command))),
    }


def _sweep(_: Texts, sweep: SweepResult, segments: str) -> Json:
    numbers = (sweep.asked, sweep.answered, sweep.packets, sweep.drops)
    lost = _("As a consequence: {lost}", lost=visible(_.tell(sweep.lost))) if sweep.lost else ""
    return {
        "name": visible(sweep.sweep),
        "interface": visible(sweep.interface),
        "segments": breakable(segments),
        "outcome": outcome_word(_, sweep.outcome),
        "asides": [text for text in (visible(_.tell(sweep.detail)), lost) if text],
        "numbers": [*map(_.number, numbers), _.decimal(sweep.elapsed, 1)],
    }


def _row(_: Texts, report: Report, device: Device) -> Json:
    who = device.identity
    named = [f.list for f in findings_in_order(device) if f.status in (Status.COVERED, Status.SUSPECTED)]
    return {
        "status": device.status.value,
        "word": status_word(_, device.status),
        "device": breakable(device_label(_, report, device)),
        "kind": kind_word(_, who.kind),
        "maker": maker_name(report, who.maker) or "—",
        "address": breakable(device_key(device)),
        "mac": visible(next(iter(device.addresses.mac), "")),
        "serial": breakable(visible(who.serial or "—")),
        "lists": breakable(", ".join(visible(name) for name in dict.fromkeys(named))) or "—",
    }


def _card(_: Texts, report: Report, device: Device) -> Json:
    card = make_card(_, report, device)
    evidence = [
        {**item, "value": breakable(item["value"]), "source": breakable(item["source"])}
        for item in card["evidence"][:EVIDENCE_CAP]
    ]
    return {
        **card,
        "key": device_key(device),
        "facts": [[label, breakable(value)] for label, value in card["facts"]],
        "conflicts": [_("Conflict: {text}", text=text) for text in card["conflicts"]],
        "findings": [dict(_finding(_, dict(finding))) for finding in card["findings"]],
        "evidence": evidence,
        "evidence_left": _further_evidence(_, len(card["evidence"]) - EVIDENCE_CAP),
        "asked": _("What we asked it: {n} questions", n=len(card["attempts"])),
    }


def _further_evidence(_: Texts, left: int) -> str:
    return _("Further evidence, in the JSON and HTML reports: {n}", n=_.number(left)) if left > 0 else ""


def _finding(_: Texts, finding: Json) -> Iterator[tuple[str, Any]]:
    """The lines of one finding, each whole."""
    since = _("since {date}", date=finding["since"]) if finding["since"] else ""
    effect = _("in effect since {date}", date=finding["effective"]) if since and finding["effective"] else ""
    entity = _("named as {entity}", entity=finding["entity"]) if finding["entity"] else ""
    change = _("What would change this: {text}", text=finding["would_change"]) if finding["would_change"] else ""
    check = _("Check by hand: {text}", text=finding["check"]) if finding["check"] else ""
    yield from ((name, finding[name]) for name in ("status", "word", "title", "reason"))
    yield "about", _join(finding["kind"], finding["reference"], since, effect)
    yield "statement", _join(finding["statement"], entity)
    yield "asides", [text for text in (finding["also"], change, check) if text]


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _left_out(_: Texts, left: int, devices: int) -> str:
    if left <= 0:
        return ""
    return _(
        "Not written out here: {n} of {devices} devices, the least grave ones. They are in the JSON and CSV reports.",
        n=_.number(left),
        devices=_.number(devices),
    )
