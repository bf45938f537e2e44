"""`camcensus judge`: a run record in, reports out. Touches no network; also the second half of `scan`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from scanner.baseline import only_new, read_baseline
from scanner.beside import beside
from scanner.census import Means, compile_holdings
from scanner.collecting import spare_collections
from scanner.exits import UsageError, choose_exit, parse_fail_on
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.holdings import StoredRecord
from scanner.makers_file import load_makers
from scanner.model import Device, Report
from scanner.outputs import find_record, open_folder, write_whole
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.shelf import Shelf

WRITTEN = ("json", "csv", "html")
"""The formats every scan leaves beside its record."""

LONGEST: Final = "html"
OTHERS: Final = tuple(name for name in WRITTEN if name != LONGEST)
"""The page takes as long as the two others together, so these are written by a process beside."""

BESIDE_FROM: Final = 400
"""Devices of a report from which on that is worth a process: it costs some 20 ms."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """By what to judge and what to fail on."""

    policies: tuple[str, ...] = ()
    as_of: str | None = None
    fail_on: str = "covered,suspected,uncertain"
    locale: str = "en"
    baseline: Path | None = None  # the report.json of an earlier run, or its folder
    inventory: Path | None = None  # says when units were bought or installed


def judge(run: Path, out: Path | None, verdict: Verdict, library: Library | None = None) -> int:
    """Judge the record, write the reports beside it (or into `out`), show the table, return the exit code.

    `library` is for who has read the fingerprints already.
    """
    words = parse_fail_on(verdict.fail_on)
    check_locale(verdict.locale)
    baseline = read_baseline(verdict.baseline) if verdict.baseline is not None else None
    path = find_record(run)
    acquired = read_inventory(verdict.inventory) if verdict.inventory is not None else {}
    folder = open_folder(out) if out is not None else path.parent
    library = library or load_library()
    spare_collections()
    with closing(Shelf(folder)) as shelf:
        report = make_report(path, verdict.policies, verdict.as_of, acquired, library, shelf)
        write_reports(report, folder, verdict.locale)
        show(report, verdict.locale, folder)
        if baseline is not None:
            report = only_new(report, baseline)
            print(say_news(report))
        return choose_exit(report, words)


def say_news(report: Report) -> str:
    """One line on what the baseline lacks, for the log of a CI job."""
    counts = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in report.counts.items())
    seen = "" if report.coverage.complete else "; coverage is incomplete, which no baseline excuses"
    return f"New since the baseline: {counts}{seen}."


def check_locale(locale: str) -> None:
    """Refuse a language that the reports do not speak."""
    from reports.messages import MANNERS

    if locale not in MANNERS:
        raise UsageError(f"the reports speak {', '.join(MANNERS)}, not {locale!r}")


def make_report(
    path: Path,
    policies: tuple[str, ...],
    as_of: str | None,
    acquired: Mapping[str, date] | None = None,
    library: Library | None = None,
    shelf: Shelf | None = None,
) -> Report:
    """Read and judge one record. What is put aside goes onto the shelf, of which a very large report is read later."""
    chosen = load_policies(policies or (DEFAULT_POLICY,))
    means = Means(library or load_library(), load_makers(), tuple(chosen), parse_day(as_of), acquired or {})
    with closing(StoredRecord(path)) as record:
        return compile_holdings(record, means, shelf or Shelf())


def read_inventory(file: Path) -> dict[str, date]:
    """When units were bought or installed, from an inventory (.csv or .xlsx). Raises UsageError or PaperError."""
    from scanner.acquisition import collect_dates
    from scanner.commands.check_list import read_file
    from scanner.paper.check import read_tables
    from scanner.paper.columns import guess_columns
    from scanner.paper.entries import Entry, read_entries
    from scanner.paper.knowledge import load_knowledge

    known = load_knowledge()
    entries: list[Entry] = []
    for table in read_tables(read_file(file), file.name):
        rows = read_entries(table, guess_columns(table, known), known, unnamed=True)
        entries += [row for row in rows if isinstance(row, Entry)]
    dates = collect_dates(entries)
    if not dates:
        raise UsageError(f"{file}: no row has a date and a MAC, a serial number or an address, so it dates no device")
    return dates


def parse_day(text: str | None) -> date | None:
    """A day as YYYY-MM-DD; anything else raises UsageError with the form expected."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day: write it as 2019-11-20") from None


def write_reports(report: Report, folder: Path, locale: str) -> list[Path]:
    """Write report.json, report.csv and report.html; each appears whole."""
    from reports import RenderOptions, load_renderers

    renderers = load_renderers()
    options = RenderOptions(locale=locale)
    paths = {name: folder / f"report.{renderers[name].extension}" for name in WRITTEN}

    def write(*names: str) -> None:
        for name in names:
            write_whole(paths[name], renderers[name].pieces(report, options))

    if is_held(report.devices) and len(report.devices) >= BESIDE_FROM:
        with beside(lambda: write(*OTHERS)):
            write(LONGEST)
    else:
        write(*WRITTEN)
    return list(paths.values())


def is_held(devices: Sequence[Device]) -> bool:
    """True for devices in memory: on the shelf they stand in one file, and two processes would share its position."""
    return isinstance(devices, tuple)


def show(report: Report, locale: str, folder: Path) -> None:
    """Print the table and where the files stand."""
    import sys

    from reports import RenderOptions, load_renderers

    options = RenderOptions(locale=locale, width=terminal_width(), colour=sys.stdout.isatty())
    text = load_renderers()["terminal"].render(report, options)
    sys.stdout.write(text if isinstance(text, str) else text.decode())
    print(f"\nReport: {folder / 'report.html'}")


def terminal_width() -> int:
    """Columns of the terminal, within what a table can be read in."""
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 200))
