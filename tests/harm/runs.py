"""Runs the program at the scanner's place of a small lab, and keeps what it left and every frame that left for it.

The machine it runs on is made to give a careless program every chance: a default route, a route to the neighbouring
subnet, both in IPv6 as well, and a name server that stands on the wire.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from simulator.estate import Estate
from simulator.lab import Counts, Lab
from simulator.ledger import Ledger
from tests import wiretap

ROOT: Final = Path(__file__).resolve().parents[2]

NETWORK: Final = "10.66.0.0/23"
SCANNER: Final = "10.66.0.2"

SCOPE: Final = "10.66.0.0/24"
EXCLUDED: Final = "10.66.0.192/26"
"""What may be touched is the lower half of the scanner's own network, without its last quarter."""

GATEWAY: Final = "10.66.1.1"
TRIPWIRE: Final = "10.66.1.250"
"""On the wire and in the scanner's own network, and outside the scope."""

NEIGHBOUR: Final = "10.67.0.250"
"""On the wire, in the neighbouring subnet, to which there is a route."""

SHUT_OUT: Final = "10.66.0.200"
"""A camera in the scope that is excluded."""

BEHIND: Final = "10.68.0.249"
"""A host of a network in which this machine has no address, as if it stood behind a router."""

STRANGER: Final = "192.168.1.64"
"""A factory-fresh camera on the wire."""

OUTSIDE: Final = (GATEWAY, TRIPWIRE, NEIGHBOUR, BEHIND, SHUT_OUT, STRANGER)

ROUTES: Final = (
    f"ip route add default via {GATEWAY}",
    "ip route add 10.67.0.0/24 dev eth0",
    "ip route add 10.68.0.0/24 dev eth0",
    "ip -6 route add default via fe80::1 dev eth0",
)

TIMEOUT: Final = 300.0
"""Seconds for one command; ten are usual, a minute at the gentle pace."""


def make_site(*devices: Mapping[str, Any]) -> Estate:
    """These devices from 10.66.0.10 on, unless they say otherwise, and everybody who must hear nothing."""
    placed = [{"address": f"10.66.0.{10 + number}", **device} for number, device in enumerate(devices)]
    placed += [
        {"persona": "router", "address": GATEWAY},
        {"persona": "vms-page", "address": TRIPWIRE},
        {"persona": "vms-page", "address": NEIGHBOUR},
        {"persona": "axis", "address": BEHIND},
        {"persona": "hikvision-camera-old", "address": SHUT_OUT},
        {"persona": "off-scope-hikvision", "address": STRANGER},
    ]
    segment = {"network": NETWORK, "scanner": SCANNER, "devices": placed}
    return Estate.model_validate({"id": "harm", "segments": [segment]})


@dataclass(frozen=True)
class Run:
    """One command, what it left, what each device counted by then, and every frame that left meanwhile."""

    code: int
    said: str
    complained: str
    folder: Path
    counts: Counts
    wire: wiretap.Tap
    personas: Mapping[str, str] = field(default_factory=dict)  # address → persona

    @property
    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text("utf-8"))

    @property
    def attempts(self) -> list[dict[str, Any]]:
        lines = (self.folder / "record.jsonl").read_text("utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["type"] == "attempt"]

    def account(self, address: str) -> dict[str, int]:
        """The report's own ledger of the device at an address."""
        for device in self.report["devices"]:
            if address in device["addresses"]["ipv4"]:
                return {name: int(count) for name, count in device["ledger"].items()}
        raise AssertionError(f"{address} is not in the report")

    def device(self, address: str) -> Ledger:
        """What the device at an address counted."""
        return self.counts.devices[address]


class Place:
    """A lab with routes everywhere, in which commands are run one after the other."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.begun: list[tuple[str, ...]] = []  # the words of every command
        self.names = folder / "resolv.conf"
        self.names.write_text(f"nameserver {TRIPWIRE}\nnameserver {SHUT_OUT}\noptions timeout:1 attempts:1\n", "utf-8")
        for line in ROUTES:
            done = lab.run_in_scanner(line.split())
            if done.returncode and "-6" not in line:  # a machine may have IPv6 switched off
                raise AssertionError(f"{line}: {done.stderr}")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the program where a name lookup would be a packet."""
        script = f'mount --bind {self.names} /etc/resolv.conf || exit 99; exec "$@"'
        program = [sys.executable, "-m", "scanner", *words]
        command, descriptors = self.lab.command(["unshare", "-m", "sh", "-c", script, "sh", *program])
        self.begun.append(words)
        own = os.environ | {"XDG_RUNTIME_DIR": str(self.folder)}  # where `simulate` keeps what it started
        return subprocess.Popen(
            command, pass_fds=descriptors, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=own
        )

    def finish(self, process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
        """Wait for what `start` began, and give what it said."""
        try:
            said, complained = process.communicate(timeout=TIMEOUT)
        finally:
            process.kill()
            process.wait()
        return subprocess.CompletedProcess(process.args, process.returncode, said, complained)

    def run(self, *words: str, out: Path | None = None) -> Run:
        """Run one command to its end. `out`: where its reports go, for a command that writes any."""
        with self.listen() as wire:
            done = self.finish(self.start(*words))
        personas = {device.address: device.persona for device in self.lab.devices}
        counts = self.lab.counts()
        return Run(done.returncode, done.stdout, done.stderr, out or self.folder, counts, wire, personas)

    def scan(self, pace: str, *more: str, name: str = "run") -> Run:
        """One scan of the scope at a pace."""
        out = self.folder / name
        return self.run("scan", *scan_words(self.lab.interfaces[0], pace, out), *more, out=out)

    @contextmanager
    def listen(self) -> Iterator[wiretap.Tap]:
        """Every frame that leaves the scanner's namespace meanwhile."""
        with self.lab.enter():
            raw = wiretap.open_tap()
        with wiretap.tap(raw) as wire:
            yield wire


def scan_words(interface: str, pace: str, out: Path) -> tuple[str, ...]:
    """What is written behind `camcensus scan`, or `sense`."""
    return (
        SCOPE, "--exclude", EXCLUDED, "--interface", interface, "--pace", pace, "--out", str(out),
        "--authorised-by", "a test",
    )  # fmt: skip


@contextmanager
def place(folder: Path, devices: Sequence[Mapping[str, Any]]) -> Iterator[Place]:
    """A lab with these devices and with everybody who must hear nothing."""
    with Lab(make_site(*devices)) as lab:
        yield Place(lab, folder)
