"""Makes a cell safe for a program that runs what looks like a formula; never drops what it makes harmless."""

from __future__ import annotations

import re
from typing import Final

from reports.visible import visible

CELL_CAP: Final = 32_000
"""Characters of a cell. Spreadsheets cut at 32,767 without a word; we cut before and say so."""

_FORMULA: Final = re.compile(r"""(^|[;,])(?=[\s"']*[=+\-@＝＋－＠]|[\t\r\n])""")
"""Where a spreadsheet begins to read a formula: at the start of a cell, and after a separator, since a program set to
the other separator cuts cells there. The full-width forms count as formulas in East Asian settings."""


def neutral(cell: str) -> str:
    """Return the cell with controls made visible and an apostrophe before whatever could start a formula."""
    text = visible(_FORMULA.sub(r"\1'", cell))
    return text if len(text) <= CELL_CAP else f"{text[:CELL_CAP]}…"
