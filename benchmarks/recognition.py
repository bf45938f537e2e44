"""Measures recognition on labelled observations: python -m benchmarks.recognition FILE.jsonl [--write PAGE.md].

Prints the tables; sends nothing anywhere and copies no line of the file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import measure
from benchmarks.labelled import read_files
from benchmarks.speed import BANNERS, measure_speed
from benchmarks.tables import write_page
from scanner.fingerprint_files import load_library, load_vocabulary


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 2 when a file cannot be read."""
    options = _parse(arguments)
    try:
        cases = read_files(options.observations)
    except (OSError, ValueError, KeyError) as problem:
        print(f"cannot read labelled observations: {problem}", file=sys.stderr)
        return 2
    library = load_library()
    figures = measure(cases, library, load_vocabulary().brands)
    values = [(case.observation.name, case.observation.value) for case in cases]
    speed = measure_speed(library, values, options.banners) if options.banners else None
    command = "python -m benchmarks.recognition OBSERVATIONS.jsonl --write docs/accuracy.md"
    page = write_page(figures, speed, datetime.now(UTC).date().isoformat(), command)
    print(page)
    if options.write is not None:
        options.write.write_text(page, "utf-8")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recognition", description=__doc__)
    parser.add_argument("observations", nargs="+", type=Path, help="labelled observations, JSON Lines")
    parser.add_argument("--write", type=Path, help="write the page there as well")
    parser.add_argument("--banners", type=int, default=BANNERS, help="banners for the speed test, 0 for none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
