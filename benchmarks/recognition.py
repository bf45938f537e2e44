"""Measures recognition on labelled observations: python -m benchmarks.recognition FILE.jsonl [--write PAGE.md].

Prints the tables; sends nothing anywhere and copies no line of the file. `--against PAGE.md` fails with what got worse.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.figures import measure
from benchmarks.labelled import read_files
from benchmarks.published import find_worse, is_same_set
from benchmarks.speed import BANNERS, measure_speed
from benchmarks.tables import write_page
from scanner.fingerprint_files import load_library, load_vocabulary

SECOND: Final = Path(__file__).parents[1] / "tests" / "data" / "gathered.jsonl"
"""A set of our own that stands beside every measurement."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when it is worse than the page it is held against, 2 when a file cannot be read."""
    options = _parse(arguments)
    try:
        published = options.against.read_text("utf-8") if options.against is not None else None
        cases = read_files(options.observations)
    except (OSError, ValueError, KeyError) as problem:
        print(f"cannot read labelled observations: {problem}", file=sys.stderr)
        return 2
    library = load_library()
    figures = measure(cases, library, load_vocabulary().brands)
    second = measure(read_files([SECOND]), library, load_vocabulary().brands)
    values = [(case.observation.name, case.observation.value) for case in cases]
    speed = measure_speed(library, values, options.banners) if options.banners else None
    command = "python -m benchmarks.recognition OBSERVATIONS.jsonl --write docs/accuracy.md"
    page = write_page(figures, speed, datetime.now(UTC).date().isoformat(), command, second=second)
    print(page)
    if options.write is not None:
        options.write.write_text(page, "utf-8")
    return 0 if published is None else _compare(published, page, options.against)


def _compare(published: str, page: str, path: Path) -> int:
    if not is_same_set(published, page):
        print(f"{path} speaks of another set of observations and cannot be compared", file=sys.stderr)
        return 2
    worse = find_worse(published, page)
    for line in worse:
        print(f"worse than {path}: {line}", file=sys.stderr)
    return 1 if worse else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recognition", description=__doc__)
    parser.add_argument("observations", nargs="+", type=Path, help="labelled observations, JSON Lines")
    parser.add_argument("--write", type=Path, help="write the page there as well")
    parser.add_argument(
        "--against", type=Path, help="a page measured on the same set that this one must not fall under"
    )
    parser.add_argument("--banners", type=int, default=BANNERS, help="banners for the speed test, 0 for none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
