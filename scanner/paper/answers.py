"""The judged list as plain data and as lines for people; decides nothing, escapes nothing for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scanner.model import Finding, Status
from scanner.paper.check import PaperList
from scanner.paper.judgement import PaperRow
from scanner.paper.reconciliation import Line, Presence

SCHEMA: Final = "camcensus.paper/1"
"""Name and version of the JSON form; documented in docs/policies.md."""

NAMED: Final = 100
"""Devices written out that stand on no row: some two pages of a terminal."""

ROW_COLUMNS: Final = (
    "table", "row", "status", "brand", "model", "quantity", "kind", "maker", "standing", "visible", "of_interest",
    "channels", "acquired", "location", "lists", "reasons", "notes", "presence", "devices",
)  # fmt: skip
"""Columns of the CSV form, in order."""


def as_data(paper: PaperList) -> dict[str, Any]:
    """The list as JSON-able data: what was read, what was not, every answer with its reason."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "name": paper.name,
        "sheets": [
            {"table": s.table, "columns": list(s.columns), "notes": list(s.notes), "rows": s.rows, "used": s.used}
            for s in paper.sheets
        ],
        "summary": list(paper.summary),
        "counts": {status.value: paper.counts.get(status, 0) for status in Status},
        "units": {status.value: paper.units.get(status, 0) for status in Status},
        "rows": [_row(row) for row in paper.rows],
        "skipped": [{"table": s.table, "row": s.row, "why": s.why} for s in paper.skipped],
    }
    if paper.reconciliation is not None:
        found = paper.reconciliation
        data["reconciliation"] = {
            "rows": [_line(line) for line in found.lines],
            "found_and_not_on_paper": list(found.unlisted),
            "other_devices": found.others,
        }
    return data


def _row(row: PaperRow) -> dict[str, Any]:
    entry, identity = row.entry, row.identity
    return {
        "table": entry.table,
        "row": entry.row,
        "brand": entry.brand,
        "model": entry.model,
        "description": entry.description,
        "quantity": entry.quantity,
        "acquired": entry.acquired.isoformat() if entry.acquired else None,
        "location": entry.location,
        "kind": entry.kind,
        "maker": identity.maker,
        "standing": identity.standing.value,
        "status": row.status.value,
        "visible_on_a_network": row.visible,
        "of_interest": row.of_interest,
        "channels": entry.channels,
        "form": entry.reading.rule if entry.reading else None,
        "findings": [_finding(finding) for finding in row.findings],
        "notes": list(row.notes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "list": finding.list,
        "status": finding.status.value,
        "kind": finding.kind,
        "reference": finding.reference,
        "since": finding.since,
        "statement": finding.statement,
        "entity": finding.entity,
        "reason": finding.reason,
        "would_change": finding.would_change,
        "check_by_hand": finding.check_by_hand,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "table": line.row.entry.table,
        "row": line.row.entry.row,
        "presence": line.presence.value,
        "expected": line.expected,
        "devices": list(line.devices),
        "matched_by": line.how,
        "sentence": line.sentence,
    }


def as_rows(paper: PaperList) -> Iterator[tuple[str, ...]]:
    """One tuple of text per row of the list, in the order of ROW_COLUMNS."""
    lines = paper.reconciliation.lines if paper.reconciliation is not None else (None,) * len(paper.rows)
    for row, line in zip(paper.rows, lines, strict=True):
        entry, identity = row.entry, row.identity
        values: tuple[object, ...] = (
            entry.table, entry.row, row.status.value, entry.brand, entry.model, entry.quantity, entry.kind,
            identity.maker, identity.standing.value, row.visible, row.of_interest, entry.channels, entry.acquired,
            entry.location, "; ".join(f"{f.list}: {f.status.value}" for f in row.findings),
            " | ".join(f.reason for f in row.findings),
            " | ".join(row.notes), line.presence.value if line else "", " ".join(line.devices) if line else "",
        )  # fmt: skip
        yield tuple("" if value is None else str(value) for value in values)


def as_lines(paper: PaperList) -> Iterator[str]:
    """The list for a person: how it was read, what it is as a whole, then row by row with the reason."""
    for sheet in paper.sheets:
        yield f"{sheet.table}: {_count(sheet.rows, 'row')}" + (
            "" if sheet.used else "; no column recognised, not judged"
        )
        yield from (f"  {line}" for line in (*sheet.columns, *sheet.notes))
    if not paper.rows:
        yield "No row that could be judged was found."
    yield ""
    yield from paper.summary
    for row in paper.rows:
        yield ""
        yield _headline(row)
        yield from _findings(row)
        yield from (f"    {note}" for note in row.notes)
    yield from _skipped(paper)
    yield from _compared(paper)


def _headline(row: PaperRow) -> str:
    entry = row.entry
    what = " ".join(part for part in (entry.brand, entry.model or entry.description) if part)
    number = f"{entry.quantity} × " if entry.quantity is not None else ""
    return f"row {entry.row}: {row.status.value.replace('_', ' ')}: {number}{what}" + (
        f" ({entry.kind})" if entry.kind else ""
    )


def _findings(row: PaperRow) -> Iterator[str]:
    """The reason of the status, what would settle an open one, and what the other lists say in a word."""
    if not row.findings:
        yield "    No list that makes findings was chosen."
        return
    first = _weightiest(row)
    yield f"    {first.reason}"
    if row.status in (Status.SUSPECTED, Status.UNDETERMINED):
        yield f"    What would change this: {first.would_change}"
        yield f"    Check by hand: {first.check_by_hand}"
    others = [f"{f.list}: {f.status.value.replace('_', ' ')}" for f in row.findings if f is not first]
    if others:
        yield f"    Other lists: {', '.join(others)}"


def _weightiest(row: PaperRow) -> Finding:
    """The finding that gave the row its status."""
    return next(finding for finding in row.findings if finding.status is row.status)


def _skipped(paper: PaperList) -> Iterator[str]:
    if paper.skipped:
        yield ""
        yield f"Not judged: {_count(len(paper.skipped), 'row')}"
        yield from (f"  {s.table}, row {s.row}: {s.why}" for s in paper.skipped)


def _compared(paper: PaperList) -> Iterator[str]:
    found = paper.reconciliation
    if found is None:
        return
    yield ""
    yield "Against the run"
    for presence in Presence:
        lines = [line for line in found.lines if line.presence is presence]
        if lines:
            yield f"  {presence.value}: {_count(len(lines), 'row')}"
            yield from (f"    row {line.row.entry.row}: {line.sentence}" for line in lines)
    yield f"  found and not on paper: {_count(len(found.unlisted), 'device')}"
    yield from (f"    {name}" for name in found.unlisted_names[:NAMED])
    if len(found.unlisted_names) > NAMED:
        yield f"    and {len(found.unlisted_names) - NAMED} more, all of them in the JSON form"
    yield f"  other devices on the network, which no such list names: {found.others}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
