"""The time and memory of an ARP sweep as the network grows from 2^8 to 2^16 addresses, beside arp-scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.arp import OURS, PARTS, PEERS, Site, measure_site, recall_of, sweep_seconds
from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, middle
from benchmarks.peers import Run, missing

BITS: Final = (8, 10, 12, 14, 16)
QUICK_BITS: Final = (8, 10, 12)

RATE: Final = 20_000
"""Frames per second: a /16 takes seven seconds, so that what does not grow with the network hides nothing."""

EVERY: Final = 16
"""One address in so many answers."""

OTHER: Final = "arp-scan"

ONCE: Final = Options(1)

TOLERANCE: Final = 0.2
"""How far the seconds for one more address may differ between a middle and a large network."""


def measure(options: Options) -> Result:
    """Each size, both ways."""
    sizes = QUICK_BITS if options.quick else BITS
    runs = {
        bits: measure_site(make_site(bits), (), options) | measure_site(make_site(bits), (OTHER,), ONCE, ours=False)
        for bits in sizes
    }
    ours = {1 << bits: middle([sweep_seconds(run) for run in held[OURS]]) for bits, held in runs.items()}
    theirs = {1 << bits: middle([run.seconds for run in held[OTHER]]) for bits, held in runs.items() if OTHER in held}
    memory = {1 << bits: max(_megabytes(run) for run in held[OURS]) for bits, held in runs.items()}
    recall = min(recall_of(run, make_site(bits)) for bits, held in runs.items() for run in held[OURS])
    rows = tuple(
        (f"{size:,}", f"{ours[size]:.2f}", f"{theirs[size]:.2f}" if size in theirs else "", f"{memory[size]:.0f}")
        for size in ours
    )
    table = Table(
        f"Seconds at {RATE:,} frames/s, one address in {EVERY} alive",
        ("addresses", "camcensus, the sweep", OTHER, "camcensus, peak MB of both processes"),
        rows,
        f"{OTHER} was run once for each size: it keeps its pace to a hundredth every time.",
    )
    lines = [Line(OURS, tuple(ours.items()))] + ([Line(OTHER, tuple(theirs.items()))] if theirs else [])
    plot = Plot("growth", f"ARP sweep at {RATE:,} frames/s", "addresses", "seconds", tuple(lines))
    bars = [at_least("growth: recall 1 at every size", recall, 1.0)]
    if not options.quick:
        bars += slope_bars(ours)
    return Result((table,), tuple(bars), (plot,), missing(PEERS[:1]))


def make_site(bits: int) -> Site:
    """A network of 2^bits addresses."""
    return Site(f"10.79.0.0/{32 - bits}", max(1, (1 << bits) // EVERY // PARTS) * PARTS, RATE)


def _megabytes(run: Run) -> float:
    return float(run.said["memory"] + run.said["children"]) / 1000


def slope_bars(seconds: Mapping[int, float]) -> list[Bar]:
    """The seconds of one more address from 2^14 to 2^16, to those from 2^12 to 2^14."""
    early, late = (_slope(seconds, pair) for pair in ((1 << 12, 1 << 14), (1 << 14, 1 << 16)))
    ratio = late / early
    text = "growth: seconds for one more address, 2^14 to 2^16 over 2^12 to 2^14"
    return [
        at_most(f"{text}, at most 1.2", ratio, 1 + TOLERANCE),
        at_least(f"{text}, at least 0.8", ratio, 1 - TOLERANCE),
    ]


def _slope(seconds: Mapping[int, float], pair: Sequence[int]) -> float:
    first, last = pair
    return (seconds[last] - seconds[first]) / (last - first)


CLAIM: Final = Claim(
    "growth",
    "Cost of an ARP sweep as the network grows",
    "The same density of hosts on every network. Straight on this plot of powers means: twice the addresses, twice the "
    "time.",
    measure,
    needs_lab=True,
)
