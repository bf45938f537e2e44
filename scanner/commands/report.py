"""`camcensus report`: renders a run again in one format. Touches no network."""

from __future__ import annotations

import sys
from pathlib import Path

from scanner.commands.judge import make_report
from scanner.exits import Exit, UsageError
from scanner.outputs import find_record, write_whole


def report(run: Path, form: str, out: Path | None, policies: tuple[str, ...], as_of: str | None, locale: str) -> int:
    """Render and write to a file or to standard output."""
    from reports import RenderOptions, load_renderers

    renderers = load_renderers()
    if form not in renderers:
        raise UsageError(f"no format is called {form!r}: choose {', '.join(sorted(renderers))}")
    options = RenderOptions(locale=locale, colour=out is None and sys.stdout.isatty())
    content = renderers[form].render(make_report(find_record(run), policies, as_of), options)
    if out is not None:
        write_whole(out, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        print(content)
    return Exit.CLEAN
