"""Holds a newly measured page against the published one and names every figure that got worse; measures nothing.

Both are texts as `benchmarks.tables` writes them. A figure is a cell that says "N of M".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SHOULD_NOT_FALL: Final = frozenset({
    "Devices found", "Positives found", "Found (recall)", "Rightly (precision)", "Maker right", "Brand right",
    "Both right", "Other makers named rightly",
})  # fmt: skip
"""Columns whose share is the better the higher it is."""

SHOULD_NOT_RISE: Final = frozenset({"False alarms", "Other makers named wrongly"})
"""Columns whose share is the better the lower it is."""

VALUES: Final = "Value"
"""The column of the first table, whose rows say in words which way is better."""

NOT_OURS: Final = ("Search for", "Time for")
"""Beginnings of rows that say nothing of how often this program is right."""

EXAMPLES_DECIDE: Final = "without those"
"""Beginning of rows that fall when a rule is given one more example, which is no fault; accuracy.json bounds them."""

GROWING: Final = "A second set"
"""Beginning of the section on a set that lines are added to; its figures compare only while it is the same set."""

SLACK: Final = 1e-9

_SET: Final = re.compile(r"^\d+ labelled observations of \d+ devices", re.MULTILINE)
_FIGURE: Final = re.compile(r"(\d+) of (\d+)")

Place = tuple[str, str, str]
"""Section, row and column."""


def is_same_set(published: str, measured: str) -> bool:
    """True when both pages speak of a set of the same size; figures of two sets cannot be held against each other."""
    first, second = _SET.search(published), _SET.search(measured)
    return first is not None and second is not None and first[0] == second[0]


def find_worse(published: str, measured: str) -> list[str]:
    """Every figure of the published page that is worse in the measured one, or missing there, in words."""
    now = dict(_read_figures(measured))
    worse = []
    for place, before in _read_figures(published):
        direction = _tell_direction(place)
        if place[0].startswith(GROWING) and place in now and now[place][1] != before[1]:
            continue
        if direction and (place not in now or direction * (_share(now[place]) - _share(before)) < -SLACK):
            after = "{} of {}".format(*now[place]) if place in now else "missing"
            worse.append(f"{' / '.join(place)}: published {before[0]} of {before[1]}, now {after}")
    return worse


def _tell_direction(place: Place) -> int:
    """1 for what should not fall, -1 for what should not rise, 0 for what is no measure of ours."""
    _, row, column = place
    if row.startswith(EXAMPLES_DECIDE):
        return -1 if column in SHOULD_NOT_RISE else 0
    if column == VALUES:
        if row.startswith(NOT_OURS):
            return 0
        return -1 if "alse alarms" in row or "wrongly" in row else 1
    return (column in SHOULD_NOT_FALL) - (column in SHOULD_NOT_RISE)


def _share(figure: tuple[int, int]) -> float:
    count, of = figure
    return count / of if of else 0.0


def _read_figures(page: str) -> Iterator[tuple[Place, tuple[int, int]]]:
    section, head = "", []
    for line in page.splitlines():
        if line.startswith("## "):
            section, head = line[3:], []
        elif line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not head:
                head = cells
            for column, cell in zip(head, cells, strict=False):
                if (found := _FIGURE.match(cell)) is not None:
                    yield (section, cells[0], column), (int(found[1]), int(found[2]))
        else:
            head = []
