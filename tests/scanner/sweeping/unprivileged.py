"""Run by a test: stands on the wire as a user without any right and sweeps it; says what was found as JSON."""

import asyncio
import json
import sys

from probes import arp_sweep, link_listen
from scanner.interfaces import choose_interfaces
from scanner.link import Heard
from scanner.model import SweepResult
from scanner.pace import parse_pace
from scanner.pacer import Pacer
from scanner.rawhelper import privileges
from scanner.scope import make_scope
from scanner.sweeping.link import Sweeping


async def sweep(network: str) -> None:
    """ARP as far as it goes, and listening, which cannot go at all."""
    link_listen.WAIT = 0.1  # type: ignore[misc]
    nets = make_scope([network])
    scope = make_scope([network], choose_interfaces(nets.networks))
    results: list[SweepResult] = []
    heard: list[Heard] = []
    async with Sweeping(scope, Pacer(parse_pace("lab")), report=results.append, attempted=print) as link:
        for plugin in (arp_sweep.SWEEP, link_listen.SWEEP):
            heard += [item async for item in plugin.run(link)]
    found = {seen.address: seen.value for item in heard for seen in item.observations}
    told = [(one.sweep, str(one.outcome), one.detail, one.lost) for one in results]
    print(json.dumps({"rights": privileges.read_rights().permitted, "found": found, "results": told}))


def main() -> None:
    """Give up every right, also for whatever is started from here, and sweep."""
    privileges.shed()
    asyncio.run(sweep(sys.argv[1]))


if __name__ == "__main__":
    main()
