"""Prints what is wrong with data files that somebody writes: rules and lists. Changes none of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from scanner.data_file import Problem
from scanner.exits import Exit


def check_files(files: Sequence[Path], find_problems: Callable[[Path], Iterable[Problem]]) -> int:
    """Print every problem of every file as path:line: message."""
    problems = [problem for path in files for problem in find_problems(path)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, nothing wrong")
    return Exit.USAGE if problems else Exit.CLEAN
