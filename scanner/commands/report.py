"""`camcensus report`: renders a run again in one format. Touches no network."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanner.commands.judge import check_locale, make_report, terminal_width
from scanner.exits import Exit, UsageError
from scanner.outputs import find_record, write_whole

SEPARATORS: Final = (",", ";")
"""What may part the cells of a CSV: both are made harmless inside cells, no other character is."""

FILE_WIDTH: Final = 100
"""Columns of a terminal report that goes into a file."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to tell it. No option changes what is told."""

    locale: str = "en"
    separator: str = ","
    site: str = ""


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
    try:
        content = renderers[form].render(make_report(find_record(run), policies, as_of), options)
    except FormatUnavailable as error:
        raise UsageError(str(error)) from None
    _hand_over(content, out)
    return Exit.CLEAN


def _hand_over(content: str | bytes, out: Path | None) -> None:
    if out is not None:
        write_whole(out, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)
