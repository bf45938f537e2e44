"""Seven TCP ports of 2,000 hosts on a kernel whose neighbour table holds 1,024, against nmap."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.claims import Bar, Claim, Options, Result, Table, at_least, at_most, in_turn, middle
from benchmarks.inside import PORTS
from benchmarks.peers import Run, missing, run_inside, run_port_lister
from simulator.estate import Estate, build_estate
from simulator.lab import Lab

NETWORK: Final = "10.79.0.0/20"
HOSTS: Final = 2_000
PERSONA: Final = "vivotek"
OPEN: Final = (80, 554)
"""Those of the seven that the persona keeps open."""

OURS: Final = "camcensus, pace lab"
SLOWER: Final = "camcensus, pace fast"
T4: Final = "nmap -sS -T4"
TUNED: Final = "nmap -sS --min-rate"
BY_ETHERNET: Final = "nmap -sS --min-rate --send-eth"

PLAIN_NMAP: Final = ("nmap", "-n", "-Pn", "-sS", "-p", ",".join(map(str, PORTS)), "-oG", "-")
NMAP: Final[Mapping[str, tuple[str, ...]]] = {
    T4: ("-T4",),
    TUNED: ("-T4", "--min-rate", "10000", "--send-ip"),
    BY_ETHERNET: ("-T4", "--min-rate", "10000", "--send-eth"),
}


def measure(options: Options) -> Result:
    """All ways in turn, each run with a network of its own.

    Devices repeat for a minute what nmap left half open, and the scanner's kernel enters them in its table to refuse.
    """
    estate = build_estate(NETWORK, {PERSONA: HOSTS // 10 if options.quick else HOSTS})
    ways = {OURS: partial(_run_ours, estate, "lab"), SLOWER: partial(_run_ours, estate, "fast")}
    programs = {name: partial(_run_nmap, estate, words) for name, words in NMAP.items() if shutil.which("nmap")}
    ways |= {name: way for name, way in programs.items() if name != T4}
    runs = dict(zip(ways, in_turn(list(ways.values()), options.runs), strict=True))
    if T4 in programs:
        runs[T4] = [programs[T4]()]
    return tell(runs, open_ports(estate))


def open_ports(estate: Estate) -> frozenset[str]:
    """`address:port` of everything that is open."""
    return frozenset(f"{one.address}:{port}" for part in estate.segments for one in part.devices for port in OPEN)


def _run_ours(estate: Estate, pace: str) -> Run:
    with Lab(estate, "shared") as lab:
        return run_inside(lab, "ports", NETWORK, pace)


def _run_nmap(estate: Estate, words: Sequence[str]) -> Run:
    with tempfile.TemporaryDirectory() as folder, Lab(estate, "shared") as lab:
        listed = Path(folder) / "hosts"
        listed.write_text("\n".join(device.address for device in lab.devices), "ascii")
        return run_port_lister(lab, (*PLAIN_NMAP, *words, "-iL", str(listed)))


def tell(runs: Mapping[str, Sequence[Run]], truth: frozenset[str]) -> Result:
    """Times, recall and what was left in the kernel's table."""
    rows = []
    for name, held in runs.items():
        recall = min(len(run.found & truth) for run in held) / len(truth)
        wrong = max(len(run.found - truth) for run in held)
        alone = [knocking_seconds(run) for run in held]
        whole = middle([run.seconds for run in held])
        rows.append((name, f"{middle(alone):.2f}", f"{whole:.2f}", f"{recall:.3f}", str(wrong)))
    head = ("way", "median s, knocking", "median s, whole process", "recall, worst run", "found, not open")
    title = f"{len(PORTS)} ports of {len(truth) // len(OPEN):,} hosts, {len(truth):,} of them open"
    note = (
        "Ours finds the hosts by ARP first, which the whole process includes; nmap is told them. Ours ends every "
        "connection with a FIN, nmap leaves it half open and resets it. nmap -T4 was run once: it takes a minute."
    )
    return Result((Table(title, head, tuple(rows), note),), tuple(_bars(runs, truth)), missing=missing(("nmap",)))


def knocking_seconds(run: Run) -> float:
    """Of a run of ours the knocking alone; of nmap the whole process."""
    return float(run.said.get("seconds", run.seconds))


def _bars(runs: Mapping[str, Sequence[Run]], truth: frozenset[str]) -> list[Bar]:
    ours = [*runs[OURS], *runs[SLOWER]]
    bars = [
        at_least("ports: recall 1 in every run", min(len(run.found & truth) for run in ours) / len(truth), 1.0),
        at_most(
            "ports: entries of the neighbour table that differ afterwards, 0",
            max(run.said["entries"] for run in ours),
            0,
        ),
    ]
    for peer, limit in ((T4, 0.15), (BY_ETHERNET, 1.1)):
        if peer in runs:
            ratio = middle([knocking_seconds(run) for run in runs[OURS]]) / middle([run.seconds for run in runs[peer]])
            bars.append(at_most(f"ports: knocking to {peer}, at most {limit}", ratio, limit))
    return bars


CLAIM: Final = Claim(
    "ports",
    "Port sweeps on a stock kernel",
    f"{HOSTS:,} simulated cameras with own hardware addresses; two of the seven ports are open, five refuse. The kernel"
    " is not tuned: its neighbour table holds 1,024 entries.",
    measure,
    needs_lab=True,
)
