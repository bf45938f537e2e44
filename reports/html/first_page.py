"""What the first page shows, bounded so that it is one page on paper; what it cuts, it counts.

Never decides: numbers and sentences come from the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from reports.html.charts import draw_bar
from reports.messages import Texts
from reports.summary import SEVERITY, MakerCount, Summary
from reports.visible import visible
from reports.wording import (
    maker_name,
)
from reports.words import (
    pace_word,
    status_meaning,
    status_word,
)
from scanner.model import Report, RunInfo

MAKERS_SHOWN: Final = 6
GAPS_SHOWN: Final = 4
LISTS_SHOWN: Final = 5
RECORDERS_SHOWN: Final = 3
WAYS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what it means. `status` is the filter it sets, empty for none."""

    status: str
    word: str
    number: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart."""

    label: str
    number: str
    drawing: Markup


def make_tiles(_: Texts, counted: Summary) -> list[Tile]:
    """The four statuses, and the channels that hide behind recorders."""
    tiles = [
        Tile(status.value, status_word(_, status), _.number(counted.by_status[status]), status_meaning(_, status))
        for status in SEVERITY
    ]
    meaning = _.plural(
        "At most this many cameras may hide behind {n} recorder; they cannot be seen from here.",
        "At most this many cameras may hide behind {n} recorders; they cannot be seen from here.",
        counted.recorders_hiding,
    )
    unknown = _.plural(
        "{n} recorder does not say how many.",
        "{n} recorders do not say how many.",
        counted.hidden_unknown,
    )
    number = _.number(counted.hidden_channels)
    if not counted.hidden_channels:
        meaning, number = (
            (unknown, "?") if counted.hidden_unknown else (_("No recorder that hides cameras was seen."), number)
        )
    elif counted.hidden_unknown:
        meaning, number = f"{meaning} {unknown}", f"{number} + ?"
    return [*tiles, Tile("", _("Hidden channels"), number, meaning)]


def draw_statuses(_: Texts, counted: Summary) -> Markup:
    """All devices as one bar."""
    parts = [(status.value, counted.by_status[status]) for status in SEVERITY]
    words = _.list(tuple(f"{status_word(_, s)} {_.number(counted.by_status[s])}" for s in SEVERITY))
    return draw_bar(parts, counted.devices, words)


def draw_makers(_: Texts, report: Report, counted: Summary) -> list[Bar]:
    """The lines of `maker_lines` as bars."""
    lines = maker_lines(_, report, counted)
    longest = max((count.total for _label, count in lines), default=0)
    return [_maker_bar(_, label, count, longest) for label, count in lines]


def maker_lines(_: Texts, report: Report, counted: Summary) -> list[tuple[str, MakerCount]]:
    """Devices by maker, the most frequent first; further makers together, unknown ones last."""
    known = [count for count in counted.makers if count.maker]
    unknown = [count for count in counted.makers if not count.maker]
    shown, further = known[:MAKERS_SHOWN], known[MAKERS_SHOWN:]
    lines = [(maker_name(report, count.maker), count) for count in shown]
    if further:
        lines.append((_("Further makers: {n}", n=_.number(len(further))), _together(further)))
    return [*lines, *((_("Not known"), count) for count in unknown)]


def _together(counts: list[MakerCount]) -> MakerCount:
    return MakerCount(None, tuple(sum(column) for column in zip(*(c.by_status for c in counts), strict=True)))


def _maker_bar(_: Texts, label: str, count: MakerCount, longest: int) -> Bar:
    parts = [(status.value, n) for status, n in zip(SEVERITY, count.by_status, strict=True)]
    words = _.list(tuple(f"{status_word(_, s)} {_.number(n)}" for s, n in zip(SEVERITY, count.by_status, strict=True)))
    return Bar(label, _.number(count.total), draw_bar(parts, longest, f"{label}: {words}"))


def coverage_numbers(_: Texts, report: Report) -> list[tuple[str, str, str, str]]:
    """(class, word, number, meaning) of the five numbers of the certificate."""
    coverage = report.coverage
    return [
        ("asked", _("Asked"), _.number(coverage.asked), _("addresses in the scope")),
        ("answered", _("Answered"), _.number(coverage.answered), _("something is there")),
        ("silent", _("Silent"), _.number(coverage.silent), _("nothing came back")),
        ("failed", _("Failed"), _.number(coverage.failed), _("could not be asked")),
        ("excluded", _("Excluded"), _.number(coverage.excluded), _("left out on purpose")),
    ]


def draw_coverage(_: Texts, report: Report) -> Markup:
    """Addresses of the scope as one bar."""
    coverage = report.coverage
    parts = [
        ("answered", coverage.answered),
        ("silent", coverage.silent),
        ("failed", coverage.failed),
        ("excluded", coverage.excluded),
    ]
    words = _.list(tuple(f"{word} {number}" for _name, word, number, _meaning in coverage_numbers(_, report)))
    return draw_bar(parts, sum(n for _name, n in parts), words)


def run_facts(_: Texts, report: Report) -> list[tuple[str, str]]:
    """Who, where, when and with what."""
    run = report.run
    facts = [
        (_("Scope"), _many(_, run.scope)),
        (_("Excluded"), _many(_, run.excluded)),
        (_("Interfaces"), _many(_, run.interfaces)),
        (_("Authorised by"), visible(run.authorised_by)),
        (_("Sensed"), _when(_, run)),
        (_("Judged as of"), visible(_.day(report.as_of))),
        (_("Pace"), pace_word(_, run.pace)),
        (_("Run"), visible(run.id)),
        (_("Record"), _("sealed") if report.coverage.sealed else _("no valid seal")),
        (_("Program"), f"camcensus {visible(run.version)}"),
        (_("Fingerprints"), f"sha256 {visible(report.fingerprints)[:16]}"),
    ]
    return [(label, value) for label, value in facts if value]


def _many(_: Texts, values: tuple[str, ...]) -> str:
    shown = tuple(visible(value) for value in values[:MAKERS_SHOWN])
    left = len(values) - len(shown)
    return _.list((*shown, _("and {n} more", n=_.number(left)))) if left else _.list(shown)


def _when(_: Texts, run: RunInfo) -> str:
    if run.ended is None:
        return _("{start}, not ended", start=_.moment(run.started))
    return _("{start} to {end}", start=_.moment(run.started), end=_.moment(run.ended))
