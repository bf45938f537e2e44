"""Writes the measured figures as the Markdown of docs/accuracy.md; computes nothing beyond percentages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.figures import Figures
from benchmarks.measures import MakerRow, Score
from benchmarks.speed import Speed

LEAST_DEVICES = 3
"""Makers with fewer labelled devices are summed up in one row: two devices say nothing of a rate."""


def write_page(figures: Figures, speed: Speed | None, date: str, command: str) -> str:
    """The whole page."""
    parts = [
        "# How often camcensus is right about who made a device",
        f"Measured on {date} with `{command}`.",
        _about(figures),
        "## In short",
        _short(figures, speed),
        "## By protocol, each line judged alone",
        _scores(figures.by_protocol, "Protocol"),
        "## Real and derived lines",
        "Derived: put together from facts, not captured. Low: labels of low confidence.",
        _scores(figures.by_kind, "Devices"),
        "## Units sold under another name",
        _rebadges(figures),
        "## With and without each signal group",
        "Devices; what is left when a group is silent, and what a group finds by itself.",
        _ablation(figures),
        "## What a confidence is worth",
        _reliability(figures),
        "## By maker",
        _makers(figures.by_maker),
    ]
    if speed is not None:
        parts += ["## Speed", _speed(speed)]
    return "\n\n".join(parts) + "\n"


def _about(figures: Figures) -> str:
    return (
        f"{figures.lines} labelled observations of {figures.devices} devices: what they said, and who made them. "
        "A positive is a device built by Hikvision or Dahua, whatever name is on it; positives whose lines hold no "
        "mark of the maker are left out of recall. A false alarm is a device of somebody else reported as theirs. "
        "The set is a sample of public test data and bug reports, not of a network, and most of its negatives are "
        "single banners. The fingerprints were written with these lines in view, so the figures show coverage and "
        "compare versions of this program; they are no test on unseen devices and promise no rate elsewhere."
    )


def _short(figures: Figures, speed: Speed | None) -> str:
    rows = [
        ("Devices found", _of(figures.devices_score.found, figures.devices_score.positives)),
        ("False alarms, devices", f"{figures.devices_score.alarms} of {figures.devices_score.negatives}"),
        ("Lines found, each alone", _of(figures.lines_score.found, figures.lines_score.positives)),
        ("False alarms, lines", f"{figures.lines_score.alarms} of {figures.lines_score.negatives}"),
        ("False alarms on near misses", f"{figures.near_misses.alarms} of {figures.near_misses.negatives}"),
        ("Search for the vendors' names, lines found", _of(figures.naive.found, figures.naive.positives)),
        ("Search for the vendors' names, false alarms", f"{figures.naive.alarms} of {figures.naive.negatives}"),
        ("Makers other than those two, named rightly", _of(figures.others_right, figures.others)),
        ("Makers other than those two, named wrongly", _of(figures.others_wrong, figures.others)),
    ]
    if speed is not None:
        share = f"{100 * speed.recurring.ratio:.1f} %"
        rows.append((f"Time for {speed.banners:,} recurring banners against Python's `re`", share))
    return _table(("Measure", "Value"), rows)


def _scores(scores: dict[str, Score], head: str) -> str:
    rows = [
        (name, f"{s.found} of {s.positives}", _share(s.found, s.positives), str(s.alarms), str(s.negatives))
        for name, s in scores.items()
    ]
    return _table((head, "Positives found", "Recall", "False alarms", "Negatives"), rows)


def _rebadges(figures: Figures) -> str:
    rows = [
        (name, str(r.units), _of(r.maker, r.units), _of(r.brand, r.units), _of(r.both, r.units))
        for name, r in (("all", figures.rebadges), ("with more than an address to go by", figures.rebadges_shown))
    ]
    text = (
        "A bare hardware address names the maker of the board and never the brand, so units known by an address alone "
        "(and labels that are no brand of the makers file) are left out of the second row. Units missed there:"
    )
    missed = "\n".join(f"- {line}" for line in figures.rebadges_missed) or "- none"
    return _table(("Units", "Count", "Maker right", "Brand right", "Both right"), rows) + f"\n\n{text}\n\n{missed}"


def _ablation(figures: Figures) -> str:
    rows = [
        (group, _of(w.found, w.positives), str(w.alarms), _of(o.found, o.positives), str(o.alarms))
        for group, (w, o) in figures.ablation.items()
    ]
    head = (
        "Signal group",
        "Found without it",
        "False alarms without it",
        "Found by it alone",
        "False alarms by it alone",
    )
    return _table(head, rows)


def _reliability(figures: Figures) -> str:
    rows = [
        (f"{d.low:.1f} to {d.high:.1f}", str(d.devices), f"{d.mean:.2f}", _of(d.right, d.devices))
        for d in figures.reliability
    ]
    text = (
        "Every device that was given a maker, listed or not. The share that is right should not fall below the "
        "confidence; it lies above, because the weights are set with care for accusations."
    )
    return f"{text}\n\n" + _table(("Confidence", "Devices", "Mean confidence", "Right"), rows)


def _makers(rows: Sequence[MakerRow]) -> str:
    shown = [row for row in rows if row.devices >= LEAST_DEVICES]
    rest = [row for row in rows if row.devices < LEAST_DEVICES]
    lines = [_maker_row(row) for row in shown]
    if rest:
        sums = [sum(getattr(row, name) for row in rest) for name in ("devices", "right", "wrong", "silent")]
        lines.append((f"{len(rest)} makers with fewer", *map(str, sums), ""))
    text = (
        "Programs that run on any computer (web servers, applications, operating systems) are left without a maker on "
        "purpose: they say nothing of who built the machine."
    )
    head = ("Maker by label", "Devices", "Named rightly", "Named wrongly", "Not named", "Others called so")
    return f"{text}\n\n" + _table(head, lines)


def _maker_row(row: MakerRow) -> tuple[str, ...]:
    return (row.maker, *map(str, (row.devices, row.right, row.wrong, row.silent, row.claimed_of_others)))


def _speed(speed: Speed) -> str:
    untaken = f" {speed.untaken} patterns that `re` does not take were left out on its side." if speed.untaken else ""
    rows = [
        (name, f"{t.different:,}", f"{t.ours:.2f} s", f"{t.theirs:.2f} s", f"{100 * t.ratio:.1f} %")
        for name, t in (("as they recur on a network", speed.recurring), ("all different", speed.distinct))
    ]
    text = (
        f"{speed.banners:,} banners of all fields against {speed.patterns:,} patterns: one RE2 set for each field, "
        "which remembers its answers for short values, against Python's `re`, pattern by pattern; extraction is "
        f"included on both sides, compiling on neither.{untaken} What counts more than "
        "the average: RE2 has no input that makes it slow, and `re` has."
    )
    return f"{text}\n\n" + _table(("Banners", "Different ones", "camcensus", "`re`", "Share of the time"), rows)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({_share(part, whole)})"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
