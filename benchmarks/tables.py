"""Writes the measured figures as the Markdown of docs/accuracy.md; computes nothing beyond percentages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.figures import Figures, Short, Unit
from benchmarks.measures import Answer, Decile, ListedRow, MakerRow, Score
from benchmarks.speed import Speed

LEAST_DEVICES = 3
"""Makers with fewer labelled devices are summed up in one row: two devices say nothing of a rate."""


HELD_OUT = (
    "Every rule has an example, and many examples are lines of this set. So each device is judged again as if "
    "the rules it may have taught did not exist. Second row: without every rule that has an example equal to "
    "something this very device says (digits, case and blanks aside). That is too strict where a mark that all "
    "units of a maker send (`Server: App-webs/`) is known from elsewhere as well and falls with it; it is not "
    "strict enough where a rule was shaped with a line in view and shows another one as its example. Third row: "
    "without the rules that rest on nothing else, because all their examples are equal to what this device says. "
    "How often a new device like these is recognised lies most likely between the first row and the second."
)
"""What the rows of the table of held-out rules mean."""


def write_page(figures: Figures, speed: Speed | None, date: str, command: str, *, second: Figures | None = None) -> str:
    """The whole page; `second` are the figures of another set, for a section of their own."""
    parts = [
        "# How often camcensus is right about who made a device",
        f"Measured on {date} with `{command}`.",
        _about(figures),
        "## In short",
        _short(figures, speed),
        "## How much of this the rules had seen before",
        f"{HELD_OUT}\n\n{_held_out(figures)}",
        *_second(second),
        "## The makers that lists name",
        _listed(figures.by_listed),
        "## By protocol, each line judged alone",
        _scores_beside(figures.by_protocol),
        "## Near misses, each line judged alone",
        (
            "Lines of others that look like Hikvision or Dahua: their names in a page, software that talks to them, "
            "relays that repeat their streams."
        ),
        _near(figures.near_misses),
        "## Real and derived lines",
        "Derived: put together from facts, not captured. Low: labels of low confidence.",
        _scores(figures.by_kind, "Devices"),
        "## Units sold under another name",
        _rebadges(figures),
        "## Lines of two makers under one device",
        _mixed(figures),
        "## With and without each signal group",
        (
            "Devices; what is left when a group is silent, and what a group finds by itself. A false alarm that "
            "appears only here is a device that another group clears."
        ),
        _ablation(figures),
        "## What a confidence is worth",
        _reliability(figures),
        "## By maker",
        _makers(figures.by_maker),
        "Devices that were given another maker than their label says:",
        _named_otherwise(figures.named_otherwise),
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
        "compare versions of this program; they promise no rate elsewhere. The second table says how much is left "
        "when what a device says may not be known from that device."
    )


def _short(figures: Figures, speed: Speed | None) -> str:
    near = figures.near_misses_score
    asked = figures.rebadges_asked
    rows = [
        ("Devices found", _of(figures.devices_score.found, figures.devices_score.positives)),
        ("False alarms, devices", f"{figures.devices_score.alarms} of {figures.devices_score.negatives}"),
        ("Lines found, each alone", _of(figures.lines_score.found, figures.lines_score.positives)),
        ("False alarms, lines", f"{figures.lines_score.alarms} of {figures.lines_score.negatives}"),
        ("False alarms on near misses", f"{near.alarms} of {near.negatives}"),
        ("Re-badges with maker and brand right, of those that name themselves", _of(asked.both, asked.units)),
        ("Re-badges with maker and brand right, of all", _of(figures.rebadges.both, figures.rebadges.units)),
        ("Search for the vendors' names, lines found", _of(figures.naive.found, figures.naive.positives)),
        ("Search for the vendors' names, false alarms", f"{figures.naive.alarms} of {figures.naive.negatives}"),
        ("Makers other than those two, named rightly", _of(figures.others_right, figures.others)),
        ("Makers other than those two, named wrongly", _of(figures.others_wrong, figures.others)),
    ]
    if speed is not None:
        share = f"{100 * speed.recurring.ratio:.1f} %"
        rows.append((f"Time for {speed.banners:,} recurring banners against Python's `re`", share))
    return _table(("Measure", "Value"), rows)


def _held_out(figures: Figures) -> str:
    whole = Short(
        figures.devices_score, figures.others, figures.others_right, figures.others_wrong, figures.reliability
    )
    rows = [
        (
            name,
            _of(one.score.found, one.score.positives),
            f"{one.score.alarms} of {one.score.negatives}",
            _of(one.others_right, one.others),
            _of(one.others_wrong, one.others),
        )
        for name, one in (
            ("all", whole),
            ("without those with an example from this device", figures.without_any),
            ("without those with examples from nowhere else", figures.without_only),
        )
    ]
    head = ("Rules", "Devices found", "False alarms", "Other makers named rightly", "Other makers named wrongly")
    return _table(head, rows)


def _second(figures: Figures | None) -> list[str]:
    if figures is None:
        return []
    text = (
        f"{figures.lines} observations of {figures.devices} devices, gathered from public code and issue threads apart "
        "from the first set and kept in `tests/data/gathered.jsonl`. Each was first asked of the rules as "
        "they stood; what they did not know was then taught to them. So the first row is a floor and no measure, and "
        "the others say what is left without what was taught."
    )
    near, asked = figures.near_misses_score, figures.rebadges_asked
    also = (
        f"Near misses: {near.alarms} false alarms among {near.negatives}. Re-badges that name themselves, maker and "
        f"brand right: {_of(asked.both, asked.units)}."
    )
    return ["## A second set, gathered apart", text, _held_out(figures), also]


def _listed(rows: Sequence[ListedRow]) -> str:
    text = (
        "Of the devices a maker built (and that can be identified), how many are found; and of the devices called "
        "so, how many are. A maker without a device in this set has no rate; what its devices answer is pinned by "
        "`tests/fingerprints/test_listed_makers.py`, from the protocol facts."
    )
    lines = [
        (
            row.maker,
            str(row.devices),
            _of(row.found, row.devices) if row.devices else "-",
            str(row.called),
            _of(row.right, row.called) if row.called else "-",
        )
        for row in rows
    ]
    return f"{text}\n\n" + _table(("Maker", "Devices", "Found (recall)", "Called so", "Rightly (precision)"), lines)


def _scores(scores: Mapping[str, Score], head: str) -> str:
    rows = [
        (name, f"{s.found} of {s.positives}", _share(s.found, s.positives), str(s.alarms), str(s.negatives))
        for name, s in scores.items()
    ]
    return _table((head, "Positives found", "Recall", "False alarms", "Negatives"), rows)


def _scores_beside(scores: Mapping[str, tuple[Score, Score]]) -> str:
    rows = [
        (
            name,
            f"{ours.found} of {ours.positives}",
            _share(ours.found, ours.positives),
            f"{ours.alarms} of {ours.negatives}",
            f"{theirs.found} of {theirs.positives}",
            f"{theirs.alarms} of {theirs.negatives}",
        )
        for name, (ours, theirs) in scores.items()
    ]
    head = ("Protocol", "Positives found", "Recall", "False alarms", "Found by name search", "Its false alarms")
    return _table(head, rows)


def _near(scores: Mapping[str, tuple[Score, Score]]) -> str:
    rows = [
        (name, str(ours.negatives), str(ours.alarms), str(theirs.alarms)) for name, (ours, theirs) in scores.items()
    ]
    return _table(("Protocol", "Near misses", "False alarms", "Those of a search for the names"), rows)


def _rebadges(figures: Figures) -> str:
    rows = [
        (name, str(r.units), _of(r.maker, r.units), _of(r.brand, r.units), _of(r.both, r.units))
        for name, r in (("all", figures.rebadges), ("that name themselves", figures.rebadges_asked))
    ]
    text = (
        "A brand is a name on the case. It can be seen where a unit says something that a unit of another brand "
        "would say differently: a name, a model, a serial number, a realm, a title. What says none of these (a bare "
        "hardware address, the head of a page whose title is empty) shows who built the unit and nothing of the "
        "brand; such units, and labels that are no brand of the makers file, are in the first row and not in the "
        "second."
    )
    summary = _table(("Units", "Count", "Maker right", "Brand right", "Both right"), rows)
    head = ("Brand by label", "Seen in", "Maker", "Brand named", "Why no brand can be expected")
    return f"{summary}\n\n{text}\n\n" + _table(head, map(_unit_row, figures.units))


def _unit_row(unit: Unit) -> tuple[str, ...]:
    return (unit.brand, unit.fields, "right" if unit.maker_right else "not", unit.said or "open", unit.not_asked)


def _mixed(figures: Figures) -> str:
    if not figures.mixed:
        return "None in this set."
    text = (
        "The file gives one device to lines of two makers where a relay or a server repeats what a camera said. Two "
        "hosts answered, so they are counted as two devices, each with the lines of its maker. Taken for one host, "
        "they come to this; a contradiction is shown, and nobody is named where both claims are equally strong:"
    )
    rows = [(" and ".join(one.makers), one.said, "shown" if one.conflict else "none") for one in figures.mixed]
    return f"{text}\n\n" + _table(("Makers by label", "Named", "Contradiction"), rows)


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
    text = (
        "A confidence of 0.9 promises that of all devices given it, at least nine in ten were built by the maker "
        "named. The share that is right may lie above it and must not lie below. It does lie above, on purpose: the "
        "weights in `fingerprints/strengths.yaml` are not fitted to this set, in which few strangers resemble the "
        "makers they are asked about, but chosen for networks in which resellers, relays and look-alikes stand; a "
        "weight raised to what is counted here would turn a page title into an accusation. *At least* is what so few "
        "devices prove with 95 % certainty (Wilson's bound)."
    )
    parts = [
        text,
        "Every device that was given a maker:",
        _deciles(figures.reliability),
        "Devices that were given a maker that lists name:",
        _deciles(figures.reliability_listed),
        "Every device that was given a maker without the rules that have an example from that very device:",
        _deciles(figures.without_any.reliability),
    ]
    return "\n\n".join(parts)


def _deciles(rows: Iterable[Decile]) -> str:
    cells = [
        (
            f"{d.low:.1f} to {d.high:.1f}",
            str(d.devices),
            f"{d.mean:.2f}",
            _of(d.right, d.devices),
            f"{100 * d.at_least:.1f} %",
        )
        for d in rows
    ]
    return _table(("Confidence", "Devices", "Mean confidence", "Right", "At least"), cells)


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


def _named_otherwise(answers: Sequence[Answer]) -> str:
    rows = [
        (
            found.truth.vendor,
            found.maker or "",
            ", ".join(sorted({case.observation.name for case in found.cases})),
            f"{found.confidence:.2f}",
        )
        for found in answers
    ]
    return _table(("Maker by label", "Named", "Seen in", "Confidence"), rows) if rows else "None."


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
