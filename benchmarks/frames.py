"""Frames per second of our send loop, against a C program that does nothing but sendmmsg, and scapy's sendp."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from benchmarks.cable import lay_cable
from benchmarks.claims import Bar, Claim, Options, Result, Table, at_least, in_turn, middle
from benchmarks.peers import Place, missing, run_inside, time_program
from simulator.estate import Estate
from simulator.lab import Lab
from simulator.wiring import SCANNER_MAC

SOURCE: Final = Path(__file__).with_name("sendmmsg.c")

COUNT: Final = 400_000
"""Frames of one run: most of a second, so that a single pause of the machine does not decide it."""

NETWORK: Final = "10.64.0.0/12"
"""A million addresses, which stand for themselves: nobody is there."""

SCAPY_NETWORK: Final = "10.64.0.0/20"
"""The part of them that scapy asks in one run, which is 4,096: most of a second too."""

SENDER: Final = "10.64.0.2"

OURS: Final = "camcensus: the loop of the raw-socket program"
C: Final = "C, sendmmsg of 256 frames"
SCAPY: Final = "scapy sendp"
REPEATED: Final = "scapy sendp, one frame repeated"

COLUMNS: Final = ("way", "median frames/s", "least to most", "camcensus is so many times as fast")


def measure(options: Options) -> Result:
    """Each way in turn, on a bare cable and on the wire of a simulated segment."""
    count = COUNT // 10 if options.quick else COUNT
    estate = Estate.model_validate({"id": "wire", "segments": [{"network": NETWORK, "scanner": SENDER}]})
    with tempfile.TemporaryDirectory() as folder:
        with lay_cable(f"{SENDER}/{IPv4Network(NETWORK).prefixlen}") as cable:
            onto_cable = _measure_on(cable, Path(folder), count, options.runs)
        with Lab(estate) as lab:
            onto_bridge = _measure_on(lab, Path(folder), count, options.runs)
    return tell(count, {"onto a bare cable": onto_cable, "through a bridge": onto_bridge})


def _measure_on(place: Place, folder: Path, count: int, runs: int) -> dict[str, Sequence[float]]:
    ways = {
        OURS: partial(_rate_inside, place, "frames", NETWORK, str(count)),
        SCAPY: partial(_rate_inside, place, "sendp", SCAPY_NETWORK),
        REPEATED: partial(_rate_inside, place, "repeat", "10.64.0.9", str(IPv4Network(SCAPY_NETWORK).num_addresses)),
    }
    if shutil.which("cc"):
        ways[C] = partial(_rate_program, place, [str(compile_sender(folder)), "eth0", str(count), head().hex()])
    return dict(zip(ways, in_turn(list(ways.values()), runs), strict=True))


def tell(count: int, wires: Mapping[str, Mapping[str, Sequence[float]]]) -> Result:
    """A table and the bars of each wire; scapy's bar is about the same requests as ours, so not about one repeated."""
    bars: list[Bar] = []
    tables: list[Table] = []
    for wire, rates in wires.items():
        ours = middle(rates[OURS])
        rows = tuple(
            (name, f"{middle(held):,.0f}", f"{min(held):,.0f} to {max(held):,.0f}", f"{ours / middle(held):.3g}")
            for name, held in rates.items()
        )
        tables.append(Table(f"{count:,} ARP requests {wire}", COLUMNS, rows))
        if C in rates:
            words = f"{wire}: frames/s to C sendmmsg, at least 0.65 (aim 0.9)"
            bars.append(at_least(words, ours / middle(rates[C]), 0.65))
        bars.append(at_least(f"{wire}: frames/s to scapy sendp, at least 100", ours / middle(rates[SCAPY]), 100))
    return Result(tuple(tables), tuple(bars), missing=missing(("cc",)))


def head() -> bytes:
    """What our loop sends up to the asked address, which the C program sends too."""
    from scanner.rawhelper.frames import build_request

    return build_request(SCANNER_MAC.format(0), SENDER)


def _rate_inside(place: Place, *words: str) -> float:
    said = run_inside(place, *words).said
    return float(said["frames"]) / float(said["seconds"])


def _rate_program(place: Place, words: list[str]) -> float:
    said = json.loads(time_program(place, words)[1])
    return float(said["frames"]) / float(said["seconds"])


def compile_sender(folder: Path) -> Path:
    """The C program, built into this folder."""
    program = folder / "sendmmsg"
    subprocess.run(["cc", "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


CLAIM: Final = Claim(
    "frames",
    "Frames per second",
    "The same ARP requests, each for another address, onto a wire where nobody listens. Ours go through a ring shared "
    "with the kernel; our loop also chooses the next address by a random order, keeps the time of asking for round "
    "trips, and asks its token bucket. A bare cable ends at an interface that throws the frames away: there the send "
    "loops themselves are compared. On the wire of a simulated segment a bridge and ARP take each frame: two thirds of "
    "the time go into what is done there, for all alike. "
    "scapy is shown in both ways that its sendp has: one packet that stands for the requests for all addresses of a "
    "network, as its documentation writes a sweep, and one frame repeated, which asks one address again and again. "
    "The bar is about the first, which is the same requests; scapy sends 4,096 frames in a run of either.",
    measure,
    needs_lab=True,
)
