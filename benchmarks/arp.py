"""ARP sweeps of a /24 and a /20 against arp-scan, nmap, masscan and scapy; whom they find stands beside their time."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from benchmarks.claims import Bar, Claim, Options, Result, Table, at_least, at_most, in_turn, middle
from benchmarks.peers import PeerFailed, Run, missing, run_inside, run_lister, run_until_said
from simulator.estate import Estate
from simulator.lab import Lab

PEERS: Final = ("arp-scan", "nmap", "masscan")

PARTS: Final = 20
"""Ranges that the hosts of one network are spread over."""

OURS: Final = "camcensus"
TUNED: Final = "nmap --min-rate"
STEADY: Final = "nmap --min-rate 10000"
"""The same tuning on a network of any size."""


@dataclass(frozen=True, slots=True)
class Site:
    """A network of hosts that do nothing but answer ARP, how fast it is swept, and who misses the first request."""

    network: str
    hosts: int
    rate: int  # frames per second
    sleepy: float = 0.0

    @property
    def alive(self) -> frozenset[str]:
        return frozenset(str(address) for first, count in spread(self) for address in _count_up(first, count))

    @property
    def title(self) -> str:
        asleep = f", {self.sleepy:.0%} miss the first request" if self.sleepy else ""
        return f"{self.short.removesuffix(' sleepy')} with {self.hosts:,} hosts at {self.rate:,} frames/s{asleep}"

    @property
    def short(self) -> str:
        """How bars name it."""
        return f"/{self.network.partition('/')[2]}{' sleepy' if self.sleepy else ''}"

    @property
    def scanner(self) -> str:
        """Our own address, which some name as found."""
        return str(ipaddress.IPv4Network(self.network)[2])

    def estate(self) -> Estate:
        """The site for the simulator."""
        parts = [{"first": str(first), "count": count, "misses_first": self.sleepy} for first, count in spread(self)]
        segment = {"network": self.network, "scanner": self.scanner, "arp_only": parts}
        return Estate.model_validate({"id": "arp", "segments": [segment]})


def spread(site: Site) -> list[tuple[ipaddress.IPv4Address, int]]:
    """Ranges of hosts, evenly over the network: first address and count."""
    network = ipaddress.IPv4Network(site.network)
    each = site.hosts // PARTS
    step = (network.num_addresses - 8) // PARTS
    return [(network[4 + part * step], each) for part in range(PARTS)]


def _count_up(first: ipaddress.IPv4Address, count: int) -> list[ipaddress.IPv4Address]:
    return [first + offset for offset in range(count)]


SMALL: Final = Site("10.79.0.0/24", 200, 10_000)
MIDDLE: Final = Site("10.79.0.0/20", 2_000, 10_000)

TRIED: Final = frozenset({"masscan"})
"""Peers that are run once untimed before: without a router they do not work everywhere."""

Program = Callable[[Lab, Site], Run]

PROGRAMS: Final[Mapping[str, Program]] = {
    OURS: lambda lab, site: run_inside(lab, "arp", site.network, str(site.rate)),
    "arp-scan": lambda lab, site: run_lister(
        lab, ["arp-scan", "-I", "eth0", "-q", "-x", f"--interval={1_000_000 // site.rate}u", site.network]
    ),
    TUNED: lambda lab, site: run_lister(
        lab, ["nmap", "-sn", "-n", "-PR", "--min-rate", str(site.rate), "-oG", "-", site.network], "Status: Up"
    ),
    STEADY: lambda lab, site: run_lister(
        lab, ["nmap", "-sn", "-n", "-PR", "--min-rate", "10000", "-oG", "-", site.network], "Status: Up"
    ),
    "nmap -T4": lambda lab, site: run_lister(
        lab, ["nmap", "-sn", "-n", "-PR", "-T4", "-oG", "-", site.network], "Status: Up"
    ),
    "masscan": lambda lab, site: run_until_said(
        lab,
        ["masscan", "--arp", site.network, "-e", "eth0", f"--rate={site.rate}", "--wait=1", "-oL", "-"],
        b"waiting -",  # its own wait is over, yet it stays until one more frame comes
        "arp 0",
    ),
    "scapy srp": lambda lab, site: run_inside(lab, "srp", site.network),
}
"""Each at the same rate where it has one; the rest as its makers deliver it."""


def measure(options: Options) -> Result:
    """Both networks."""
    small = measure_site(SMALL, ("arp-scan", TUNED, "nmap -T4", "masscan", "scapy srp"), options)
    tables, bars = [tell(SMALL, small)], [*found_all(SMALL, small), *beside(SMALL, small, "arp-scan", 1.05)]
    bars += beside(SMALL, small, TUNED, 3, whole=True)
    if not options.quick:
        large = measure_site(MIDDLE, ("arp-scan", TUNED, "nmap -T4", "masscan"), options)
        large |= measure_site(MIDDLE, ("scapy srp",), Options(1), ours=False)
        tables.append(tell(MIDDLE, large, "scapy was run once: it takes half a minute."))
        bars += found_all(MIDDLE, large)
        bars += [*beside(MIDDLE, large, "arp-scan", 1.05), *beside(MIDDLE, large, "nmap -T4", 0.45)]
    return Result(tuple(tables), tuple(bars), missing=absent())


def measure_site(site: Site, names: Sequence[str], options: Options, *, ours: bool = True) -> dict[str, list[Run]]:
    """Every way in turn. Each run has a network of its own: who misses the first request wakes up once only."""
    here = [name for name in names if name.startswith("scapy") or shutil.which(name.split()[0])]
    chosen = [*([OURS] if ours else []), *(name for name in here if not why_not(name))]
    runs = in_turn([partial(_run_once, name, site) for name in chosen], options.runs)
    return dict(zip(chosen, runs, strict=True))


@cache
def why_not(name: str) -> str:
    """Why a peer that is here does not do its work on such networks; empty when it does."""
    if name not in TRIED or shutil.which(name) is None:
        return ""
    try:
        _run_once(name, SMALL)
    except PeerFailed as error:
        return str(error)
    return ""


def absent() -> tuple[str, ...]:
    """The peers that are not here, and those that do not do their work."""
    return (*missing(PEERS), *filter(None, map(why_not, sorted(TRIED))))


def _run_once(name: str, site: Site) -> Run:
    with Lab(site.estate()) as lab:
        return PROGRAMS[name](lab, site)


def tell(site: Site, runs: Mapping[str, Sequence[Run]], note: str = "") -> Table:
    """One row for each way: time, the share of the hosts that it found, and what it found that is not there."""
    rows = []
    for name, held in runs.items():
        if name == OURS:
            rows.append((f"{OURS}: the sweep", *_row([sweep_seconds(run) for run in held], held, site)))
            name = f"{OURS}: start and end of the program too"
        rows.append((name, *_row([run.seconds for run in held], held, site)))
    return Table(
        site.title, ("way", "median s", "least to most", "recall, worst run", "found, not there"), tuple(rows), note
    )


def _row(seconds: Sequence[float], held: Sequence[Run], site: Site) -> tuple[str, ...]:
    recall = min(recall_of(run, site) for run in held)
    wrong = max(len(run.found - site.alive - {site.scanner}) for run in held)
    return f"{middle(seconds):.2f}", f"{min(seconds):.2f} to {max(seconds):.2f}", f"{recall:.3f}", str(wrong)


def sweep_seconds(run: Run) -> float:
    """Of a run of ours: the sweep without the start of Python and of the raw-socket program."""
    return float(run.said["seconds"])


def recall_of(run: Run, site: Site) -> float:
    """The share of the hosts that are there which a run found."""
    return len(run.found & site.alive) / len(site.alive)


def found_all(site: Site, runs: Mapping[str, Sequence[Run]]) -> list[Bar]:
    """Our recall and precision, of the worst run."""
    held = runs[OURS]
    right = min(len(run.found & site.alive) / max(1, len(run.found)) for run in held)
    return [
        at_least(f"{site.short}: recall 1", min(recall_of(run, site) for run in held), 1.0),
        at_least(f"{site.short}: precision 1", right, 1.0),
    ]


def beside(site: Site, runs: Mapping[str, Sequence[Run]], peer: str, limit: float, *, whole: bool = False) -> list[Bar]:
    """Our time as a share of a peer's; nothing where the peer is missing. `whole`: our start and end count too."""
    if peer not in runs:
        return []
    ours = middle([run.seconds if whole else sweep_seconds(run) for run in runs[OURS]])
    what = "the whole program" if whole else "the sweep"
    ratio = ours / middle([run.seconds for run in runs[peer]])
    return [at_most(f"{site.short}: {what} to {peer}, at most {limit}", ratio, limit)]


CLAIM: Final = Claim(
    "arp",
    "ARP sweeps beside other programs",
    "Hosts that do nothing but answer ARP, played by one process on the same cores. Each run has a network of its own. "
    "Times of other programs are those of the whole process; of ours the sweep and the whole process stand apart, "
    "since in a scan the sweep is one of many. All send at the same rate where they have one.",
    measure,
    needs_lab=True,
)
