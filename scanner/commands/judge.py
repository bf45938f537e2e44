"""`camcensus judge`: a run record in, reports out. Touches no network; also the second half of `scan`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scanner.census import compile_report
from scanner.exits import Exit, UsageError, choose_exit, parse_fail_on
from scanner.fingerprint_files import load_library
from scanner.makers_file import load_makers
from scanner.model import Report
from scanner.outputs import find_record, write_whole
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.record import read_record

WRITTEN = ("json", "csv", "html")
"""The formats every scan leaves beside its record."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """By what to judge and what to fail on."""

    policies: tuple[str, ...] = ()
    as_of: str | None = None
    fail_on: str = "covered,suspected,uncertain"
    locale: str = "en"
    baseline: Path | None = None
    inventory: Path | None = None  # says when units were bought or installed


def judge(run: Path, out: Path | None, verdict: Verdict) -> int:
    """Judge the record, write the reports beside it (or into `out`), show the table, return the exit code."""
    words = parse_fail_on(verdict.fail_on)
    path = find_record(run)
    acquired = read_inventory(verdict.inventory) if verdict.inventory is not None else {}
    report = make_report(path, verdict.policies, verdict.as_of, acquired)
    folder = out or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    write_reports(report, folder, verdict.locale)
    show(report, verdict.locale, folder)
    return choose_exit(report, words) if verdict.baseline is None else _against(report, verdict, words)


def make_report(
    path: Path, policies: tuple[str, ...], as_of: str | None, acquired: Mapping[str, date] | None = None
) -> Report:
    """Read and judge one record."""
    chosen = load_policies(policies or (DEFAULT_POLICY,))
    day = parse_day(as_of)
    return compile_report(read_record(path), load_library(), load_makers(), chosen, as_of=day, acquired=acquired)


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
        rows = read_entries(table, guess_columns(table, known), known)
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
    written = []
    for name in WRITTEN:
        renderer = renderers[name]
        path = folder / f"report.{renderer.extension}"
        write_whole(path, renderer.render(report, options))
        written.append(path)
    return written


def show(report: Report, locale: str, folder: Path) -> None:
    """Print the table and where the files stand."""
    import shutil
    import sys

    from reports import RenderOptions, load_renderers

    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 200))
    options = RenderOptions(locale=locale, width=width, colour=sys.stdout.isatty())
    text = load_renderers()["terminal"].render(report, options)
    print(text if isinstance(text, str) else text.decode())
    print(f"Report: {folder / 'report.html'}")


def _against(report: Report, verdict: Verdict, words: tuple[str, ...]) -> Exit:
    """The exit code of what the baseline does not have yet."""
    from scanner.difference import only_new

    assert verdict.baseline is not None
    before = make_report(find_record(verdict.baseline), verdict.policies, verdict.as_of)
    return choose_exit(only_new(before, report), words)
