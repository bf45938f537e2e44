"""Who is there is known beforehand, and recall, wrong finds and ratios are counted from it."""

from __future__ import annotations

from benchmarks.arp import OURS, Site, beside, found_all, recall_of, spread, tell
from benchmarks.peers import Run

SITE = Site("192.0.2.0/24", 40, 1_000, 0.05)


def make_run(seconds: float, found: frozenset[str], sweep: float = 0.0) -> Run:
    return Run(seconds, found, {"seconds": sweep})


def test_hosts_are_spread_over_the_network_and_stay_in_it() -> None:
    assert len(SITE.alive) == 40
    assert sum(count for _, count in spread(SITE)) == 40
    assert "192.0.2.2" not in SITE.alive, "the scanner's own address"
    (part,) = SITE.estate().segments
    assert {one.misses_first for one in part.arp_only} == {0.05}


def test_the_worst_run_counts_for_recall_and_precision() -> None:
    alive = SITE.alive
    runs = {OURS: [make_run(1.0, alive, 0.5), make_run(1.0, frozenset([*sorted(alive)[:39], "192.0.2.255"]), 0.5)]}
    recall, precision = found_all(SITE, runs)
    assert (recall.measured, recall.met) == ("0.975", False)
    assert (precision.measured, precision.met) == ("0.975", False)
    assert recall_of(runs[OURS][0], SITE) == 1.0


def test_a_ratio_is_of_the_sweep_or_of_the_whole_program() -> None:
    runs = {OURS: [make_run(1.0, SITE.alive, 0.5)], "arp-scan": [make_run(0.5, SITE.alive)]}
    assert [bar.met for bar in beside(SITE, runs, "arp-scan", 1.05)] == [True]
    assert [bar.met for bar in beside(SITE, runs, "arp-scan", 1.05, whole=True)] == [False]
    assert beside(SITE, runs, "masscan", 1.0) == [], "a peer that is missing is no bar"


def test_our_row_stands_twice_with_and_without_the_start() -> None:
    table = tell(SITE, {OURS: [make_run(1.0, SITE.alive, 0.5)]})
    assert [row[1] for row in table.rows] == ["0.50", "1.00"]
    assert "5% miss the first request" in table.title
