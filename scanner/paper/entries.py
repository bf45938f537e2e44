"""Turns the rows of a table into entries: what somebody wrote of one thing. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from scanner.grammar import ModelReading
from scanner.paper.cells import ADDRESS, EMPTY, PaperDate, parse_date, parse_mac, parse_quantity
from scanner.paper.columns import Column, Layout
from scanner.paper.items import find_kind, read_channels
from scanner.paper.knowledge import Knowledge
from scanner.paper.table import PaperError, Row, Table
from scanner.paper.vocabulary import Vocabulary, fold

LONGEST_DESCRIPTION: Final = 2_000
"""Characters of a description that are searched for words and names."""


_UNIT: Final = (Column.MAC, Column.SERIAL, Column.IP)
"""Columns that name one unit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on paper, as written and as read."""

    table: str
    row: int
    brand: str  # as written in the brand column, or found in the text
    model: str  # as written
    description: str
    quantity: int | None
    acquired: date | None
    serial: str
    mac: str | None
    address: str | None
    location: str
    reading: ModelReading | None
    kind: str | None
    coaxial: bool  # said by the model or by words such as HDCVI
    channels: int | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not judged, and why."""

    table: str
    row: int
    why: str


def read_entries(table: Table, layout: Layout, known: Knowledge, *, unnamed: bool = False) -> Iterator[Entry | Skipped]:
    """Every row below the header as an entry, or as skipped and why. Raises PaperError for an unreadable date.

    `unnamed` keeps a row that names a unit by MAC, serial number or address alone: it cannot be judged, but dated.
    """
    body = table.rows[layout.header + 1 :] if layout.header is not None else table.rows
    above = table.rows[: layout.header] if layout.header is not None else ()
    for row in above:
        yield Skipped(table.name, row.number, "above the header")
    for row in body:
        yield _read_row(table, row, layout, known, unnamed=unnamed)


def _read_row(table: Table, row: Row, layout: Layout, known: Knowledge, *, unnamed: bool) -> Entry | Skipped:
    cells = {column: _filled(row.cell(layout.index(column))) for column in Column}
    brand, model, description = cells[Column.BRAND], cells[Column.MODEL], cells[Column.DESCRIPTION]
    if not (brand or model or description or (unnamed and any(cells[column] for column in _UNIT))):
        return Skipped(table.name, row.number, "no brand, no model and no description")
    if not (brand or model) and _is_total(description, known.vocabulary):
        return Skipped(table.name, row.number, "a line of totals")
    return _make_entry(table, row, cells, known)


def _make_entry(table: Table, row: Row, cells: dict[Column, str], known: Knowledge) -> Entry:
    model, description = cells[Column.MODEL], cells[Column.DESCRIPTION][:LONGEST_DESCRIPTION]
    text = " ".join(part for part in (cells[Column.BRAND], model, description) if part)
    brand = cells[Column.BRAND] or known.find_brand(f"{model} {description}")
    reading, from_prose = _read_model(model, description, brand, known)
    words = find_kind(fold(f"{description} {model}"), known.vocabulary)
    if from_prose and words is not None and words in known.vocabulary.parts:
        reading = None  # "hard disk for NVR5216": the model is of the thing it belongs to
    day = _read_date(table, row, cells[Column.DATE])
    return Entry(
        table=table.name,
        row=row.number,
        brand=brand,
        model=model or (reading.name if reading else ""),
        description=description,
        quantity=parse_quantity(cells[Column.QUANTITY]),
        acquired=day.day,
        serial=cells[Column.SERIAL],
        mac=parse_mac(cells[Column.MAC]),
        address=cells[Column.IP] if ADDRESS.fullmatch(cells[Column.IP]) else None,
        location=cells[Column.LOCATION],
        reading=reading,
        kind=_kind(reading, words),
        coaxial=_is_coaxial(reading, fold(text), words, known.vocabulary),
        channels=_channels(reading, words, fold(description), known.vocabulary),
        notes=_notes(cells, day.words, text),
    )


def _filled(text: str) -> str:
    return "" if text.strip().lower() in EMPTY else text.strip()


def _is_total(text: str, vocabulary: Vocabulary) -> bool:
    return fold(text).split(" ")[0].rstrip(":") in vocabulary.totals


def _read_model(model: str, description: str, brand: str, known: Knowledge) -> tuple[ModelReading | None, bool]:
    """The reading of the model cell, or of a model name in the description (then True)."""
    reading = known.grammar.classify_model(model, brand or None) or known.grammar.find_model(model, brand or None)
    if reading is not None:
        return reading, False
    found = known.grammar.find_model(description, brand or None)
    return found, found is not None


def _kind(reading: ModelReading | None, words: str | None) -> str | None:
    if reading is not None and reading.kind not in (None, "other"):
        return reading.kind
    return words


def _is_coaxial(reading: ModelReading | None, folded: str, words: str | None, vocabulary: Vocabulary) -> bool:
    if reading is not None and reading.ip_device is not None:
        return reading.product == "analog-hd-camera"
    kind = _kind(reading, words)
    return kind == "camera" and vocabulary.coaxial.search(folded) is not None


def _channels(reading: ModelReading | None, words: str | None, folded: str, vocabulary: Vocabulary) -> int | None:
    if _kind(reading, words) != "recorder":
        return None
    if reading is not None and reading.channels is not None:
        return reading.channels
    return read_channels(folded, vocabulary)


def _read_date(table: Table, row: Row, text: str) -> PaperDate:
    try:
        return parse_date(text)
    except PaperError as error:
        hint = 'mend the cell, or leave the column out with "date=none"'
        raise PaperError(f"{table.name}, row {row.number}: {error}; {hint}") from error


def _notes(cells: dict[Column, str], date_words: str, text: str) -> tuple[str, ...]:
    notes = []
    if date_words:
        notes.append(f"Date of purchase: {date_words}.")
    if cells[Column.MAC] and parse_mac(cells[Column.MAC]) is None:
        notes.append(f"{cells[Column.MAC][:40]!r} is no MAC address and was not used.")
    if cells[Column.QUANTITY] and parse_quantity(cells[Column.QUANTITY]) is None:
        notes.append(f"{cells[Column.QUANTITY][:40]!r} is no quantity; the row counts as one thing of unknown number.")
    if _COMPLIANT.search(text):
        notes.append('"NDAA compliant" speaks of the five companies of s.889 alone; other lists name others.')
    return tuple(notes)


_COMPLIANT: Final = re.compile(r"\bNDAA\b", re.IGNORECASE)
