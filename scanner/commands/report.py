"""`camcensus report`: renders a run again in one format. Touches no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanner.baseline import Baseline, only_new, read_baseline
from scanner.commands.judge import check_locale, make_report, read_inventory, terminal_width
from scanner.exits import Exit, UsageError
from scanner.outputs import find_record, write_whole
from scanner.shelf import Shelf

SEPARATORS: Final = (",", ";")
"""What may part the cells of a CSV: both are made harmless inside cells, no other character is."""

GATE_FORMATS: Final = ("junit", "sarif")
"""Formats that a CI system reads beside the exit code, and that may leave out what is known."""

FILE_WIDTH: Final = 100
"""Columns of a terminal report that goes into a file."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to tell it, and what else is known of the units. No option changes who is found."""

    locale: str = "en"
    separator: str = ","
    site: str = ""
    baseline: Path | None = None  # JUnit and SARIF: only what this earlier report lacks
    inventory: Path | None = None  # says when units were bought or installed


def report(run: Path, form: str, out: Path | None, policies: tuple[str, ...], as_of: str | None, manner: Manner) -> int:
    """Render and write to a file or to standard output."""
    from reports import FormatUnavailable, RenderOptions, load_renderers

    renderers = load_renderers()
    if form not in renderers:
        raise UsageError(f"no format is called {form!r}: choose {', '.join(sorted(renderers))}")
    if manner.separator not in SEPARATORS:
        raise UsageError(f"--separator is one of {' '.join(SEPARATORS)}, not {manner.separator!r}")
    check_locale(manner.locale)
    if out is None and sys.stdout.isatty() and not renderers[form].is_text:
        raise UsageError(f"{form} is nothing for a terminal: name a file with --out")
    options = RenderOptions(
        locale=manner.locale,
        width=FILE_WIDTH if out is not None else terminal_width(),
        colour=out is None and sys.stdout.isatty(),
        separator=manner.separator,
        site=manner.site,
    )
    baseline = _read_baseline(manner.baseline, form)
    acquired = read_inventory(manner.inventory) if manner.inventory is not None else {}
    with closing(Shelf(out.parent if out is not None and out.parent.is_dir() else None)) as shelf:
        told = make_report(find_record(run), policies, as_of, acquired, shelf=shelf)
        try:
            pieces = renderers[form].pieces(told if baseline is None else only_new(told, baseline), options)
        except FormatUnavailable as error:
            raise UsageError(str(error)) from None
        _hand_over(pieces, out)
    return Exit.CLEAN


def _read_baseline(path: Path | None, form: str) -> Baseline | None:
    if path is None:
        return None
    if form not in GATE_FORMATS:
        raise UsageError(
            f"--baseline is for {' and '.join(GATE_FORMATS)}: a {form} report without what is known would mislead"
        )
    return read_baseline(path)


def _hand_over(pieces: Iterator[bytes], out: Path | None) -> None:
    if out is not None:
        write_whole(out, pieces)
    elif sys.stdout.isatty():
        sys.stdout.writelines(piece.decode() for piece in pieces)
    else:  # a file or a pipe gets the bytes of the format, whatever the encoding of this machine's terminal
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
