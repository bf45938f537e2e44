"""A sheet of text cells and the caps on it; knows no file format and no column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LARGEST_FILE: Final = 32 * 1024 * 1024
"""Bytes. A tender of a whole ministry has a few hundred kilobytes; more is a mistake, and would fill the memory."""

MOST_ROWS: Final = 100_000
"""Rows with content in one sheet: an inventory of a country's police fits."""

MOST_COLUMNS: Final = 200
"""Columns of one sheet; wider sheets are not lists of equipment."""

LONGEST_CELL: Final = 32_767
"""Characters: what Excel itself allows in a cell."""

LONGEST_SHOWN: Final = 60
"""Characters of a cell that a message repeats."""


class PaperError(ValueError):
    """The file cannot be used as it is; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with content; `number` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int | None) -> str:
        """The text of a cell, empty where the row is shorter or there is no such column."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name as messages print it ("tender.xlsx, sheet Lot 1"), its rows, and what to know of it."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


def gather_rows(numbered: Iterable[tuple[int, list[str]]], name: str) -> tuple[Row, ...]:
    """The rows with content, trimmed. Raises PaperError past a cap, naming the row."""
    rows: list[Row] = []
    for number, cells in numbered:
        for column, text in enumerate(cells, 1):
            if len(text) > LONGEST_CELL:
                raise PaperError(
                    f"{name}, row {number}, column {column}: a cell of {len(text)} characters "
                    f"(at most {LONGEST_CELL}); this is no list of equipment"
                )
        trimmed = tuple(" ".join(text.split()) for text in cells)
        while trimmed and not trimmed[-1]:
            trimmed = trimmed[:-1]
        if not trimmed:
            continue
        if len(trimmed) > MOST_COLUMNS:
            raise PaperError(f"{name}, row {number}: {len(trimmed)} columns (at most {MOST_COLUMNS})")
        rows.append(Row(number, trimmed))
        if len(rows) > MOST_ROWS:
            raise PaperError(f"{name}: more than {MOST_ROWS} rows; split the file")
    return tuple(rows)


def check_size(data: bytes, name: str) -> None:
    """Raise PaperError for a file that is empty or over the cap."""
    if not data.strip():
        raise PaperError(f"{name} is empty")
    if len(data) > LARGEST_FILE:
        raise PaperError(f"{name} has {len(data)} bytes (at most {LARGEST_FILE}); split the file")
