"""The first page is bounded, and counts what it cuts."""

from __future__ import annotations

from reports.html.first_page import (
    MAKERS_SHOWN,
    coverage_numbers,
    draw_coverage,
    draw_makers,
    draw_statuses,
    make_tiles,
    run_facts,
)
from reports.messages import texts
from reports.summary import summarise
from scanner.model import replace
from tests.reports.parts import RUN
from tests.reports.samples import COVERAGE, axis_camera, clean_report, empty_report, make_report

_ = texts("en")


def many_makers(count):
    camera = axis_camera()
    return make_report(
        tuple(replace(camera, id=str(n), identity=replace(camera.identity, maker=f"maker{n:02}")) for n in range(count))
    )


def test_tiles_stand_by_severity_and_end_with_what_is_hidden():
    tiles = make_tiles(_, summarise(make_report()))
    assert [(t.status, t.number) for t in tiles] == [
        ("covered", "4"),
        ("suspected", "1"),
        ("undetermined", "2"),
        ("not_covered", "3"),
        ("", "32"),
    ]
    assert "behind 1 recorder;" in tiles[-1].meaning
    assert make_tiles(_, summarise(clean_report()))[-1].meaning == "No recorder that hides cameras was seen."


def test_makers_beyond_the_bound_are_drawn_together():
    report = many_makers(MAKERS_SHOWN + 3)
    bars = draw_makers(_, report, summarise(report))
    assert len(bars) == MAKERS_SHOWN + 1
    assert (bars[-1].label, bars[-1].number) == ("Further makers: 3", "3")


def test_unknown_makers_are_drawn_last():
    bars = draw_makers(_, make_report(), summarise(make_report()))
    assert [(bar.label, bar.number) for bar in bars][-1] == ("Not known", "4")
    assert "Hikvision: Covered 2, Suspected 1" in bars[0].drawing


def test_an_empty_report_draws_nothing_but_stands():
    report = empty_report()
    assert draw_makers(_, report, summarise(report)) == []
    assert "<svg" in draw_statuses(_, summarise(report))


def test_the_certificate_has_all_five_numbers():
    assert [(name, number) for name, _w, number, _m in coverage_numbers(_, make_report())] == [
        ("asked", "957"),
        ("answered", "9"),
        ("silent", "942"),
        ("failed", "6"),
        ("excluded", "65"),
    ]
    assert "Silent 942" in draw_coverage(_, make_report())


def test_a_missing_seal_is_a_fact_of_the_run():
    assert dict(run_facts(_, make_report()))["Record"] == "sealed"
    broken = make_report(coverage=replace(COVERAGE, sealed=False))
    assert dict(run_facts(_, broken))["Record"] == "no valid seal"


def test_run_facts_say_who_when_and_bound_long_scopes():
    scope = tuple(f"10.{n}.0.0/24" for n in range(9))
    facts = dict(run_facts(_, make_report(run=replace(RUN, scope=scope, ended=None))))
    assert facts["Scope"].endswith("10.5.0.0/24, and 3 more")
    assert facts["Sensed"] == "2026-11-23 10:05 UTC, not ended"
    assert facts["Authorised by"] == "Ministry of Interior, order 114/2026"
