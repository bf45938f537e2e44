"""The terminal report obeys no device."""

from __future__ import annotations

import re

from reports import RenderOptions
from reports.to_terminal import render
from scanner.model import Conflict, replace
from tests.reports.samples import COVERAGE, clean_report, crowd, hostile, liar, make_report

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def told(report=None, **options):
    return render(report or make_report(), RenderOptions(**{"width": 120, **options}))


def test_golden(golden):
    golden("report.txt", told().encode("utf-8"))


def test_the_answer_stands_first_and_the_coverage_before_the_devices():
    text = told()
    assert text.startswith("4 of 10 devices seen are covered")
    assert text.index("Coverage is incomplete") < text.index("DS-2CD2143G0-I")


def test_what_could_not_be_seen_is_said():
    text = told(width=200)
    assert "neighbour table was full" in text
    assert "The mdns sweep did not run on eth1" in text
    assert "1 recorder may hide up to 32 channels" in text


def test_escapes_of_a_device_never_reach_the_terminal():
    assert set(told(make_report((hostile(),)))) & {"\x1b", "\x9b", "\x07", "\u202e", "\r"} == set()
    coloured = told(make_report((hostile(),)), colour=True)
    assert "\x1b" in coloured
    assert "\x1b" not in ANSI.sub("", coloured)


def test_markup_of_a_device_is_text():
    device = replace(hostile(), identity=replace(hostile().identity, model="[red]x[/red]"))
    assert "[red]x[/red]" in told(make_report((device,)))


def test_rows_left_out_are_counted():
    text = told(crowd(50), rows=20)
    assert "Not shown here, but in the other reports: 30 devices" in text


def test_gaps_left_out_are_counted():
    many = replace(COVERAGE, gaps=tuple(f"Gap {n}." for n in range(20)))
    assert "Further gaps, in the other reports: 8" in told(make_report(coverage=many))


def test_conflicts_left_out_are_counted(golden):
    """A liar that is everybody has dozens, which would fill the screen with one device."""
    makers = ("axis", "dahua", "hanwha", "hikvision", "tvt", "uniview")
    many = tuple(Conflict((maker, "zte"), f"One answer says {maker}, another one ZTE.", ()) for maker in makers)
    report = make_report((replace(liar(), identity=replace(liar().identity, conflicts=many)),))
    assert "Further conflicts, in the other reports: 4" in told(report, width=200)
    golden("conflicts.txt", told(report).encode("utf-8"))
    exactly = replace(liar().identity, conflicts=many[:2])
    assert "Further conflicts" not in told(make_report((replace(liar(), identity=exactly),)))


def test_none_found_and_no_list():
    assert told(clean_report()).startswith("None found, and coverage is complete")
    assert "No list was applied." in told(replace(clean_report(), policies=()))


def test_no_line_is_wider_than_the_terminal():
    assert max(map(len, told(width=80).splitlines())) <= 80
