"""Whether a pace is kept: every frame that leaves is captured with the kernel's time, and counted in windows."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.claims import Bar, Claim, Options, Result, Table, at_least, at_most, middle
from scanner.pace import parse_pace
from simulator.estate import build_estate, mixed_counts
from simulator.lab import Lab
from tests.wiretap import ETH_P_ARP, ICMPV6, Frame, busiest, open_tap, tap

WINDOW: Final = 0.1
HOST_WINDOW: Final = 1.0
MOST: Final = 1.05
WITHIN: Final = 0.05
FORECAST_WITHIN: Final = 0.15

NEIGHBOUR_ADVERTISEMENT: Final = b"\x88"
"""ICMPv6 type 136 (RFC 4861)."""

TIMEOUT: Final = 200.0
"""Seconds for one scan."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One pace, the network it is tried on, and how many mixed devices stand there."""

    pace: str
    network: str
    devices: int


TRIALS: Final = (
    Trial("gentle", "10.79.0.0/21", 8),
    Trial("300", "10.79.0.0/21", 24),
    Trial("normal", "10.79.0.0/21", 40),
    Trial("fast", "10.79.0.0/18", 40),
)
"""Networks so large that the ARP sweep alone keeps the wire busy for some seconds at that pace: in the first of them a
part of each window is kept for the kernel's reports of the groups it has joined, which is much at a slow pace."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one scan put on the wire."""

    frames: int
    lost: int  # by the capture: must be 0
    most: int  # frames in any WINDOW, without replies of the kernel to who asks for its address
    most_of_all: int  # with them
    while_waiting: float  # frames per second while addresses waited to be asked for the first time
    host_most: int  # frames to one host in any HOST_WINDOW
    host_short: int  # in any WINDOW
    seconds: float
    foretold: float


def measure(options: Options) -> Result:
    """Every pace as often as asked; the worst run counts for what must never be exceeded."""
    runs = {trial: [_try(trial) for _ in range(options.runs)] for trial in TRIALS[1 if options.quick else 0 :]}
    rows, bars = [], []
    for trial, held in runs.items():
        pace = parse_pace(trial.pace)
        rows.append((
            trial.pace, f"{held[0].frames:,}", f"{max(one.most for one in held)} of {pace.overall * WINDOW:g}",
            str(max(one.most_of_all for one in held)),
            f"{middle([one.while_waiting for one in held]):,.1f} of {pace.overall:,g}",
            f"{max(one.host_most for one in held)} of {pace.per_host:g}", str(max(one.host_short for one in held)),
            f"{middle([one.seconds for one in held]):.1f}", f"{held[0].foretold:.0f}",
        ))  # fmt: skip
        bars += judge(trial, held)
    head = (
        "pace", "frames", "most in 100 ms", "the same with replies to who asks for our address",
        "per second while work waits", "most to one host in a second", "in 100 ms", "scan, s", "foretold, s",
    )  # fmt: skip
    note = "To one host a whole exchange counts as one step: three or four frames go within some milliseconds."
    return Result((Table("Scans of mixed devices, counted on the wire", head, tuple(rows), note),), tuple(bars))


def judge(trial: Trial, held: Sequence[Counted]) -> list[Bar]:
    """The bars of one pace."""
    pace = parse_pace(trial.pace)
    name = f"pace {trial.pace}"
    rate = middle([one.while_waiting for one in held]) / pace.overall
    foretold = middle([one.seconds for one in held]) / held[0].foretold
    return [
        at_most(f"{name}: most in any 100 ms, of the rate, at most {MOST}",
                max(one.most for one in held) / (pace.overall * WINDOW), MOST),
        at_least(f"{name}: rate while work waits, of the rate, at least {1 - WITHIN}", rate, 1 - WITHIN),
        at_most(f"{name}: the same, at most {1 + WITHIN}", rate, 1 + WITHIN),
        at_most(f"{name}: to one host in any second, of its rate, at most {MOST}",
                max(one.host_most for one in held) / (pace.per_host * HOST_WINDOW), MOST),
        at_most(f"{name}: duration to what plan foretells, at most {1 + FORECAST_WITHIN}", foretold,
                1 + FORECAST_WITHIN),
        at_least(f"{name}: the same, at least {1 - FORECAST_WITHIN}", foretold, 1 - FORECAST_WITHIN),
    ]  # fmt: skip


def _try(trial: Trial) -> Counted:
    estate = build_estate(trial.network, mixed_counts(trial.devices, trial.devices // 3), 3)
    words = [sys.executable, "-m", "scanner"]
    with Lab(estate) as lab, tempfile.TemporaryDirectory() as folder:
        planned = lab.run_in_scanner(
            [*words, "plan", trial.network, "--pace", trial.pace, "--hosts", str(trial.devices)], timeout=TIMEOUT
        )
        with lab.enter():
            raw = open_tap()
        with tap(raw) as taken:
            begun = time.monotonic()
            scan = [*words, "scan", trial.network, "--pace", trial.pace, "--out", str(Path(folder) / "out")]
            done = lab.run_in_scanner(scan, timeout=TIMEOUT)
            seconds = time.monotonic() - begun
    if done.returncode not in (0, 10, 11, 12):
        raise RuntimeError(f"the scan ended with {done.returncode}: {done.stderr[-500:]}")
    return count(taken.frames, taken.lost, seconds, read_forecast(planned.stdout))


def count(frames: Sequence[Frame], lost: int, seconds: float, foretold: float) -> Counted:
    """Count what was captured."""
    hosts: dict[str, list[float]] = defaultdict(list)
    sent = [frame for frame in frames if not is_reply(frame)]
    for frame in sent:
        if not frame.to_mac[0] & 1:  # to one host; what a whole segment hears counts overall
            hosts[frame.destination].append(frame.at)
    return Counted(
        frames=len(frames),
        lost=lost,
        most=busiest((frame.at for frame in sent), WINDOW),
        most_of_all=busiest((frame.at for frame in frames), WINDOW),
        while_waiting=rate_while_waiting(frames),
        host_most=max((busiest(times, HOST_WINDOW) for times in hosts.values()), default=0),
        host_short=max((busiest(times, WINDOW) for times in hosts.values()), default=0),
        seconds=seconds,
        foretold=foretold,
    )


def is_reply(frame: Frame) -> bool:
    """True for what our kernel says to a device that asks for its address: nobody can hold that back."""
    if frame.ethertype == ETH_P_ARP:
        return not frame.is_arp_request
    return frame.protocol == ICMPV6 and frame.data[54:55] == NEIGHBOUR_ADVERTISEMENT


def rate_while_waiting(frames: Sequence[Frame]) -> float:
    """Frames per second, of all kinds, from the first ARP request to the last one for an address not asked before."""
    first: dict[str, float] = {}
    for frame in frames:
        if frame.is_arp_request and frame.to_mac == b"\xff" * 6:
            first.setdefault(frame.destination, frame.at)
    begin, end = min(first.values()), max(first.values())
    return sum(begin <= frame.at < end for frame in frames) / (end - begin)


def read_forecast(text: str) -> float:
    """The seconds that `plan` foretells; ValueError where it does not say."""
    found = re.search(r"about ([\d,.]+) (seconds|minutes|hours)", text)
    if found is None:
        raise ValueError(f"no forecast in: {text[-300:]}")
    return float(found[1].replace(",", "")) * {"seconds": 1, "minutes": 60, "hours": 3600}[found[2]]


CLAIM: Final = Claim(
    "pace",
    "The pace on the wire",
    "Whole scans of simulated devices of every kind. Each frame that leaves the scanner's machine is captured with the "
    "kernel's own time: what the program sends, and what its kernel sends for it (acknowledgements and the like).",
    measure,
    needs_lab=True,
)
