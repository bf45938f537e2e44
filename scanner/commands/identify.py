"""`camcensus identify`: observations in, identities out. Touches no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scanner.data_file import DataError
from scanner.exits import Exit
from scanner.fingerprint_files import load_library
from scanner.identify import InputProblem, identify_lines


def identify(file: str, folders: tuple[Path, ...]) -> int:
    """Write one JSON line per device to standard output; a bad input line costs that line only (exit code 2 then)."""
    try:
        library = load_library(folders)
    except DataError as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    wrong = 0

    def complain(problem: InputProblem) -> None:
        nonlocal wrong
        wrong += 1
        print(f"{file}:{problem.number}: {problem.message}", file=sys.stderr)

    try:
        with _open(file) as stream:
            for answer in identify_lines(_lines(stream), library, complain):
                print(json.dumps(answer, ensure_ascii=False))
    except OSError as error:
        print(f"camcensus: {file} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.USAGE
    return Exit.USAGE if wrong else Exit.CLEAN


def _open(file: str) -> IO[bytes]:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    yield from stream
