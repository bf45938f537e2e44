"""Many WS-Discovery answers within 20 ms, while an ARP sweep is under way: how many of them are heard."""

from __future__ import annotations

import ipaddress
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.claims import Claim, Options, Result, Table, at_least, in_turn, middle
from benchmarks.crowd import BURST_SECONDS, Crowd, make_crowd
from benchmarks.peers import TIMEOUT, missing

NETWORK: Final = "10.79.0.0/20"
HOSTS: Final = 1_588
RATE: Final = 10_000
"""Frames per second of the ARP sweep beside it."""

_XADDR: Final = re.compile(r"http://([\d.]+)/onvif/device_service")

OURS: Final = "camcensus, during its ARP sweep"
NMAP: Final = "nmap, broadcast-wsdd-discover alone"
PLAIN: Final = "asyncio, default buffer, loop busy for 0.5 s"


def measure(options: Options) -> Result:
    """Each way in turn, each on a wire of its own."""
    addresses = choose_addresses(HOSTS // 10 if options.quick else HOSTS)
    inside = [sys.executable, "-m", "benchmarks.inside"]
    ways = {
        OURS: _way(addresses, [*inside, "bursts", NETWORK, str(RATE)], _read_ours),
        PLAIN: _way(addresses, [*inside, "busy"], _read_ours),
    }
    if shutil.which("nmap"):
        words = ["nmap", "-e", "eth0", "--script", "broadcast-wsdd-discover", "--script-args", "newtargets=0"]
        ways[NMAP] = _way(addresses, words, _XADDR.findall)
    runs = dict(zip(ways, in_turn(list(ways.values()), options.runs), strict=True))
    rows = tuple(
        (
            name,
            f"{middle([share for share, _ in held]):.3f}",
            f"{min(share for share, _ in held):.3f}",
            f"{max(took for _, took in held) * 1000:.0f}",
        )
        for name, held in runs.items()
    )
    title = f"{len(addresses):,} answers in {BURST_SECONDS * 1000:.0f} ms"
    table = Table(title, ("way", "recall, median", "recall, worst run", "the burst took, ms at most"), rows)
    worst = min(share for share, _ in runs[OURS])
    return Result((table,), (at_least(f"{title}: recall 1 in every run", worst, 1.0),), missing=missing(("nmap",)))


def choose_addresses(count: int) -> list[str]:
    """So many hosts from the fifth address of the network on."""
    network = ipaddress.IPv4Network(NETWORK)
    return [str(network[4 + number]) for number in range(count)]


def _way(
    addresses: Sequence[str], words: Sequence[str], read: Callable[[str], Sequence[str]]
) -> Callable[[], tuple[float, float]]:
    """Recall of one run, and the seconds that the burst took."""

    def run() -> tuple[float, float]:
        with make_crowd(NETWORK, addresses) as crowd:
            found = set(read(_run(crowd, words)))
            return len(found & set(addresses)) / len(addresses), crowd.took

    return run


def _run(crowd: Crowd, words: Sequence[str]) -> str:
    with crowd.enter():
        return subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT, check=True).stdout


def _read_ours(text: str) -> Sequence[str]:
    found: list[str] = json.loads(text)["found"]
    return found


CLAIM: Final = Claim(
    "bursts",
    "Bursts of WS-Discovery answers",
    "The hosts answer the first question they hear, once, all within 20 ms: what is lost then cannot be made good. Our "
    "ARP sweep of the /20 runs at 10,000 frames/s meanwhile, and its answers arrive too.",
    measure,
    needs_lab=True,
)
