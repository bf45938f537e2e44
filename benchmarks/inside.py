"""Programs that benchmarks run at the scanner's place of a simulated network; each prints one line of JSON.

`python -m benchmarks.inside WHAT ARGUMENTS…`. They use the program's own parts as the program does, and add nothing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final


def arp(network: str, pace: str) -> dict[str, Any]:
    """Only the ARP sweep of a scope; `seconds` is the sweep itself, without the start of the program."""
    from probes.arp_sweep import run
    from scanner.interfaces import choose_interfaces
    from scanner.model import SweepResult
    from scanner.pace import Pacer, parse_pace
    from scanner.scope import make_scope
    from scanner.sweeping.link import Sweeping

    bare = make_scope([network])
    scope = make_scope([network], choose_interfaces(bare.networks))
    results: list[SweepResult] = []

    async def sweep() -> tuple[set[str], float]:
        found: set[str] = set()
        async with Sweeping(scope, Pacer(parse_pace(pace)), report=results.append, attempted=lambda _: None) as link:
            await link._client()  # the raw-socket program is up
            begun = time.monotonic()
            async for heard in run(link):
                found |= {str(seen.address) for seen in heard.observations}
            return found, time.monotonic() - begun

    found, seconds = asyncio.run(sweep())
    return {"found": sorted(found), "seconds": seconds, "frames": results[0].packets, "drops": results[0].drops}


def srp(network: str) -> dict[str, Any]:
    """scapy's own ARP sweep, with its defaults."""
    from scapy.config import conf
    from scapy.layers.l2 import ARP, Ether
    from scapy.sendrecv import srp

    conf.verb = 0
    begun = time.monotonic()
    answers, _ = srp(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=network), timeout=1, iface="eth0")
    return {"found": sorted({reply.psrc for _, reply in answers}), "seconds": time.monotonic() - begun}


PORTS: Final = (80, 443, 554, 8000, 8080, 8554, 37777)
"""The seven ports of the comparison with nmap."""


def ports(network: str, pace: str) -> dict[str, Any]:
    """The port sweep of the hosts that ARP found, as many at once as a scan has; `seconds` is the knocking alone."""
    from probes.arp_sweep import run
    from probes.port_sweep import knock_host
    from scanner.interfaces import choose_interfaces
    from scanner.neighbours import read_table_state
    from scanner.pace import Pacer, parse_pace
    from scanner.scope import Target, make_scope
    from scanner.sweeping.link import Sweeping

    bare = make_scope([network])
    scope = make_scope([network], choose_interfaces(bare.networks))
    outcomes: Counter[str] = Counter()
    before = read_table_state().entries

    async def sweep() -> tuple[list[str], int, float]:
        opened: list[str] = []
        found: dict[str, Target] = {}
        link = Sweeping(
            scope,
            Pacer(parse_pace(pace)),
            report=lambda _: None,
            attempted=lambda attempt: outcomes.update([attempt.outcome.value]),
        )
        slots = asyncio.Semaphore(parse_pace(pace).hosts_at_once)

        async def knock(target: Target) -> None:
            async with slots:
                async for heard in knock_host(link, target, PORTS):
                    opened.extend(f"{o.address}:{o.value}" for o in heard.observations if o.field == "open-port")

        async with link:
            async for heard in run(link):
                for seen in heard.observations:
                    if (target := scope.admit(str(seen.address), seen.interface)) is not None:
                        found[str(seen.address)] = target
            begun = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for target in found.values():
                    group.create_task(knock(target))
            return opened, len(found), time.monotonic() - begun

    opened, hosts, seconds = asyncio.run(sweep())
    left = read_table_state().entries - before
    return {"open": sorted(opened), "hosts": hosts, "seconds": seconds, "outcomes": dict(outcomes), "entries": left}


PROGRAMS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {"arp": arp, "srp": srp, "ports": ports}


def main() -> None:
    """Run one program and print what it gives, with the most memory it and its children took, in kB."""
    begun = time.monotonic()
    given = PROGRAMS[sys.argv[1]](*sys.argv[2:])
    given["wall"] = time.monotonic() - begun
    given["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    given["children"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps(given))


if __name__ == "__main__":
    main()
