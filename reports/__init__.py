"""What a report is, and how the files of this folder are found.

One file named `to_*.py`, one output format: a `Report` in, text or bytes out. A file declares a module-level
`RENDERER`; nothing central is edited. A renderer never touches the network, a clock or a file, never judges, and
gives the same bytes for an equal Report.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from scanner.model import Report

STATIC_CARDS: Final = 2_000
"""Device cards written out for readers without JavaScript and for paper: some 400 printed pages, and a file that a
browser still opens at once. What is left out is said in the report."""

TERMINAL_ROWS: Final = 200
"""Rows of the terminal table: more than a scroll-back shows. The rest is counted and named as left out."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to tell it. No option changes what is told, only how much of it stands on one page."""

    locale: str = "en"
    width: int = 100  # columns of the terminal
    colour: bool = False  # terminal: ANSI colours, ours alone
    rows: int = TERMINAL_ROWS  # terminal and Markdown: rows of the device table
    static_cards: int = STATIC_CARDS  # HTML: cards that stand in the page itself
    separator: str = ","  # CSV: ";" for spreadsheets of countries that write decimals with a comma
    site: str = ""  # NetBox: the site that the devices are imported into


@dataclass(frozen=True, slots=True)
class Renderer:
    """One output format. `extension` has no leading dot: the file is `report.` and the extension."""

    name: str
    extension: str
    media_type: str
    render: Callable[[Report, RenderOptions], str | bytes]
    stream: Callable[[Report, RenderOptions], Iterator[str]] | None = None  # the same text, piece by piece

    def pieces(self, report: Report, options: RenderOptions) -> Iterator[bytes]:
        """The report as bytes, one part after the other where the format can."""
        if self.stream is not None:
            return (piece.encode() for piece in self.stream(report, options))
        whole = self.render(report, options)
        return iter((whole.encode() if isinstance(whole, str) else whole,))

    @property
    def is_text(self) -> bool:
        """False for what a terminal cannot show."""
        return self.media_type != "application/pdf"


class FormatUnavailable(Exception):
    """A format needs a package that is not installed here; the message says which, and how to get it."""


def load_renderers() -> dict[str, Renderer]:
    """Import every file of this folder and return its renderers by name, in a stable order."""
    found: dict[str, Renderer] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        renderer = getattr(importlib.import_module(f"{__name__}.{info.name}"), "RENDERER", None)
        if isinstance(renderer, Renderer):
            found[renderer.name] = renderer
    return found
