"""Holds recognition to its bars: on our own small set always, on the labelled observations when they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.figures import Figures, measure
from benchmarks.labelled import read_cases, read_files
from benchmarks.published import find_worse, is_same_set
from benchmarks.recognition import SECOND
from benchmarks.tables import write_page
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library, load_vocabulary

DATA: Final = Path(__file__).parents[1] / "data"
BARS: Final = json.loads((DATA / "accuracy.json").read_text("utf-8"))

OURS: Final = (*sorted((DATA / "observations").glob("*.jsonl")), SECOND)
"""Sets in the tree; each has bars under its name."""

LABELLED: Final = os.environ.get("CAMCENSUS_OBSERVATIONS", "")
"""A file of labelled observations that is not ours to copy into the tree."""


def measure_files(paths: list[Path]) -> Figures:
    return measure(read_files(paths), load_library(), load_vocabulary().brands)


def hold_to(figures: Figures, bars: dict[str, Any]) -> None:
    """Every bar on its own line, so that a failure names the one that fell."""
    assert figures.devices_score.recall >= bars["device_recall"]
    assert figures.lines_score.recall >= bars["line_recall"]
    assert figures.devices_score.alarms <= bars["alarms"]
    assert figures.lines_score.alarms <= bars["alarms"]
    assert figures.near_misses_score.alarms <= bars["near_miss_alarms"]
    assert figures.near_misses_score.negatives > 0
    assert figures.rebadges_asked.both >= bars["rebadges_both"] * figures.rebadges_asked.units
    assert figures.rebadges.maker == figures.rebadges.units
    assert figures.others_right >= bars["others_right"] * figures.others
    assert figures.others_wrong <= bars["others_wrong"] * figures.others
    assert figures.without_any.score.recall >= bars["recall_without_any"]
    assert figures.without_only.score.recall >= bars["recall_without_only"]
    assert figures.without_any.score.alarms <= bars["alarms"]
    assert figures.without_only.score.alarms <= bars["alarms"]
    assert all(row.precision is None or row.precision >= bars["listed_precision"] for row in figures.by_listed)
    for decile in (*figures.reliability, *figures.reliability_listed, *figures.without_any.reliability):
        assert decile.right / decile.devices >= decile.mean - bars["reliability_slack"], decile


@pytest.fixture(scope="module")
def labelled() -> Figures:
    """Measured once: some seconds."""
    return measure_files([Path(LABELLED)])


def test_every_set_of_ours_has_bars() -> None:
    assert {path.stem for path in OURS} == set(BARS) - {"about", "labelled"}


@pytest.fixture(scope="module")
def gathered() -> Figures:
    return measure_files([SECOND])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_each_set_of_our_own_meets_its_bars(path: Path) -> None:
    hold_to(measure_files([path]), BARS[path.stem])


@pytest.mark.skipif(not LABELLED, reason="CAMCENSUS_OBSERVATIONS names no file of labelled observations")
def test_the_labelled_observations_meet_their_bars(labelled: Figures) -> None:
    hold_to(labelled, BARS["labelled"])


@pytest.mark.skipif(not LABELLED, reason="CAMCENSUS_OBSERVATIONS names no file of labelled observations")
def test_no_published_figure_got_worse(labelled: Figures, gathered: Figures) -> None:
    """The page is the bar: what it says must still be true, or be better. Another set says nothing of that page."""
    published = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text("utf-8")
    measured = write_page(labelled, None, "today", "this test", second=gathered)
    assert not is_same_set(published, measured) or find_worse(published, measured) == []


@pytest.mark.skipif(not LABELLED, reason="CAMCENSUS_OBSERVATIONS names no file of labelled observations")
def test_a_rule_that_is_broken_makes_the_published_figures_worse(gathered: Figures) -> None:
    """Without the rule for a server name that every camera of a line sends, devices are lost, and the page says so."""
    library = load_library()
    rules = [rule for rule in library.fingerprints if not rule.id.startswith("hikvision-http-server")]
    assert len(rules) < len(library.fingerprints)
    broken = Library(rules, library.weights, library.groups, "", library.grammar)
    figures = measure(read_files([Path(LABELLED)]), broken, load_vocabulary().brands)
    published = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text("utf-8")
    measured = write_page(figures, None, "today", "this test", second=gathered)
    assert not is_same_set(published, measured) or find_worse(published, measured)


def test_we_do_better_than_a_search_for_the_vendors_names() -> None:
    figures = measure_files(sorted((DATA / "observations").glob("*.jsonl")))
    assert figures.naive.recall < figures.lines_score.recall
    assert figures.naive.alarms > figures.lines_score.alarms


def test_the_bars_catch_a_false_alarm() -> None:
    """A web page that truly carries a Hikvision mark, labelled as somebody else's, must break the bar."""
    row = {
        "protocol": "http",
        "field": "server-header",
        "data": "App-webs/",
        "label": {"vendor": "nobody", "flagged": False},
        "note": "near miss: made for this test",
    }
    lines = (DATA / "observations" / "own.jsonl").read_text("utf-8").splitlines()
    figures = measure(read_cases([*lines, json.dumps(row)]), load_library(), load_vocabulary().brands)
    with pytest.raises(AssertionError):
        hold_to(figures, BARS["own"])


def test_no_group_is_counted_twice_in_the_ablation() -> None:
    figures = measure_files(sorted((DATA / "observations").glob("*.jsonl")))
    for group, (without, alone) in figures.ablation.items():
        assert without.positives == alone.positives == figures.devices_score.positives, group
        assert without.found + alone.found >= 0
        assert without.found <= figures.devices_score.found, group
