"""The report on a terminal: the answer, the coverage, the devices that matter first; never a device's own escapes.

Everything from a device passes as rich `Text`, never as markup, with its control characters made visible.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports import Renderer, RenderOptions
from reports.certificate import count_findings, lists_in_order, say_count, way_out_lines
from reports.messages import Texts, texts
from reports.summary import SEVERITY, summarise, whole_in_order
from reports.visible import visible
from reports.wording import (
    answer,
    coverage_verdict,
    device_hidden,
    device_label,
    maker_name,
    off_scope_sentence,
)
from reports.words import (
    list_kind_word,
    status_word,
)
from scanner.model import Device, Report, Status

_STYLE: Final = {
    Status.COVERED: "bold red",
    Status.SUSPECTED: "yellow",
    Status.UNDETERMINED: "magenta",
    Status.NOT_COVERED: "green",
}

GAPS_SHOWN: Final = 12
"""Gaps printed before the rest is counted: the answer and the numbers must stay on the screen."""

CONFLICTS_SHOWN: Final = 2
"""Conflicts of one device printed before the rest is counted: a liar that is everybody has dozens."""

STATUS_WIDTH: Final = 14
"""Columns of the status; the longer words of some languages wrap, so that the reasons keep their room."""

NARROWEST: Final = 60
"""Columns below which a table is unreadable; a narrower terminal wraps instead."""


def render(report: Report, options: RenderOptions) -> str:
    """The report as text of `options.width` columns, with ANSI colours only when `options.colour` is set."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(options.width, NARROWEST),
        force_terminal=options.colour,
        color_system="standard" if options.colour else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
    console.print(_whole(texts(options.locale), report, options.rows))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _whole(_: Texts, report: Report, rows: int) -> RenderableType:
    return Group(*_headline(_, report), *_coverage(_, report), *_devices(_, report, rows), *_lists(_, report))


def _headline(_: Texts, report: Report) -> Iterable[RenderableType]:
    told = answer(_, report)
    counted = summarise(report)
    yield Text(told.sentence, style=_STYLE[told.weight] if told.weight else "bold green")
    numbers = Text()
    for status in SEVERITY:
        numbers.append(f"{status_word(_, status)} {_.number(counted.by_status[status])}   ", style=_STYLE[status])
    numbers.append(_("Devices seen: {n}", n=_.number(counted.devices)))
    yield numbers
    yield Text()


def _coverage(_: Texts, report: Report) -> Iterable[RenderableType]:
    coverage = report.coverage
    yield Text(coverage_verdict(_, coverage), style="" if coverage.complete else "yellow")
    sentences = [visible(_.tell(gap)) for gap in coverage.gaps[:GAPS_SHOWN]]
    left = len(coverage.gaps) - GAPS_SHOWN
    if left > 0:
        sentences.append(_("Further gaps, in the other reports: {n}", n=_.number(left)))
    for sentence in sentences:
        yield Padding(Text(f"· {sentence}"), (0, 0, 0, 2))
    yield from (Padding(Text(f"· {line}"), (0, 0, 0, 2)) for line in way_out_lines(_, report))
    yield Text()


def _devices(_: Texts, report: Report, rows: int) -> Iterable[RenderableType]:
    if not report.brief:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False)
    table.add_column(Text(_("Status")), max_width=STATUS_WIDTH)
    table.add_column(Text(_("Device")), overflow="fold", ratio=3)
    table.add_column(Text(_("Maker")), overflow="fold", ratio=2)
    table.add_column(Text(_("Address")), overflow="fold", min_width=17)
    table.add_column(Text(_("Why")), overflow="fold", ratio=5)
    for device in islice(whole_in_order(report), rows):
        table.add_row(*_cells(_, report, device))
    yield table
    left = len(report.brief) - rows
    if left > 0:
        yield Text(_("Not shown here, but in the other reports: {n} devices", n=_.number(left)))


def _cells(_: Texts, report: Report, device: Device) -> tuple[Text, ...]:
    return (
        Text(status_word(_, device.status), style=_STYLE[device.status]),
        Text(device_label(_, report, device)),
        Text(maker_name(report, device.identity.maker) or "—"),
        Text("\n".join(_two_addresses(device)) or "—"),
        Text(_why(_, device)),
    )


def _two_addresses(device: Device) -> tuple[str, ...]:
    """The IP address and the MAC to look for; all the others are in the other reports."""
    seen = device.addresses
    return tuple(visible(text) for text in (*(*seen.ipv4, *seen.ipv6)[:1], *seen.mac[:1]))


def _why(_: Texts, device: Device) -> str:
    """The lists of a covered device, the reason of an open one, then what else must be known, a line each."""
    findings = tuple(f for f in device.findings if f.status is device.status)
    lines: list[str] = []
    if device.status is Status.COVERED:
        lines.append(_.list(tuple(visible(f.list) for f in findings)))
    elif device.status is not Status.NOT_COVERED:
        lines += [visible(_.tell(f.reason)) for f in findings[:1]]
        if len(findings) > 1:
            lines.append(_("Also: {lists}", lists=_.list(tuple(visible(f.list) for f in findings[1:]))))
    conflicts = device.identity.conflicts
    lines += [_("Conflict: {text}", text=visible(_.tell(one.text))) for one in conflicts[:CONFLICTS_SHOWN]]
    if len(conflicts) > CONFLICTS_SHOWN:
        left = _.number(len(conflicts) - CONFLICTS_SHOWN)
        lines.append(_("Further conflicts, in the other reports: {n}", n=left))
    lines += [device_hidden(_, device), off_scope_sentence(_, device)]
    return "\n".join(line for line in lines if line)


def _lists(_: Texts, report: Report) -> Iterable[RenderableType]:
    yield Text()
    if not report.policies:
        yield Text(_("No list was applied."))
    found = count_findings(report)
    for policy in lists_in_order(report):
        yield Text(
            _(
                "List {id}: {title} ({kind}), copy of {date}: {count}",
                count=say_count(_, found, policy),
                id=visible(policy.id),
                title=visible(_.tell(policy.title)),
                kind=list_kind_word(_, policy.kind),
                date=visible(_.day(policy.copy_date)),
            )
        )


RENDERER: Final = Renderer("terminal", "txt", "text/plain; charset=utf-8", render)
