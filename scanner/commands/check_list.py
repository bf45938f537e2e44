"""`camcensus check-list`: a tender or an inventory in, an answer for each row out. Touches no network."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from scanner.exits import REASONS, Exit, UsageError, parse_fail_on
from scanner.model import Device, Status
from scanner.outputs import write_whole
from scanner.paper.answers import ROW_COLUMNS, as_data, as_lines, as_rows
from scanner.paper.check import PaperList
from scanner.paper.check import check_list as judge_list
from scanner.paper.columns import parse_mapping
from scanner.paper.knowledge import load_knowledge
from scanner.paper.table import LARGEST_FILE, PaperError
from scanner.policy_files import DEFAULT_POLICY, load_policies

FORMS: Final = ("text", "json", "csv")


@dataclass(frozen=True, slots=True)
class Wishes:
    """By what to judge the list, what to hold it against, and how to answer."""

    policies: tuple[str, ...] = ()
    as_of: str | None = None
    columns: tuple[str, ...] = ()  # COLUMN=HEADER or COLUMN=NUMBER
    run: Path | None = None
    form: str = "text"
    out: Path | None = None
    fail_on: str = "none"


def check_list(file: Path, wishes: Wishes, today: date) -> Exit:
    """Judge the list, print or write the answer, return the exit code. Raises UsageError, PaperError or DataError."""
    from scanner.commands.judge import parse_day

    if wishes.form not in FORMS:
        raise UsageError(f"--format knows {', '.join(FORMS)}, not {wishes.form!r}")
    fail_on = parse_fail_on(wishes.fail_on)
    chosen = parse_mapping(wishes.columns)
    as_of = parse_day(wishes.as_of) or today
    data = read_file(file)
    known = load_knowledge()
    policies = load_policies(wishes.policies or (DEFAULT_POLICY,), known.makers)
    devices = _devices(wishes) if wishes.run is not None else None
    paper = judge_list(data, file.name, policies, known, as_of, chosen, devices)
    answer = render(paper, wishes.form)
    if wishes.out is None:
        print(answer, end="")
    else:
        write_whole(wishes.out, answer)
    return _choose_exit(paper, fail_on)


def render(paper: PaperList, form: str) -> str:
    """The answer as text, JSON or CSV (with a byte order mark, cells that look like formulas made harmless)."""
    from reports.spreadsheet import neutral
    from reports.visible import readable_json, visible

    if form == "json":
        return readable_json(as_data(paper), indent=2) + "\n"
    if form == "csv":
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(ROW_COLUMNS)
        writer.writerows([neutral(cell) for cell in row] for row in as_rows(paper))
        return "\ufeff" + out.getvalue()
    return "".join(f"{visible(line)}\n" for line in as_lines(paper))


def read_file(file: Path) -> bytes:
    """The bytes of a paper list, or PaperError where it is too large or cannot be read."""
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            raise PaperError(f"{file} has {size} bytes (at most {LARGEST_FILE}); split the file")
        return file.read_bytes()
    except OSError as error:
        raise PaperError(f"{file} cannot be read: {error.strerror}") from error


def _devices(wishes: Wishes) -> Sequence[Device]:
    from scanner.commands.judge import make_report
    from scanner.outputs import find_record

    assert wishes.run is not None, "the caller looked"
    return make_report(find_record(wishes.run), wishes.policies, wishes.as_of).devices


def _choose_exit(paper: PaperList, fail_on: Sequence[str]) -> Exit:
    present = {
        "covered": paper.counts.get(Status.COVERED, 0) > 0,
        "suspected": paper.counts.get(Status.SUSPECTED, 0) > 0,
        "uncertain": paper.counts.get(Status.UNDETERMINED, 0) > 0 or not paper.rows,  # nothing was judged
    }
    return next((code for word, code in REASONS.items() if present[word] and word in fail_on), Exit.CLEAN)
