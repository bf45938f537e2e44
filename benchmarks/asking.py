"""Asks the hosts of a file as a scan does, without any sweep, and judges each.

`python -m benchmarks.asking NETWORK PACE FILE`. Runs at the scanner's place of a simulated network and
prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from probes import load_plugins
from probes.port_sweep import knock_host
from scanner.assembly import make_decider
from scanner.dissect import Dissector
from scanner.engine import Engine, Sensors
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.interfaces import choose_interfaces
from scanner.ledger import Balance, Books
from scanner.model import Identity, Observation, RunInfo, Standing
from scanner.net import Net
from scanner.pace import Pace, parse_pace
from scanner.record import read_record
from scanner.record_writer import RecordWriter
from scanner.scope import Scope, make_scope
from scanner.sweeping.link import Sweeping

LOOK_EVERY: Final = 0.005
"""Seconds between two looks at how late the loop is."""

LISTED: Final = frozenset({"hikvision", "dahua"})


class Nobody:
    """Progress that nobody watches."""

    def sweep_started(self, name: str) -> None:
        """Nothing."""

    def sweep_ended(self, name: str) -> None:
        """Nothing."""

    def host_found(self) -> None:
        """Nothing."""

    def host_examined(self) -> None:
        """Nothing."""


class Stalls:
    """How long the loop was ever away."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.worst = 0.0
        self._clock = clock

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        while True:
            begun = self._clock()
            await asyncio.sleep(LOOK_EVERY)
            self.worst = max(self.worst, self._clock() - begun - LOOK_EVERY)


async def ask(scope: Scope, pace: Pace, hosts: Sequence[str], library: Library, path: Path) -> float:
    """Write the record of asking these hosts; returns the worst stall of the loop in seconds."""
    books = Books()
    stalls = Stalls()
    targets = [target for text in hosts if (target := scope.admit(text)) is not None]
    probes = tuple(probe for probe in load_plugins()[1] if not probe.opt_in)
    with RecordWriter(path) as record:
        record.write_run(RunInfo("benchmark", "0", time.time(), None, "", str(pace), (), tuple(hosts), (), ""))
        balance = Balance(books, record.write)
        net = Net(scope, pace, sink=balance.note, books=books)
        sweeping = Sweeping(scope, net.pacer, report=record.write, attempted=balance.note, books=books)
        sensors = Sensors(
            sweeps=(),
            probes=probes,
            knock=lambda link, target, enough: knock_host(link, target, enough=enough),
            decide=make_decider(library),
            clock=time.time,
            dissect=Dissector(),
        )
        engine = Engine(
            scope, net, sweeping, record, sensors, progress=Nobody(), hosts_in_flight=pace.hosts_at_once
        )  # fmt: skip
        async with net, sweeping, asyncio.TaskGroup() as group:
            watching = group.create_task(stalls.watch())
            await engine.sense(targets)
            watching.cancel()
        record.close(time.time())
    return stalls.worst


def judge(path: Path, library: Library) -> dict[str, Identity]:
    """Who made the host at each address."""
    heard: dict[str, list[Observation]] = {}
    for seen in read_record(path).observations:
        heard.setdefault(seen.address or "", []).append(seen)
    dissector = Dissector()
    return {address: identify(held, library, dissector) for address, held in heard.items()}


def is_contradicted(identity: Identity) -> bool:
    """True for a maker that is only suspected, and that something else the device says speaks against."""
    return identity.standing is not Standing.IDENTIFIED and bool(identity.conflicts)


def is_doubtful(identity: Identity) -> bool:
    """True when a listed maker is suspected, or named by one side of a contradiction."""
    named = {identity.maker, *(maker for conflict in identity.conflicts for maker in conflict.makers)}
    return identity.standing is not Standing.IDENTIFIED and bool(named & LISTED)


def run(network: str, pace: str, hosts: str) -> dict[str, Any]:
    """Everything; `seconds` is from the first knock to the last verdict, without the start of the program."""
    bare = make_scope([network])
    scope = make_scope([network], choose_interfaces(bare.networks))
    library = load_library()
    path = Path(hosts).with_name("record.jsonl")
    begun = time.monotonic()
    stall = asyncio.run(ask(scope, parse_pace(pace), Path(hosts).read_text("utf-8").split(), library, path))
    found = judge(path, library)
    return {
        "seconds": time.monotonic() - begun,
        "stall": stall,
        "makers": {address: one.maker for address, one in found.items() if not is_contradicted(one)},
        "suspected": [address for address, one in found.items() if is_doubtful(one)],
    }


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
