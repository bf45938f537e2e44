"""Times holding banners against patterns: the library's own index against Python's `re`, pattern by pattern, in one go.

Two readings: every pattern on every banner, and, as the program works, the patterns of the banner's own field alone.
"""

from __future__ import annotations

import gc
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, in_turn, middle
from benchmarks.speed import Banner, Speed, make_banners, measure_speed
from scanner.fingerprint import Fingerprint, Library
from scanner.fingerprint_files import load_library

PATTERNS: Final = 2_000
"""Rules of the comparison: those of the library, and some of them again, told apart by a letter in front."""

SIZES: Final = (125, 250, 500, 1_000, 2_000)

SLOW_BANNERS: Final = 1_000
"""Banners that `re` gets, spread over all: it needs a second for some hundreds of them."""

QUICK_BANNERS: Final = 20_000
"""Different banners that the index gets; rates are compared."""


def widen(library: Library, count: int) -> list[Fingerprint]:
    """So many rules with patterns, ids apart, in an order that mixes the fields."""
    own = [rule for rule in library.fingerprints if rule.pattern is not None]
    random.Random(5).shuffle(own)
    turns = ((place // len(own), rule) for place, rule in enumerate(islice(cycle(own), count)))
    return [
        replace(rule, id=f"{rule.id}-{turn}", pattern=f"{chr(ord('a') + turn)}(?:{rule.pattern})") if turn else rule
        for turn, rule in turns
    ]


def index(library: Library, rules: Sequence[Fingerprint]) -> Library:
    """A library of these rules alone, built by the program's own code."""
    return Library(rules, library.weights, library.groups, library.digest)


def for_python(rules: Sequence[Fingerprint]) -> list[re.Pattern[str]]:
    """The same patterns compiled by `re`, those left out that it does not take."""
    compiled = []
    for rule in rules:
        try:
            compiled.append(re.compile(rule.pattern or "", re.ASCII))
        except re.error:
            continue
    return compiled


def measure(options: Options) -> Result:
    """Both readings, the time to build, the memory, and cost against the number of patterns."""
    library = load_library()
    runs = options.runs
    rules = widen(library, PATTERNS)
    banners = make_banners(library, [], QUICK_BANNERS)
    sizes = SIZES[-2:] if options.quick else SIZES
    rates = {size: _rates(library, rules[:size], banners, runs) for size in sizes}
    seconds, memory = _build(runs)
    speeds = [measure_speed(library, []) for _ in range(runs)]
    ours, searched, _ = rates[PATTERNS]
    return Result(
        tables=(_every_pattern(rates), _per_field(speeds)),
        bars=(
            at_least(f"{PATTERNS:,} patterns: at least 500 times `re` one by one", ours / searched, 500, " times"),
            at_most("Index of them built in 0.5 s", seconds, 0.5, " s"),
            at_most("Memory of the index, banners matched: at most 50 MiB", memory, 50, " MiB"),
            _share_bar("recurring", middle([one.recurring.ratio for one in speeds])),
            _share_bar("all different", middle([one.distinct.ratio for one in speeds])),
        ),
        plots=(
            Plot(
                "matching",
                "Banners a second against the number of patterns",
                "patterns",
                "banners a second",
                tuple(
                    Line(name, tuple((size, found[place]) for size, found in rates.items()))
                    for place, name in enumerate(("camcensus", "re.search", "re.fullmatch"))
                ),
            ),
        ),
    )


def _every_pattern(rates: Mapping[int, tuple[float, float, float]]) -> Table:
    return Table(
        "All patterns of all fields, no two banners alike: banners a second",
        ("Patterns", "camcensus", "`re.search` one by one", "Times", "`re.fullmatch` one by one", "Times"),
        tuple(
            (f"{size:,}", f"{a:,.0f}", f"{b:,.0f}", f"{a / b:,.0f}", f"{c:,.0f}", f"{a / c:,.0f}")
            for size, (a, b, c) in rates.items()
        ),
        "`re` tries every pattern on every banner, as scanners do that look for names anywhere in an answer. The "
        "library looks up the patterns of the banner's field, one RE2 set says which of them hit the whole value, and "
        "groups are extracted from those alone. The bar is held against the search; the last columns say what is left "
        "when `re`, too, may look at whole values only.",
    )


def _share_bar(what: str, ratio: float) -> Bar:
    return at_most(
        f"100,000 banners of their own fields, {what}: at most 10 % of the time of `re`", 100 * ratio, 10, " %"
    )


def _per_field(speeds: Sequence[Speed]) -> Table:
    rows = []
    for name, kind in (("as they recur on a network", "recurring"), ("all different", "distinct")):
        timings = [getattr(one, kind) for one in speeds]
        ours, theirs = middle([t.ours for t in timings]), middle([t.theirs for t in timings])
        share = middle([t.ratio for t in timings])
        rows.append((name, f"{timings[0].different:,}", f"{ours:.2f} s", f"{theirs:.2f} s", f"{100 * share:.1f} %"))
    return Table(
        f"{speeds[0].banners:,} banners against the patterns of their own field ({speeds[0].patterns:,} in all fields)",
        ("Banners", "Different ones", "camcensus", "`re` one by one", "Share"),
        tuple(rows),
        "A field has some 18 patterns, which `re` tries in 7 µs; the way into RE2 and back takes a tenth of that by "
        "itself, so different banners cannot cost less; those that repeat themselves cost far less. What counts "
        "more than the average: RE2 has no input that makes it slow, and `re` has.",
    )


def _rates(
    library: Library, rules: Sequence[Fingerprint], banners: Sequence[Banner], runs: int
) -> tuple[float, float, float]:
    """Banners a second: ours, `re` searching, `re` on whole values; each the median."""
    patterns = for_python(rules)
    few = [value for _, value in banners[:: len(banners) // SLOW_BANNERS]]
    found = in_turn(
        (
            lambda: _time_ours(index(library, rules), banners, warm=True),
            lambda: _time_theirs([pattern.search for pattern in patterns], few),
            lambda: _time_theirs([pattern.fullmatch for pattern in patterns], few),
        ),
        runs,
    )
    return len(banners) / middle(found[0]), len(few) / middle(found[1]), len(few) / middle(found[2])


def _time_ours(library: Library, banners: Sequence[Banner], *, warm: bool = False) -> float:
    """The library is new each time, so that no answer is remembered; `warm`: with its automata built beforehand."""
    if warm:
        for name, value in banners:
            library.find(name, f"{value} ")
    gc.collect()
    begun = time.process_time()
    for name, value in banners:
        library.find(name, value)
    return time.process_time() - begun


def _time_theirs(tests: Sequence[Callable[[str], re.Match[str] | None]], banners: Sequence[str]) -> float:
    begun = time.process_time()
    for banner in banners:
        for test in tests:
            if (found := test(banner)) is not None:
                found.groupdict()
    return time.process_time() - begun


def _build(runs: int) -> tuple[float, float]:
    """Seconds of processor time to build the index of 2,000 patterns, and MiB it takes, each in its own process."""
    command = [sys.executable, "-m", "benchmarks.matching"]
    lines = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
    pairs = [tuple(map(float, line.split())) for line in lines]
    return middle([pair[0] for pair in pairs]), middle([pair[1] for pair in pairs])


def build_once() -> tuple[float, float]:
    """Seconds to build the index, and MiB by which this process grew until 20,000 banners were matched."""
    library = load_library()
    rules = widen(library, PATTERNS)
    banners = make_banners(library, [], QUICK_BANNERS)
    gc.collect()
    before = _held()
    begun = time.process_time()
    ours = index(library, rules)
    seconds = time.process_time() - begun
    _time_ours(ours, banners)
    return seconds, (_held() - before) / 1024


def _held() -> int:
    """KiB of memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() // 1024


CLAIM: Final = Claim(
    "matching",
    "Matching banners against fingerprints",
    "Banners are the examples and counterexamples of the library with other digits, so that no two are alike. Times "
    "are of the processor, so that what else runs falls on neither; extraction is included on both sides, compiling "
    "on neither.",
    measure,
)

if __name__ == "__main__":
    print(*build_once())
