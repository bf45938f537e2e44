"""Measures what the program claims: python -m benchmarks NAME... | all [--write] [--runs N] [--quick].

`--write` keeps the figures in benchmarks/results/ and writes docs/performance.md anew from all that is kept there.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from benchmarks.claims import Options, Result
from benchmarks.page import write_claim
from benchmarks.results import keep, write_page
from benchmarks.suite import load_claims


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the claims named; 1 when a bar is not met, 2 for a name that is none."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: no program that is started compiles itself anew
    claims = load_claims()
    options = _parse(arguments, claims)
    names = tuple(claims) if "all" in options.names else tuple(options.names)
    unknown = sorted(set(names) - set(claims))
    if unknown:
        print(f"no claim is called {', '.join(unknown)}; there are {', '.join(claims)} and all", file=sys.stderr)
        return 2
    missed = False
    for name in names:
        result = claims[name].measure(Options(options.runs, options.quick))
        print(write_claim(claims[name], result))
        missed = missed or _is_missed(result)
        if options.write:
            keep(name, result, _command(name, options))
    if options.write:
        write_page(claims)
    return int(missed)


def _is_missed(result: Result) -> bool:
    return not all(bar.met for bar in result.bars)


def _command(name: str, options: argparse.Namespace) -> str:
    words = ["python -m benchmarks", name, "--write"]
    words += [f"--runs {options.runs}"] if options.runs != Options().runs else []
    return " ".join([*words, *(["--quick"] if options.quick else [])])


def _parse(arguments: Sequence[str] | None, claims: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", help=f"{', '.join(claims)}, or all")
    parser.add_argument("--write", action="store_true", help="keep the figures and write docs/performance.md")
    parser.add_argument("--runs", type=int, default=Options().runs, help="of each way; the median counts")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
