"""Writes measured figures as Markdown and plots as SVG; computes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from benchmarks.claims import Bar, Claim, Plot, Result, Table

WIDTH: Final = 640
HEIGHT: Final = 380
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 34, 48

COLOURS: Final = ("#0b5fa5", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#475569")
"""Told apart by those who see few colours too; the names stand beside the lines."""


def write_claim(claim: Claim, result: Result, folder: str = "") -> str:
    """One section. `folder` is where the plots stand, seen from the page."""
    parts = [f"## {claim.title}", claim.about]
    if result.bars:
        parts.append(_bars(result.bars))
    for table in result.tables:
        parts.append(_table(table))
    parts += [f"![{escape(plot.title)}]({folder}{plot.name}.svg)" for plot in result.plots if folder]
    parts += [f"Missing here: {line}" for line in result.missing]
    return "\n\n".join(parts) + "\n"


def _bars(bars: Iterable[Bar]) -> str:
    rows = [(bar.promise, bar.measured, "met" if bar.met else "**not met**") for bar in bars]
    return _rows(("Bar", "Measured", ""), rows)


def _table(table: Table) -> str:
    text = f"**{table.title}**\n\n{_rows(table.head, table.rows)}"
    return f"{text}\n\n{table.note}" if table.note else text


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def draw(plot: Plot) -> str:
    """The plot as SVG, both axes logarithmic."""
    points = [point for line in plot.lines for point in line.points]
    across = _Scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = _Scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="12" role="img"><title>{escape(plot.title)}</title>'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{escape(plot.title)}</text>',
        *_grid(across, up),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(plot.across)}</text>',
        (
            f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
            f"{escape(plot.up)}</text>"
        ),
    ]
    for number, line in enumerate(plot.lines):
        colour = COLOURS[number % len(COLOURS)]
        places = [(across.place(x), up.place(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """Values to places on one logarithmic axis, which ends at whole decades."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        positive = [value for value in values if value > 0]
        self.low = math.floor(math.log10(min(positive)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(positive))))
        self._begin, self._end = begin, end

    def place(self, value: float) -> float:
        share = (math.log10(max(value, 10**self.low)) - self.low) / (self.high - self.low)
        return self._begin + share * (self._end - self._begin)

    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def _grid(across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for value in across.decades():
        x = across.place(value)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>')
    for value in up.decades():
        y = up.place(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    return parts
