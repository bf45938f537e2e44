"""Makes a cell safe for a program that runs what looks like a formula; never drops what it makes harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from reports.visible import visible

CELL_CAP: Final = 32_000
"""Characters of a cell. Spreadsheets cut at 32,767 without a word; we cut before and say so."""

_SIGN: Final = r"""(?=[\s"']*[=+\-@＝＋－＠]|[\t\r\n])"""
_BEGINNING: Final = re.compile(_SIGN)
_AFTER_SEPARATOR: Final = re.compile(f"([;,]){_SIGN}")
"""Where a spreadsheet begins to read a formula: at the start of a cell, and after a separator, since a program set to
the other separator cuts cells there. The full-width forms count as formulas in East Asian settings. Two patterns: one
that looks for a few signs is found in a tenth of the time of one that looks for a beginning, too."""


_MARKED: Final = r"\1'"
"""The separator with the apostrophe that makes harmless what follows."""


def neutral(cell: str) -> str:
    """Return the cell with controls made visible and an apostrophe before whatever could start a formula."""
    if not cell[:1].isalnum() and _BEGINNING.match(cell):
        cell = f"'{_AFTER_SEPARATOR.sub(_MARKED, cell)}"
    elif ";" in cell or "," in cell:
        cell = _AFTER_SEPARATOR.sub(_MARKED, cell)
    text = visible(cell)
    return text if len(text) <= CELL_CAP else f"{text[:CELL_CAP]}…"


def write_rows(rows: Iterable[Iterable[str]], separator: str = ",") -> Iterator[str]:
    """Each row as its line (RFC 4180), whose cells are no formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([neutral(cell) for cell in row])
        yield out.getvalue()
