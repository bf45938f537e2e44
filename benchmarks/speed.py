"""Times matching 100,000 banners against Python's `re`, pattern by pattern, on the same patterns in one run.

Twice: banners as they recur on a network (few different ones, very often), and banners that are all different.
"""

from __future__ import annotations

import gc
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.fingerprint import Library

BANNERS: Final = 100_000
"""Values that are matched."""

BANNER_LENGTH: Final = 1_000
"""Longest value that counts as a banner; whole pages are another matter."""

WARM_UP: Final = 10_000
"""Banners matched before the clock runs: RE2 builds its automata at the first use, `re` compiles beforehand."""

Banner = tuple[str, str]
"""Dotted field name and value."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of processor time for the same banners, both ways."""

    different: int
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


@dataclass(frozen=True, slots=True)
class Speed:
    """Both timings, and the patterns that Python's `re` could not take (left out on its side)."""

    banners: int
    patterns: int
    untaken: int
    recurring: Timing
    distinct: Timing


def measure_speed(library: Library, values: Sequence[Banner], count: int = BANNERS) -> Speed:
    """Match `count` banners drawn from `values` and from the examples of the rules; extraction included both ways."""
    patterns, untaken = _compile_for_python(library)
    pool = _make_pool(library, values)
    rng = random.Random(11)
    different = _vary([rng.choice(pool) for _ in range(count)], rng)
    _time(library, patterns, different[:WARM_UP])
    distinct = _time(library, patterns, different)
    recurring = _time(library, patterns, [rng.choice(pool) for _ in range(count)])
    return Speed(count, sum(map(len, patterns.values())), untaken, recurring, distinct)


def make_banners(library: Library, values: Sequence[Banner], count: int) -> list[Banner]:
    """So many banners, no two alike, drawn from `values` and from the examples of the rules."""
    rng = random.Random(11)
    pool = _make_pool(library, values)
    return _vary([rng.choice(pool) for _ in range(count)], rng)


def _make_pool(library: Library, values: Sequence[Banner]) -> list[Banner]:
    pool = [(name, value) for name, value in values if len(value) <= BANNER_LENGTH and library.reads(name)]
    for rule in library.fingerprints:
        if rule.pattern is not None:
            pool += [(rule.field, example.value) for example in (*rule.examples, *rule.counterexamples)]
    return pool


def _vary(banners: Sequence[Banner], rng: random.Random) -> list[Banner]:
    """The same shapes with other digits, and a number behind those that have none."""
    varied = []
    for place, (name, value) in enumerate(banners):
        other = "".join(rng.choice("0123456789") if char.isdigit() else char for char in value)
        varied.append((name, other if other != value else f"{value} {place}"))
    return varied


def _time(library: Library, patterns: dict[str, list[re.Pattern[str]]], banners: Sequence[Banner]) -> Timing:
    """Processor time, so that what else runs on the machine counts for neither; the collector rests, as in timeit."""
    gc.collect()
    gc.disable()
    try:
        return Timing(len(set(banners)), _time_ours(library, banners), _time_theirs(patterns, banners))
    finally:
        gc.enable()


def _time_ours(library: Library, banners: Sequence[Banner]) -> float:
    started = time.process_time()
    for name, value in banners:
        library.find(name, value)
    return time.process_time() - started


def _time_theirs(patterns: dict[str, list[re.Pattern[str]]], banners: Sequence[Banner]) -> float:
    started = time.process_time()
    for name, value in banners:
        for pattern in patterns.get(name, ()):
            found = pattern.fullmatch(value)
            if found is not None:
                found.groupdict()
    return time.process_time() - started


def _compile_for_python(library: Library) -> tuple[dict[str, list[re.Pattern[str]]], int]:
    patterns: dict[str, list[re.Pattern[str]]] = {}
    untaken = 0
    for rule in library.fingerprints:
        if rule.pattern is None:
            continue
        try:
            patterns.setdefault(rule.field, []).append(re.compile(rule.pattern, re.ASCII))
        except re.error:
            untaken += 1
    return patterns, untaken
