"""The report as Markdown, for tickets, merge requests and wikis; never lets a device write a link, HTML or a mention.

What a device sent stands in code spans, where nothing is interpreted; sentences of ours are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from reports import Renderer, RenderOptions
from reports.certificate import count_findings, lists_in_order, recorder_lines, say_count, segments_of, way_out_lines
from reports.messages import Texts, texts
from reports.summary import SEVERITY, findings_in_order, in_order, summarise, whole_in_order
from reports.visible import excerpt, visible
from reports.wording import (
    all_addresses,
    also_named,
    answer,
    coverage_verdict,
    device_hidden,
    device_key,
    device_label,
    evidence_source,
    ledger_sentence,
    maker_name,
    off_scope_sentence,
)
from reports.words import (
    kind_word,
    list_kind_word,
    outcome_word,
    standing_word,
    status_word,
    strength_word,
)
from scanner.model import Device, Evidence, Finding, Report, Status

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~#!&])")
"""Characters that Markdown or the HTML in it gives a meaning to."""

_ADDRESS: Final = re.compile(r":(?=//)|www(?=\.)", re.IGNORECASE)
"""Where GitHub and GitLab begin to read a link without being asked to; a backslash behind it is not shown."""

_ENTITY: Final = re.compile(r"[!-/:-@\[-`{-~]")
"""All ASCII punctuation: as an entity it is shown, and means nothing."""

CELL_CAP: Final = 200
"""Characters of a value in a table cell; longer ones stand whole in the JSON report."""


def render(report: Report, options: RenderOptions) -> str:
    """The report as GitHub-flavoured Markdown."""
    return "".join(stream(report, options))


def stream(report: Report, options: RenderOptions) -> Iterator[str]:
    """Line by line."""
    _ = texts(options.locale)
    parts = (
        _headline(_, report),
        _coverage(_, report),
        _recorders(_, report),
        _ways_out(_, report),
        _lists(_, report),
        _inventory(_, report, options.rows),
        _proofs(_, report, options.rows),
    )
    return (f"{line}\n" for part in parts for line in part)


def plain(text: str) -> str:
    """Escape a sentence: it is shown as it is, on one line, links to nothing and mentions nobody."""
    return _ADDRESS.sub(r"\g<0>\\", _SPECIAL.sub(r"\\\1", visible(text))).replace("@", "@<!-- -->")


def code(text: str) -> str:
    """A code span around any text: nothing in it is interpreted. Its fence is longer than every fence in it."""
    shown = excerpt(text, CELL_CAP)
    if not shown.strip():
        return ""
    if "|" in shown:  # a bar would end a table's cell, and escaping it can be undone by a backslash before it
        return f"<code>{_ENTITY.sub(lambda found: f'&#{ord(found.group())};', shown)}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    gap = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(' --- ' for _head in heads)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _heading(text: str) -> tuple[str, str]:
    return f"## {text}", ""


def _headline(_: Texts, report: Report) -> Iterator[str]:
    counted = summarise(report)
    run = report.run
    yield from (f"# {plain(answer(_, report).sentence)}", "")
    yield from (plain(coverage_verdict(_, report.coverage)), "")
    heads = [status_word(_, status) for status in SEVERITY] + [_("Hidden channels"), _("Devices seen")]
    numbers = [counted.by_status[status] for status in SEVERITY] + [counted.hidden_channels, counted.devices]
    yield from _table(heads, [[_.number(n) for n in numbers]])
    yield from _facts(
        (_("Scope"), _.list(tuple(code(text) for text in run.scope))),
        (_("Excluded"), _.list(tuple(code(text) for text in run.excluded))),
        (_("Authorised by"), plain(run.authorised_by)),
        (_("Sensed"), _.moment(run.started)),
        (_("Judged as of"), plain(_.day(report.as_of))),
        (_("Run"), code(run.id)),
        (_("Program"), code(f"camcensus {run.version}")),
        (_("Fingerprints"), code(report.fingerprints)),
    )


def _facts(*facts: tuple[str, str]) -> Iterator[str]:
    for label, value in facts:
        if value:
            yield f"- {label}: {value}"
    yield ""


def _coverage(_: Texts, report: Report) -> Iterator[str]:
    coverage = report.coverage
    yield from _heading(_("What could not be seen"))
    sentences = [plain(_.tell(gap)) for gap in coverage.gaps]
    yield from (f"- {sentence}" for sentence in sentences or [_("No gap is known.")])
    yield ""
    yield from _table(
        (_("Sweep"), _("Interface"), _("Outcome"), _("Asked"), _("Answered"), _("Dropped")),
        (
            (
                code(s.sweep),
                code(" ".join(part for part in (s.interface, segments_of(report, s.interface)) if part)),
                outcome_word(_, s.outcome),
                *map(_.number, (s.asked, s.answered, s.drops)),
            )
            for s in coverage.sweeps
        ),
    )


def _recorders(_: Texts, report: Report) -> Iterator[str]:
    rows = [(code(one.label), code(one.address), plain(one.hides)) for one in recorder_lines(_, report)]
    yield from _heading(_("Recorders, and the cameras they may hide"))
    if rows:
        yield from _table((_("Device"), _("Address"), _("Channels")), rows)
    else:
        yield from (_("No recorder was seen."), "")
    yield from (_("Coaxial cameras have no address, and no scan finds them."), "")


def _ways_out(_: Texts, report: Report) -> Iterator[str]:
    lines = way_out_lines(_, report)
    if lines:
        yield from _heading(_("Is the network closed?"))
        yield from (*(f"- {plain(line)}" for line in lines), "")


def _lists(_: Texts, report: Report) -> Iterator[str]:
    yield from _heading(_("Lists applied"))
    if not report.policies:
        yield from (_("No list was applied."), "")
    found = count_findings(report)
    for policy in lists_in_order(report):
        date = _("copy of {date}", date=plain(_.day(policy.copy_date)))
        counted = plain(say_count(_, found, policy))
        about = "; ".join((counted, plain(list_kind_word(_, policy.kind)), plain(policy.reference), date))
        yield f"- **{plain(_.tell(policy.title))}** ({about}). {plain(_.tell(policy.says_not))}"
    yield ""


def _inventory(_: Texts, report: Report, rows: int) -> Iterator[str]:
    ordered = in_order(report.brief)
    yield from _heading(_("Devices"))
    yield from _table(
        (_("Status"), _("Device"), _("Kind"), _("Maker"), _("Address"), _("MAC"), _("Serial number"), _("Lists")),
        (_row(_, report, device) for device in ordered[:rows]),
    )
    if len(ordered) > rows:
        left = _.number(len(ordered) - rows)
        yield from (_("Not shown here, but in the other reports: {n} devices", n=left), "")


def _row(_: Texts, report: Report, device: Device) -> Sequence[str]:
    named = tuple(code(f.list) for f in findings_in_order(device) if f.status in (Status.COVERED, Status.SUSPECTED))
    return (
        status_word(_, device.status),
        code(device_label(_, report, device)),
        plain(kind_word(_, device.identity.kind)),
        plain(maker_name(report, device.identity.maker)),
        code(device_key(device)),
        code(next(iter(device.addresses.mac), "")),
        code(device.identity.serial or ""),
        _.list(named),
    )


def _proofs(_: Texts, report: Report, rows: int) -> Iterator[str]:
    """A section for each device that somebody must act on or look at."""
    for device in islice(whole_in_order(report), rows):
        if device.status in (Status.COVERED, Status.SUSPECTED) or device.identity.conflicts:
            yield from _proof(_, report, device)


def _proof(_: Texts, report: Report, device: Device) -> Iterator[str]:
    who = device.identity
    yield from (f"### {code(device_label(_, report, device))} {code(device_key(device))}", "")
    yield from _facts(
        (_("Status"), status_word(_, device.status)),
        (
            _("Maker"),
            f"{plain(maker_name(report, who.maker))} ({standing_word(_, who.standing)}, {_.decimal(who.confidence)})",
        ),
        (_("Brand"), plain(maker_name(report, who.brand))),
        (_("Model"), code(who.model or "")),
        (_("Firmware"), code(who.firmware or "")),
        (_("Serial number"), code(who.serial or "")),
        (_("Addresses"), _.list(tuple(code(text) for text in all_addresses(device.addresses)))),
    )
    yield from (line for finding in findings_in_order(device) for line in _finding(_, finding))
    notes = [_("Conflict: {text}", text=_.tell(conflict.text)) for conflict in who.conflicts]
    notes += [
        off_scope_sentence(_, device),
        device_hidden(_, device),
        *map(_.tell, who.hints),
        ledger_sentence(_, device.ledger),
    ]
    yield from (f"- {plain(note)}" for note in dict.fromkeys(notes) if note)
    yield ""
    heads = (_("Says"), _("What was read"), _("Field"), _("Where"), _("Weighs"), "SHA-256")
    yield from _table(heads, (_evidence(_, item) for item in who.evidence))


def _finding(_: Texts, finding: Finding) -> Iterator[str]:
    since = _("since {date}", date=_.day(finding.since)) if finding.since else ""
    differs = finding.since and finding.effective and finding.effective != finding.since
    effect = _("in effect since {date}", date=_.day(finding.effective or "")) if differs else ""
    known = [plain(text) for text in (finding.reference, since, effect) if text]
    about = f"{plain(_.tell(finding.title))} ({', '.join(known)})"
    yield f"- **{status_word(_, finding.status)}**: {about}. {plain(_.tell(finding.reason))}"
    if finding.also:
        yield f"  - {plain(also_named(_, finding))}"
    if finding.would_change:
        change = _("What would change this: {text}", text=_.tell(finding.would_change))
        yield f"  - {plain(change)}"
    if finding.check_by_hand:
        check = _("Check by hand: {text}", text=_.tell(finding.check_by_hand))
        yield f"  - {plain(check)}"


def _evidence(_: Texts, item: Evidence) -> Sequence[str]:
    return (
        code(item.says),
        code(item.value),
        code(item.field),
        code(evidence_source(item)),
        code(f"{strength_word(_, item.strength)} {_.decimal(item.weight)}"),
        code(item.digest),
    )


RENDERER: Final = Renderer("markdown", "md", "text/markdown; charset=utf-8", render, stream)
