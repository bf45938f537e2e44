"""The report as PDF/A-2b, for the archive and for signing; never reads a file, a font or the network of this machine.

The pages are a Typst template in `reports/pdf/`. What a device said is handed to it as JSON and is text there, never
markup. Needs the extra `camcensus[pdf]`, which is imported only when a PDF is made.
"""

from __future__ import annotations

import importlib
import json
from importlib.resources import files
from typing import Final, Protocol, cast

from reports import FormatUnavailable, Renderer, RenderOptions
from reports.messages import texts
from reports.pdf.pages import make_pages
from reports.pdf.printable import printable
from reports.visible import visible
from scanner.model import Report

STANDARD: Final = "a-2b"
"""PDF/A-2b (ISO 19005-2, level B): everything needed to show the pages is inside, for as long as the file is kept."""


class _Compiler(Protocol):
    """The one function of the package that is used."""

    def compile(
        self,
        source: bytes,
        *,
        sys_inputs: dict[str, str],
        ignore_system_fonts: bool,
        pdf_standards: list[str],
        format: str,  # noqa: A002  the package's own name
    ) -> bytes: ...


def render(report: Report, options: RenderOptions) -> bytes:
    """The report as PDF bytes, the same for an equal report. Raises FormatUnavailable without the extra."""
    compiler = _load()
    pages = make_pages(texts(options.locale), report, options.static_cards)
    run = {"version": printable(visible(report.run.version)), "id": printable(visible(report.run.id))}
    return compiler.compile(
        (files("reports") / "pdf" / "report.typ").read_bytes(),
        sys_inputs={"pages": json.dumps({**pages, "run": run})},
        ignore_system_fonts=True,
        pdf_standards=[STANDARD],
        format="pdf",
    )


def _load() -> _Compiler:
    try:
        return cast(_Compiler, importlib.import_module("typst"))
    except ImportError:
        raise FormatUnavailable(
            "the PDF report needs the package typst: install the extra camcensus[pdf], for example with "
            "`uv sync --extra pdf` or `pip install 'camcensus[pdf]'`; the HTML report prints as well"
        ) from None


RENDERER: Final = Renderer("pdf", "pdf", "application/pdf", render)
