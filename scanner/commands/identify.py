"""`camcensus identify`: observations in, identities out. Touches no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO

from reports.visible import readable_json
from scanner.data_file import DataError
from scanner.exits import Exit
from scanner.fingerprint_files import load_library
from scanner.identify import identify_lines
from scanner.input_lines import InputProblem, split_lines


def identify(file: str, folders: tuple[Path, ...]) -> int:
    """Write one JSON line per device to standard output; a bad input line costs that line only (exit code 2 then)."""
    try:
        library = load_library(folders)
    except DataError as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    wrong = answered = 0
    name = "standard input" if file == "-" else file
    ascii_only = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")

    def complain(problem: InputProblem) -> None:
        nonlocal wrong
        wrong += 1
        print(f"{name}:{problem.number}: {problem.message}", file=sys.stderr)

    try:
        with _open(file) as stream:
            for answer in identify_lines(split_lines(stream), library, complain):
                answered += 1
                print(json.dumps(answer) if ascii_only else readable_json(answer))
    except BrokenPipeError:  # whoever read the answers has enough of them
        raise
    except OSError as error:
        what = f"{name} cannot be read" if error.filename is not None else "reading or writing broke off"
        print(f"camcensus: {what}: {error.strerror}", file=sys.stderr)
        return Exit.USAGE
    if not answered and not wrong:
        print(f"camcensus: {name} holds no observation; docs/identify.md says what one looks like", file=sys.stderr)
        return Exit.USAGE
    return Exit.USAGE if wrong else Exit.CLEAN


def _open(file: str) -> IO[bytes]:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")
