"""What a benchmark gives: tables, bars with what was measured, and plots; pure values, written down as JSON.

A claim is one module of this package with a module-level `CLAIM`; `python -m benchmarks NAME` measures it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly to measure."""

    runs: int = 5  # of each way, one after the other in turn; the median counts
    quick: bool = False  # small sizes only: to see that it works


@dataclass(frozen=True, slots=True)
class Table:
    """One table; every cell is text."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise: what was to be reached, what was measured, and whether that is enough."""

    promise: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a plot."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Cost as the work grows; both axes are logarithmic."""

    name: str  # of the file, without ending
    title: str
    across: str
    up: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that one claim measured."""

    tables: tuple[Table, ...] = ()
    bars: tuple[Bar, ...] = ()
    plots: tuple[Plot, ...] = ()
    missing: tuple[str, ...] = ()  # peers that are not on this machine, each with how to install it


@dataclass(frozen=True, slots=True)
class Claim:
    """One benchmark. `needs_lab`: stands on a simulated network in namespaces of its own."""

    name: str
    title: str
    about: str  # what is measured and how, in a few sentences
    measure: Callable[[Options], Result] = field(repr=False)
    needs_lab: bool = False


def at_most(promise: str, measured: float, limit: float, unit: str = "") -> Bar:
    """A bar that is met from `limit` downwards."""
    return Bar(promise, f"{measured:.3g}{unit}", measured <= limit)


def at_least(promise: str, measured: float, limit: float, unit: str = "") -> Bar:
    """A bar that is met from `limit` upwards."""
    return Bar(promise, f"{measured:.3g}{unit}", measured >= limit)


def middle(values: Sequence[float]) -> float:
    """The median."""
    return median(values)


def in_turn(ways: Sequence[Callable[[], Any]], runs: int) -> list[list[Any]]:
    """Run every way once, then all again: what else the machine does falls on all of them. One list for each way."""
    found: list[list[Any]] = [[] for _ in ways]
    for _ in range(runs):
        for place, way in enumerate(ways):
            found[place].append(way())
    return found


def to_json(result: Result) -> dict[str, Any]:
    """As plain JSON values."""
    return dataclasses.asdict(result)


def from_json(data: dict[str, Any]) -> Result:
    """The result that `to_json` wrote."""
    return Result(
        tuple(Table(t["title"], tuple(t["head"]), tuple(map(tuple, t["rows"])), t["note"]) for t in data["tables"]),
        tuple(Bar(**bar) for bar in data["bars"]),
        tuple(
            Plot(p["name"], p["title"], p["across"], p["up"],
                 tuple(Line(one["name"], tuple((x, y) for x, y in one["points"])) for one in p["lines"]))
            for p in data["plots"]
        ),
        tuple(data["missing"]),
    )  # fmt: skip
