"""Finds which column holds the brand, the model, the quantity and so on; shows its guess, takes corrections.

Headers are believed first, contents fill the gaps. Nothing is guessed silently: `Layout.describe` says how each column
was found, and whoever runs the check may map any column by hand.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.paper.cells import ADDRESS, HARDWARE_ADDRESS, parse_date, parse_quantity
from scanner.paper.knowledge import Knowledge
from scanner.paper.table import PaperError, Row, Table
from scanner.paper.vocabulary import Vocabulary, fold

HEADER_ROWS: Final = 25
"""Rows among which the header is looked for; letterheads and titles stand above it."""

SAMPLE: Final = 200
"""Rows whose contents are looked at."""

ENOUGH: Final = 0.3
"""Share of the filled cells that must look right for a column to be recognised by its contents."""


class Column(StrEnum):
    """What a column may hold."""

    MAC = "mac"
    IP = "ip"
    SERIAL = "serial"
    BRAND = "brand"
    MODEL = "model"
    QUANTITY = "quantity"
    DATE = "date"
    LOCATION = "location"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table holds what. `header` is the position of the header among the rows, None without one."""

    header: int | None
    columns: Mapping[Column, int]
    how: Mapping[Column, str]

    def index(self, column: Column) -> int | None:
        return self.columns.get(column)

    @property
    def usable(self) -> bool:
        """Brand, model or description: without one of them nothing can be judged."""
        return any(column in self.columns for column in (Column.BRAND, Column.MODEL, Column.DESCRIPTION))

    def describe(self) -> tuple[str, ...]:
        """One line per column found, for the person who runs the check."""
        return tuple(
            f"{column.value}: column {self.columns[column] + 1}, {self.how[column]}"
            for column in Column
            if column in self.columns
        )


def guess_columns(table: Table, known: Knowledge, chosen: Mapping[Column, str] | None = None) -> Layout:
    """The layout of a table; `chosen` maps columns to a header text or a number from 1 ("none" switches one off).

    Raises PaperError where a chosen column does not exist.
    """
    header = _find_chosen_header(table, chosen or {})
    header = header if header is not None else _find_header(table, known.vocabulary)
    named = _by_header(table.rows[header], known.vocabulary) if header is not None else {}
    columns = {column: index for column, (index, _) in named.items()}
    how = {column: f"by its header {text!r}" for column, (_, text) in named.items()}
    body = table.rows[header + 1 :] if header is not None else table.rows
    for column, index in _by_content(body[:SAMPLE], table.width, known, set(columns.values()), columns).items():
        columns[column], how[column] = index, "by its contents"
    for column, text in (chosen or {}).items():
        _choose(table, header, column, text, columns, how)
    return Layout(header, columns, how)


def parse_mapping(pairs: Sequence[str]) -> dict[Column, str]:
    """ "model=Typ", "brand=3", "date=none" as a mapping. Raises PaperError on anything else."""
    chosen: dict[Column, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        known = ", ".join(Column)
        if not separator or not value.strip() or name.strip().lower() not in set(Column):
            raise PaperError(
                f"{pair!r} maps no column; write COLUMN=HEADER or COLUMN=NUMBER, with COLUMN one of {known}"
            )
        chosen[Column(name.strip().lower())] = value.strip()
    return chosen


def _find_header(table: Table, vocabulary: Vocabulary) -> int | None:
    """The row with the most cells that are known headers, two at least; or one, when it stands in the first rows."""
    best, best_count = None, 0
    for position, row in enumerate(table.rows[:HEADER_ROWS]):
        count = len(_by_header(row, vocabulary))
        if count > best_count:
            best, best_count = position, count
    return best if best_count >= 2 or (best_count == 1 and best == 0) else None


def _find_chosen_header(table: Table, chosen: Mapping[Column, str]) -> int | None:
    """The first row in which a header chosen by its text stands."""
    texts = {fold(text) for text in chosen.values() if not text.isdigit()} - {"none"}
    for position, row in enumerate(table.rows[:HEADER_ROWS]):
        if texts & {fold(cell) for cell in row.cells}:
            return position
    return None


def _by_header(row: Row, vocabulary: Vocabulary) -> dict[Column, tuple[int, str]]:
    """Columns recognised in one row: an exact header beats one that only begins with a known word."""
    found: dict[Column, tuple[int, str]] = {}
    taken: set[int] = set()
    for exact in (True, False):
        for column in Column:
            if column in found:
                continue
            for index, text in enumerate(row.cells):
                if index in taken or (not exact and _names_several(text, vocabulary)):
                    continue
                if _is_header(text, vocabulary.columns[column.value], exact=exact):
                    found[column] = (index, text)
                    taken.add(index)
                    break
    return found


def _names_several(text: str, vocabulary: Vocabulary) -> bool:
    """ "Brand and model": a header over two matters at once, which only the contents can settle."""
    words = set(re.split(r"[\s/,()]+", fold(text)))
    return sum(not words.isdisjoint(known) for known in vocabulary.columns.values()) > 1


def _is_header(text: str, words: frozenset[str], *, exact: bool) -> bool:
    folded = fold(text).rstrip(".:*").strip()
    bare = re.sub(r"\s*[(\[].*$", "", folded).rstrip(".:").strip()
    if exact:
        return folded in words or bare in words
    return len(folded) <= 40 and any(bare.startswith(word + " ") for word in words if len(word) > 3)


def _by_content(
    rows: Sequence[Row], width: int, known: Knowledge, taken: set[int], found: Mapping[Column, int]
) -> dict[Column, int]:
    """Columns recognised by what stands in them, the most telling contents first."""
    tests: tuple[tuple[Column, Callable[[str], bool]], ...] = (
        (Column.MAC, lambda text: HARDWARE_ADDRESS.fullmatch(text) is not None),
        (Column.IP, lambda text: ADDRESS.fullmatch(text) is not None),
        (Column.MODEL, lambda text: known.grammar.classify_model(text) is not None),
        (Column.BRAND, lambda text: known.makers.maker(text) is not None or known.makers.brand(text) is not None),
        (Column.DATE, _is_full_date),
    )
    guessed: dict[Column, int] = {}
    for column, test in tests:
        if column in found:
            continue
        index = _best_column(rows, width, taken, test)
        if index is not None:
            guessed[column] = index
            taken.add(index)
    guessed.update(_by_shape(rows, width, taken, {*found, *guessed}))
    return guessed


def _by_shape(rows: Sequence[Row], width: int, taken: set[int], found: set[Column]) -> dict[Column, int]:
    """Small whole numbers are a quantity, unless they only count the rows; the longest texts are the description."""
    guessed: dict[Column, int] = {}
    if Column.QUANTITY not in found:
        counting = {index for index in range(width) if _counts_rows([row.cell(index) for row in rows])}
        index = _best_column(rows, width, taken | counting, lambda text: parse_quantity(text) is not None)
        if index is not None:
            guessed[Column.QUANTITY] = index
            taken.add(index)
    if Column.DESCRIPTION not in found:
        lengths = {
            i: sum(len(row.cell(i)) for row in rows if not row.cell(i).isdigit())
            for i in range(width)
            if i not in taken
        }
        index = max(lengths, key=lambda i: (lengths[i], -i), default=None)
        if index is not None and rows and lengths[index] / len(rows) >= 6:
            guessed[Column.DESCRIPTION] = index
    return guessed


def _best_column(rows: Sequence[Row], width: int, taken: set[int], test: Callable[[str], bool]) -> int | None:
    best, best_share = None, ENOUGH
    for index in range(width):
        filled = [row.cell(index) for row in rows if row.cell(index)]
        if index in taken or not filled:
            continue
        share = sum(test(text) for text in filled) / len(filled)
        if share > best_share:
            best, best_share = index, share
    return best


def _counts_rows(cells: Sequence[str]) -> bool:
    numbers = [int(text) for text in (cell.rstrip(".") for cell in cells) if text.isdigit() and len(text) < 7]
    return len(numbers) > 1 and numbers[0] <= 1 and all(b - a == 1 for a, b in itertools.pairwise(numbers))


def _is_full_date(text: str) -> bool:
    try:
        return parse_date(text).day is not None and not text.isdigit()
    except PaperError:
        return False


def _choose(
    table: Table, header: int | None, column: Column, text: str, columns: dict[Column, int], how: dict[Column, str]
) -> None:
    if fold(text) == "none":
        columns.pop(column, None)
        how.pop(column, None)
        return
    index = _column_named(table, header, text)
    for other in [c for c, i in columns.items() if i == index and c is not column]:
        del columns[other], how[other]
    columns[column], how[column] = index, f"chosen as {text!r}"


def _column_named(table: Table, header: int | None, text: str) -> int:
    cells = table.rows[header].cells if header is not None else ()
    for index, cell in enumerate(cells):
        if fold(cell) == fold(text):
            return index
    if text.isdigit() and 1 <= int(text) <= table.width:
        return int(text) - 1
    there = ", ".join(repr(cell) for cell in cells if cell) or "no headers"
    raise PaperError(f"{table.name} has no column {text!r}; there are {table.width} columns: {there}")
