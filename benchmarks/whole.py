"""Times the whole command on simulated sites: from the prompt to the written report, beside the simulator.

Every device is held against its declared truth, and every device's own ledger against the pace that was promised.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, middle
from simulator.estate import build_estate, mixed_counts
from simulator.lab import Lab

PACE: Final = "fast"
LIMIT: Final = 240.0
"""Seconds for one run of the command."""


@dataclass(frozen=True, slots=True)
class Site:
    """A simulated network: how many hosts, and how many of them of listed makers."""

    network: str
    hosts: int
    listed: int


SITES: Final = (
    Site("10.62.0.0/24", 60, 20),
    Site("10.63.0.0/24", 200, 60),
    Site("10.64.0.0/22", 800, 160),
    Site("10.65.0.0/20", 2_000, 400),
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of the command, with what it found of what is there."""

    seconds: float
    sensing: float  # of these, from the first packet to the last
    found: int
    listed: int
    right: int
    covered: int
    false: int
    suspected: int  # not of a listed maker, and called suspected
    busiest: int  # connections and datagrams of one device in its busiest second
    stall: float = 0.0  # the longest time that the command's loop was away


def measure(options: Options) -> Result:
    """Scan every site several times."""
    sites = SITES[:1] if options.quick else SITES
    scans = {site: _scan_site(site, options.runs) for site in sites}
    return Result(
        tables=(_table(scans),),
        bars=_bars(scans),
        plots=(
            Plot(
                "whole",
                "The whole command at pace fast",
                "hosts",
                "seconds",
                (
                    Line(
                        "camcensus scan", tuple((s.hosts, middle([one.seconds for one in f])) for s, f in scans.items())
                    ),
                ),
            ),
        ),
    )


def _scan_site(site: Site, runs: int) -> list[Scan]:
    """One lab, scanned several times, the devices forgetting nothing."""
    with Lab(build_estate(site.network, mixed_counts(site.hosts, site.listed)), "shared") as lab:
        return [_scan(lab, site) for _ in range(runs)]


def _scan(lab: Lab, site: Site) -> Scan:
    before = {address: len(ledger.arrivals) for address, ledger in lab.counts().devices.items()}
    with TemporaryDirectory() as folder:
        out = Path(folder, "run")
        begun = time.monotonic()
        done = lab.run_in_scanner(command(site.network, out, Path(folder, "stall")), timeout=LIMIT)
        seconds = time.monotonic() - begun
        if not (out / "report.json").exists():
            raise RuntimeError(f"the scan ended with {done.returncode}: {done.stderr[-2_000:]}")
        report = json.loads((out / "report.json").read_text("utf-8"))
        stall = float(Path(folder, "stall").read_text("utf-8"))
    arrivals = {address: list(ledger.arrivals)[before[address] :] for address, ledger in lab.counts().devices.items()}
    truth = {one.address: (one.truth.listed, one.expect == "identified") for one in lab.devices}
    return judge(report, truth, seconds, max(map(busiest_second, arrivals.values()), default=0), stall)


def command(network: str, out: Path, stall: Path) -> list[str]:
    """What a person types, with a watch on its loop."""
    program = [sys.executable, "-m", "benchmarks.watched", str(stall)]
    return [*program, "scan", network, "--pace", PACE, "--out", str(out)]


def busiest_second(arrivals: Sequence[float]) -> int:
    """The most arrivals within any one second."""
    most = first = 0
    for last, at in enumerate(arrivals):
        while at - arrivals[first] > 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def judge(
    report: Mapping[str, Any], truth: Mapping[str, tuple[bool, bool]], seconds: float, busiest: int, stall: float = 0.0
) -> Scan:
    """Hold a JSON report against the truth: by address, whether the maker is listed and can be told."""
    status = {address: device["status"] for device in report["devices"] for address in device["addresses"]["ipv4"]}
    listed = [address for address, (is_listed, is_known) in truth.items() if is_listed and is_known]
    others = [address for address, (is_listed, _) in truth.items() if not is_listed]
    run = report["run"]
    return Scan(
        seconds=seconds,
        sensing=_seconds(run),
        found=sum(address in status for address in truth),
        listed=len(listed),
        right=sum(status.get(address) in ("covered", "suspected") for address in listed),
        covered=sum(status.get(address) == "covered" for address in listed),
        false=sum(status.get(address) == "covered" for address in others),
        suspected=sum(status.get(address) == "suspected" for address in others),
        busiest=busiest,
        stall=stall,
    )


def _seconds(run: Mapping[str, Any]) -> float:
    """How long the sensing took, by the report's own dates."""
    from datetime import datetime

    begun, ended = (datetime.fromisoformat(str(run[key]).replace("Z", "+00:00")) for key in ("started", "ended"))
    return (ended - begun).total_seconds()


def _table(scans: Mapping[Site, Sequence[Scan]]) -> Table:
    rows = []
    for site, found in scans.items():
        last = found[-1]
        rows.append(
            (site.network, f"{last.found} of {site.hosts}", f"{middle([one.seconds for one in found]):.1f} s",
             f"{middle([one.sensing for one in found]):.1f} s", str(len(found)),
             f"{last.right} of {last.listed} ({last.covered} covered)", str(last.false), str(last.suspected),
             str(max(one.busiest for one in found)), f"{1000 * max(one.stall for one in found):.0f} ms")
        )  # fmt: skip
    return Table(
        f"`camcensus scan NETWORK --pace {PACE}`, start and reports included",
        ("Network", "Found", "Time", "Sensing", "Runs", "Listed makers found", "Others covered", "Others suspected",
         "Busiest second of a device", "Worst stall of the loop"),
        tuple(rows),
        "Others suspected are a liar that claims every maker at once, which the report shows with the contradiction. "
        "The busiest second counts connections and datagrams to any one device; the pace allows 40 packets, and a "
        "connection is several.",
    )  # fmt: skip


def _bars(scans: Mapping[Site, Sequence[Scan]]) -> tuple[Bar, ...]:
    everything = [scan for found in scans.values() for scan in found]
    bars = []
    for site, found in scans.items():
        if site.hosts == SITES[-1].hosts:
            seconds = middle([one.seconds for one in found])
            bars.append(at_most(f"{site.network} with {site.hosts:,} hosts: at most 15 s", seconds, 15, " s"))
    recall = min(scan.right / scan.listed for scan in everything)
    bars.append(at_least("Recall 1.000 on every site", recall, 1.0))
    bars.append(at_most("Nobody else covered", max(scan.false for scan in everything), 0))
    return tuple(bars)


CLAIM: Final = Claim(
    "whole",
    "The whole command",
    "Sites of mixed hosts: makers on the lists with their re-badges, others, printers, phones, decoys. The simulated "
    "devices, the network between and the scan share the same cores, so the devices' own work is part of the time. A "
    "small site takes what the multicast sweeps wait for late answers (7 s), start and reports. A large one is bound "
    "by the processor, which the command and the devices need at the same time, and nobody is asked faster than 40 "
    "packets a second.",
    measure,
    needs_lab=True,
)
