"""Times the identification of known hosts, by the program's engine and by nmap, on the same simulated devices.

Both are told who is there and look for nobody else: what is measured is asking and deciding. Truth and errors are
counted beside the time.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, in_turn, middle
from simulator.estate import Estate, build_estate, mixed_counts
from simulator.lab import Lab, LabDevice

NETWORK: Final = "10.61.0.0/21"
PACE: Final = "lab"
"""Simulated devices bear it; the per-host limit of every other pace, 40 packets a second, is what time is made of."""

SIZES: Final = (50, 200, 1_000)
MIDDLE: Final = 200
MIXED: Final = 400
MIXED_LISTED: Final = 200
THINK: Final = 0.2
"""Seconds a device thinks before each answer."""

CAMERAS: Final = (
    "hikvision-camera-new", "hikvision-camera-old", "hikvision-recorder", "dahua-camera-new", "dahua-camera-old",
    "dahua-recorder", "axis", "hanwha", "uniview", "reolink",
)  # fmt: skip

PORTS: Final = "80,443,554,8000,8080,8443,8554,37777,34567,81,88,23"
"""The ports the program knocks at, given to nmap as well."""

SCRIPTS: Final = "http-title,http-server-header,http-auth,rtsp-methods,ssl-cert"
"""nmap's scripts that read what tells makers apart; version detection is left out."""

SAMPLE: Final = 10
"""Devices that version detection is timed on, one of each kind: it takes seconds a device, and 200 take minutes."""

LIMIT: Final = 330.0
"""Seconds for one run of ours."""

PATIENCE: Final = 120.0
"""Seconds for one run of a peer; ended then, it counts as having taken so long, which is to its favour."""

NMAP: Final[Mapping[str, tuple[str, ...]]] = {
    "nmap -sV -T4": ("-sV", "-T4"),
    "nmap -sV --version-intensity 0 -T4": ("-sV", "--version-intensity", "0", "-T4"),
    "nmap scripts only -T4": ("--script", SCRIPTS, "-T4"),
}

SCRIPTS_ONLY: Final = "nmap scripts only -T4"

OURS: Final = "camcensus"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its time, how many devices it was over, and what it said of listed makers and of others."""

    seconds: float
    devices: int
    found: int = 0
    false: int = 0
    listed: int = 0
    others: int = 0
    suspected: int = 0
    stall: float = 0.0
    ended: bool = False  # before it had said anything


def make_cameras(count: int, think: float = 0.0) -> Estate:
    """Cameras and recorders of six makers, each thinking so long before it answers."""
    counts = {name: count // len(CAMERAS) + (place < count % len(CAMERAS)) for place, name in enumerate(CAMERAS)}
    estate = build_estate(NETWORK, counts, name="cameras")
    return slow_down(estate, think) if think else estate


def slow_down(estate: Estate, think: float) -> Estate:
    """The same devices, thinking before each answer."""
    segments = tuple(
        segment.model_copy(
            update={
                "devices": tuple(
                    one.model_copy(update={"quirks": {**one.quirks, "think": think}}) for one in segment.devices
                )
            }
        )
        for segment in estate.segments
    )
    return estate.model_copy(update={"segments": segments})


def read_nmap(text: str) -> dict[str, str | None]:
    """Which listed maker nmap's output names for each address, if one: any word of it may tell, certificates too."""
    said: dict[str, str | None] = {}
    for part in text.split("Nmap scan report for ")[1:]:
        address, _, rest = part.partition("\n")
        words = re.sub(r"MAC Address:.*", "", rest).lower()
        hik, dahua = "hikvision" in words or "app-webs" in words or "dnvrs-webs" in words, "dahua" in words
        said[address.strip()] = "hikvision" if hik else "dahua" if dahua else None
    return said


def score(said: Mapping[str, str | None], devices: Sequence[LabDevice], seconds: float) -> Run:
    """Count devices of listed makers found by their maker, and others called so."""
    listed = [one for one in devices if one.truth.listed and one.expect == "identified"]
    others = [one for one in devices if not one.truth.listed]
    return Run(
        seconds,
        len(devices),
        found=sum(said.get(one.address) == one.truth.maker for one in listed),
        false=sum(said.get(one.address) in ("hikvision", "dahua") for one in others),
        listed=len(listed),
        others=len(others),
    )


def run_ours(lab: Lab) -> Run:
    """The engine on the hosts of the lab: `seconds` from the first knock to the last verdict."""
    addresses = [device.address for device in lab.devices]
    with TemporaryDirectory() as folder:
        path = Path(folder, "hosts")
        path.write_text("\n".join(addresses), "utf-8")
        argv = [sys.executable, "-m", "benchmarks.asking", NETWORK, PACE, str(path)]
        done = lab.run_in_scanner(argv, timeout=LIMIT)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    given: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    counted = score(given["makers"], lab.devices, given["seconds"])
    suspected = sum(1 for one in lab.devices if not one.truth.listed and one.address in given["suspected"])
    return Run(
        counted.seconds, counted.devices, counted.found, counted.false, counted.listed, counted.others,
        suspected=suspected, stall=given["stall"],
    )  # fmt: skip


def run_nmap(lab: Lab, options: Sequence[str], count: int | None = None) -> Run:
    """nmap on the same hosts, or on an even sample of so many of them."""
    devices = lab.devices if count is None else sample(lab.devices, count)
    command = ["nmap", "-n", "-Pn", "-p", PORTS, *options, *(one.address for one in devices)]
    begun = time.monotonic()
    try:
        done = lab.run_in_scanner(command, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return Run(PATIENCE, len(devices), ended=True)
    return score(read_nmap(done.stdout), devices, time.monotonic() - begun)


def sample(devices: Sequence[LabDevice], count: int) -> Sequence[LabDevice]:
    """So many devices, spread evenly over all of them by persona."""
    ordered = sorted(devices, key=lambda one: (one.persona, one.address))
    return [ordered[place * len(ordered) // count] for place in range(min(count, len(ordered)))]


Runs = dict[str, list[Run]]


def measure(options: Options) -> Result:
    """Cameras that answer at once, cameras that think, and a mixed estate with re-badges and traps."""
    sizes = SIZES[:1] if options.quick else SIZES
    with_nmap = shutil.which("nmap") is not None
    quick = {size: _measure_cameras(size, options, with_nmap=with_nmap) for size in sizes}
    middle_size = MIDDLE if MIDDLE in quick else sizes[0]
    thinking = _measure_thinking(middle_size, options, with_nmap=with_nmap)
    mixed = _measure_mixed(100 if options.quick else MIXED, options, with_nmap=with_nmap)
    tables = (
        *(_table(f"{size} cameras that answer at once", runs) for size, runs in quick.items()),
        _table(f"{middle_size} cameras that think {THINK} s before each answer", thinking),
        _table("Mixed hosts: half of them of listed makers, with re-badges; decoys and a liar among the rest", mixed),
    )
    return Result(
        tables=tables,
        bars=_bars(quick[middle_size], thinking, mixed),
        plots=_plots(quick) if len(quick) > 1 else (),
        missing=() if with_nmap else ("nmap: `apt-get install nmap`",),
    )


def _measure_cameras(size: int, options: Options, *, with_nmap: bool) -> Runs:
    with Lab(make_cameras(size), "shared") as lab:
        ways: dict[str, Callable[[], Run]] = {OURS: partial(run_ours, lab)}
        runs = _take_turns(ways, options.runs)
        if with_nmap and size == MIDDLE:
            runs[SCRIPTS_ONLY] = [run_nmap(lab, NMAP[SCRIPTS_ONLY])]
            for name in ("nmap -sV -T4", "nmap -sV --version-intensity 0 -T4"):
                runs[name] = [run_nmap(lab, NMAP[name], SAMPLE)]
    return runs


def _measure_thinking(size: int, options: Options, *, with_nmap: bool) -> Runs:
    with Lab(make_cameras(size, THINK), "shared") as lab:
        runs = _take_turns({OURS: partial(run_ours, lab)}, options.runs)
        if with_nmap:
            runs[SCRIPTS_ONLY] = [run_nmap(lab, NMAP[SCRIPTS_ONLY])]
    return runs


def _measure_mixed(size: int, options: Options, *, with_nmap: bool) -> Runs:
    with Lab(build_estate(NETWORK, mixed_counts(size, size // 2)), "shared") as lab:
        runs = _take_turns({OURS: partial(run_ours, lab)}, options.runs)
        if with_nmap:
            runs[SCRIPTS_ONLY] = [run_nmap(lab, NMAP[SCRIPTS_ONLY])]
    return runs


def _take_turns(ways: Mapping[str, Callable[[], Run]], runs: int) -> Runs:
    return dict(zip(ways, in_turn(list(ways.values()), runs), strict=True))


def _seconds(runs: Sequence[Run], devices: int) -> float:
    """The median, scaled up where a sample was timed."""
    return middle([run.seconds * devices / run.devices for run in runs])


def _table(title: str, runs: Runs) -> Table:
    devices = runs[OURS][0].devices
    own = _seconds(runs[OURS], devices)
    rows = []
    notes = []
    for name, found in runs.items():
        seconds, last = _seconds(found, devices), found[-1]
        scaled = f" (timed on {last.devices})" if last.devices != devices else ""
        if last.ended:
            rows.append((name, f"more than {seconds:.0f} s{scaled}", str(len(found)), f"below {own / seconds:.3f}",
                         "not counted", "not counted"))  # fmt: skip
            notes.append(f"{name} was ended after {PATIENCE:.0f} s.")
            continue
        rows.append(
            (name, f"{seconds:.2f} s{scaled}", str(len(found)), f"{own / seconds:.3f}",
             f"{last.found} of {last.listed}", f"{last.false} of {last.others}")
        )  # fmt: skip
    if runs[OURS][-1].suspected:
        notes.append(
            f"camcensus calls {runs[OURS][-1].suspected} of the others suspected, and shows what contradicts it; "
            "they are not counted as named."
        )
    notes.append(f"Worst stall of the loop {1000 * max(run.stall for run in runs[OURS]):.0f} ms.")
    head = ("Way", "Time", "Runs", "camcensus is", "Listed makers named", "Others called so")
    return Table(title, head, tuple(rows), " ".join(notes))


def _bars(quick: Runs, thinking: Runs, mixed: Runs) -> tuple[Bar, ...]:
    bars = []
    limits = (("nmap -sV -T4", 0.01), ("nmap -sV --version-intensity 0 -T4", 0.03), (SCRIPTS_ONLY, 0.5))
    devices = quick[OURS][0].devices
    for name, limit in limits:
        if name in quick:
            ratio = _seconds(quick[OURS], devices) / _seconds(quick[name], devices)
            bars.append(at_most(f"{devices} cameras: at most {limit} of {name}", ratio, limit))
    if SCRIPTS_ONLY in thinking:
        ratio = _seconds(thinking[OURS], devices) / _seconds(thinking[SCRIPTS_ONLY], devices)
        bars.append(at_most(f"The same, thinking {THINK} s: at most 0.1 of {SCRIPTS_ONLY}", ratio, 0.1))
    worst = min(run.found / run.listed for run in mixed[OURS])
    bars.append(at_least(f"{mixed[OURS][0].devices} mixed hosts: recall 1.000", worst, 1.0))
    bars.append(at_most("and nobody else called a listed maker's", max(run.false for run in mixed[OURS]), 0))
    return tuple(bars)


def _plots(quick: Mapping[int, Runs]) -> tuple[Plot, ...]:
    names = dict.fromkeys(name for runs in quick.values() for name in runs)
    lines = tuple(
        Line(name, tuple((size, _seconds(runs[name], size)) for size, runs in quick.items() if name in runs))
        for name in names
    )
    return (Plot("identify", "Seconds to identify so many cameras", "cameras", "seconds", lines),)


CLAIM: Final = Claim(
    "identify",
    "Identifying cameras",
    f"Everybody is told the addresses and the {len(PORTS.split(','))} ports. camcensus runs at pace {PACE} "
    "(50,000 packets a second, 1,000 to each host), which is for simulated devices only; nmap at its -T4. The engine "
    "knocks, asks, stops when the maker is beyond doubt, and judges; starting either program is counted for nmap and "
    "not for camcensus, which takes under a second for it. nmap is run once; version detection is timed on "
    f"{SAMPLE} of the devices and scaled up, as it takes minutes for 200. Whoever has not ended after {PATIENCE:.0f} s "
    "is ended and counts as having taken so long, which is to its favour. A maker counts as named by camcensus when "
    "it is identified, or suspected and nothing speaks against it.",
    measure,
    needs_lab=True,
)
