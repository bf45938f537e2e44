"""Checks one paper file from bytes to a judged list, and says what it did not read. The paper half of the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from scanner.model import Device, Status
from scanner.paper.columns import Column, Layout, guess_columns
from scanner.paper.csv_table import read_csv
from scanner.paper.entries import Skipped, read_entries
from scanner.paper.judgement import PaperRow, judge_entry
from scanner.paper.knowledge import Knowledge
from scanner.paper.reconciliation import Reconciliation, reconcile
from scanner.paper.table import PaperError, Table
from scanner.paper.xlsx_table import read_xlsx
from scanner.policy_list import Policy

MACRO_NAMES: Final = (".xlsm", ".xltm", ".xlsb", ".xls")
"""Workbooks that may hold macros, or that are no ZIP of XML."""


@dataclass(frozen=True, slots=True)
class SheetReading:
    """How one sheet was read: what the person who runs the check is shown before the answers."""

    table: str
    columns: tuple[str, ...]  # one line per column found
    notes: tuple[str, ...]
    rows: int
    used: bool  # False: no column with brand, model or description was found


@dataclass(frozen=True, slots=True)
class PaperList:
    """A judged list. `counts` are rows by status, `units` the numbers on the rows that are devices."""

    name: str
    sheets: tuple[SheetReading, ...]
    rows: tuple[PaperRow, ...]
    skipped: tuple[Skipped, ...]
    counts: Mapping[Status, int]
    units: Mapping[Status, int]
    summary: tuple[str, ...]
    reconciliation: Reconciliation | None = None


def read_tables(data: bytes, name: str) -> tuple[Table, ...]:
    """The sheets of a .csv or .xlsx file. Raises PaperError."""
    lowered = name.lower()
    if lowered.endswith(MACRO_NAMES):
        raise PaperError(
            f"{name}: this kind of workbook may hold macros or is of the old format; save it as .xlsx or .csv"
        )
    if lowered.endswith(".xlsx") or data.startswith(b"PK\x03\x04"):
        return read_xlsx(data, name)
    return (read_csv(data, name),)


def check_list(
    data: bytes,
    name: str,
    policies: Sequence[Policy],
    known: Knowledge,
    as_of: date,
    chosen: Mapping[Column, str] | None = None,
    devices: Sequence[Device] | None = None,
) -> PaperList:
    """Judge every row of the file, and hold it against the devices of a run where they are given.

    `chosen` corrects the columns guessed. Raises PaperError where the file, a date or a chosen column cannot be used,
    or where no sheet has a column with brand, model or description.
    """
    tables = read_tables(data, name)
    if not tables:
        raise PaperError(f"{name} has no rows")
    layouts = [guess_columns(table, known, chosen if len(tables) == 1 else _fitting(table, chosen)) for table in tables]
    sheets = tuple(_sheet(table, layout) for table, layout in zip(tables, layouts, strict=True))
    if not any(sheet.used for sheet in sheets):
        raise PaperError(_no_columns(tables))
    rows, skipped = _judge(tables, layouts, policies, known, as_of)
    found = reconcile(rows, devices) if devices is not None else None
    counts, units = Counter[Status](), Counter[Status]()
    for row in rows:
        counts[row.status] += 1
        units[row.status] += (row.entry.quantity or 0) if row.of_interest else 0
    return PaperList(name, sheets, rows, skipped, counts, units, _summarise(rows), found)


def _judge(
    tables: Sequence[Table], layouts: Sequence[Layout], policies: Sequence[Policy], known: Knowledge, as_of: date
) -> tuple[tuple[PaperRow, ...], tuple[Skipped, ...]]:
    rows: list[PaperRow] = []
    skipped: list[Skipped] = []
    for table, layout in zip(tables, layouts, strict=True):
        if not layout.usable:
            skipped += [Skipped(table.name, row.number, "no column of this sheet was recognised") for row in table.rows]
            continue
        for entry in read_entries(table, layout, known):
            if isinstance(entry, Skipped):
                skipped.append(entry)
            else:
                rows.append(judge_entry(entry, policies, known.makers, as_of))
    return tuple(rows), tuple(skipped)


def _fitting(table: Table, chosen: Mapping[Column, str] | None) -> dict[Column, str]:
    """In a workbook of several sheets a choice holds where the sheet has such a column."""
    cells = {cell.casefold() for row in table.rows for cell in row.cells}
    return {
        column: text for column, text in (chosen or {}).items() if text.isdigit() or text.casefold() in cells | {"none"}
    }


def _sheet(table: Table, layout: Layout) -> SheetReading:
    return SheetReading(table.name, layout.describe(), table.notes, len(table.rows), layout.usable)


def _no_columns(tables: Sequence[Table]) -> str:
    first = ", ".join(repr(cell) for cell in tables[0].rows[0].cells[:12])
    return (
        f"{tables[0].name}: no column with a brand, a model or a description was recognised "
        f"(the first row is {first}); say which it is, for example --column model=3"
    )


def _summarise(rows: Sequence[PaperRow]) -> tuple[str, ...]:
    """Plain sentences on the list as a whole: coaxial cameras, and what hides behind the recorders."""
    coaxial = sum(row.entry.quantity or 1 for row in rows if row.entry.coaxial)
    recorders = [row for row in rows if row.entry.kind == "recorder"]
    sentences = []
    if coaxial:
        what = f"{_count(coaxial, 'coaxial camera')} on paper can never be found on the network"
        sentences.append(f"{what}; the channels of their recorders stand for them.")
    if recorders:
        sentences.append(_recorders(recorders))
    aside = sum(not row.of_interest for row in rows)
    if aside:
        what = "are parts or work and no devices" if aside > 1 else "is a part or work and no device"
        sentences.append(f"{_count(aside, 'row')} {what} of their own: disks, cables, mounts, power, assembly.")
    return tuple(sentences)


def _recorders(rows: Sequence[PaperRow]) -> str:
    units = sum(row.entry.quantity or 1 for row in rows)
    channels = sum((row.entry.channels or 0) * (row.entry.quantity or 1) for row in rows)
    unknown = sum(row.entry.channels is None for row in rows)
    aside = f", and {_count(unknown, 'row')} of recorders gives no number of channels" if unknown else ""
    return f"{_count(units, 'recorder')} on paper, behind which up to {channels} cameras hide{aside}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
