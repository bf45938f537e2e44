"""Programs that benchmarks run at the scanner's place of a simulated network; each prints one line of JSON.

`python -m benchmarks.inside WHAT ARGUMENTS…`. They use the program's own parts as the program does, and add nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final


def arp(network: str, pace: str) -> dict[str, Any]:
    """Only the ARP sweep of a scope; `seconds` is the sweep itself, without the start of the program."""
    from probes.arp_sweep import run
    from scanner.interfaces import choose_interfaces
    from scanner.model import SweepResult
    from scanner.pace import parse_pace
    from scanner.pacer import Pacer
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


def frames(network: str, count: str) -> dict[str, Any]:
    """The send loop of the raw-socket program without its pace: random order, times of asking, batches."""
    import random

    from scanner.gate import Gate
    from scanner.interfaces import choose_interfaces
    from scanner.pace import FASTEST_RATE
    from scanner.ranges import whole
    from scanner.rawhelper.asking import Asking
    from scanner.rawhelper.batch import RequestBatch
    from scanner.rawhelper.frames import build_request
    from scanner.rawhelper.job import Job
    from scanner.rawhelper.packet_socket import open_sockets
    from scanner.rawhelper.requests import Sweep
    from scanner.scope import make_scope

    networks = make_scope([network], allow_large=True).networks
    (own,) = choose_interfaces(networks)[0].ipv4
    ranges, sender = whole([own.network]), str(own.ip)
    sockets = open_sockets("eth0")
    asking = Asking(ranges, rng=random.Random(1))
    batch = RequestBatch(sockets.sender, sockets.ring, build_request(sockets.mac.hex(":"), sender))
    request = Sweep(1, "eth0", ranges, sender, FASTEST_RATE, 2)
    job = Job(request, asking, batch, Gate(100 * FASTEST_RATE), lambda _: None)
    job.grant(int(count))
    begun = time.monotonic()
    while asking.frames < int(count):
        job.run(time.monotonic())
    seconds = time.monotonic() - begun
    sockets.close()
    return {"frames": asking.frames, "seconds": seconds, "stalls": job.stalls}


def sendp(network: str) -> dict[str, Any]:
    """scapy's own way to send frames: one packet stands for the requests for all addresses, each built as it leaves."""
    from scapy.layers.l2 import ARP, Ether
    from scapy.sendrecv import sendp

    begun = time.monotonic()
    sendp(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=network), iface="eth0", verbose=0)
    return {"frames": ipaddress.IPv4Network(network).num_addresses, "seconds": time.monotonic() - begun}


def repeat(address: str, count: str) -> dict[str, Any]:
    """The same request by scapy again and again, for one address; it is built anew for each frame here too."""
    from scapy.layers.l2 import ARP, Ether
    from scapy.sendrecv import sendp

    begun = time.monotonic()
    sendp(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=address), count=int(count), iface="eth0", verbose=0)
    return {"frames": int(count), "seconds": time.monotonic() - begun}


def bursts(network: str, pace: str) -> dict[str, Any]:
    """The WS-Discovery sweep beside the ARP sweep, as a scan runs them; `found` answered WS-Discovery."""
    from probes import arp_sweep, wsd_sweep
    from scanner.interfaces import choose_interfaces
    from scanner.model import SweepResult
    from scanner.pace import parse_pace
    from scanner.pacer import Pacer
    from scanner.scope import make_scope
    from scanner.sweeping.link import Sweeping

    scope = make_scope([network], choose_interfaces(make_scope([network]).networks))
    results: list[SweepResult] = []
    found: dict[str, set[str]] = {"arp": set(), "wsd": set()}

    async def sweep(name: str, link: Sweeping) -> None:
        run = {"arp": arp_sweep.run, "wsd": wsd_sweep.run}[name]
        async for heard in run(link):
            found[name] |= {str(seen.address) for seen in heard.observations}

    async def both() -> None:
        async with Sweeping(scope, Pacer(parse_pace(pace)), report=results.append, attempted=lambda _: None) as link:
            await link._client()  # else the question is over before the sweep has begun
            async with asyncio.TaskGroup() as group:
                group.create_task(sweep("arp", link))
                group.create_task(sweep("wsd", link))

    asyncio.run(both())
    return {"found": sorted(found["wsd"]), "arp": len(found["arp"]), "drops": sum(one.drops for one in results)}


def busy() -> dict[str, Any]:
    """What is usual: a datagram endpoint with the default buffer, on a loop that is busy for half a second."""
    import socket

    from scanner.codec import wsd

    found: set[str] = set()

    class Inbox(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 -- asyncio's
            found.add(addr[0])

    async def ask() -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, 25, b"eth0")  # SO_BINDTODEVICE: there is no route to the group
        sock.bind(("0.0.0.0", 0))
        sock.setblocking(False)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Inbox, sock=sock)
        transport.sendto(wsd.build_probes(lambda: "00000000-0000-0000-0000-000000000001")[0], (wsd.GROUP_V4, wsd.PORT))
        time.sleep(0.5)  # noqa: ASYNC251 -- the busy loop that is measured
        await asyncio.sleep(1.0)
        transport.close()

    asyncio.run(ask())
    return {"found": sorted(found)}


PORTS: Final = (80, 443, 554, 8000, 8080, 8554, 37777)
"""The seven ports of the comparison with nmap."""


def ports(network: str, pace: str) -> dict[str, Any]:
    """The port sweep of the hosts that ARP found, as many at once as a scan has; `seconds` is the knocking alone."""
    from probes.arp_sweep import run
    from probes.port_sweep import knock_host
    from scanner.collecting import spare_collections
    from scanner.interfaces import choose_interfaces
    from scanner.link import Heard
    from scanner.model import Attempt
    from scanner.pace import parse_pace
    from scanner.pacer import Pacer
    from scanner.scope import Target, make_scope
    from scanner.sweeping.link import Sweeping

    bare = make_scope([network])
    scope = make_scope([network], choose_interfaces(bare.networks))
    attempts: list[Attempt] = []
    spare_collections()
    before = neighbours()

    async def sweep() -> tuple[list[Heard], int, float]:
        told: list[Heard] = []
        found: dict[str, Target] = {}
        link = Sweeping(scope, Pacer(parse_pace(pace)), report=lambda _: None, attempted=attempts.append)
        slots = asyncio.Semaphore(parse_pace(pace).hosts_at_once)

        async def knock(target: Target) -> None:
            async with slots:
                async for heard in knock_host(link, target, PORTS):
                    told.append(heard)

        async with link:
            async for heard in run(link):
                for seen in heard.observations:
                    if (target := scope.admit(str(seen.address), seen.interface)) is not None:
                        found[str(seen.address)] = target
            begun = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for target in found.values():
                    group.create_task(knock(target))
            return told, len(found), time.monotonic() - begun

    told, hosts, seconds = asyncio.run(sweep())
    seen = [item for heard in told for item in heard.observations if item.field == "open-port"]
    return {
        "open": sorted(f"{item.address}:{item.value}" for item in seen), "hosts": hosts, "seconds": seconds,
        "outcomes": Counter(attempt.outcome.value for attempt in attempts), "entries": len(neighbours() ^ before),
    }  # fmt: skip


def neighbours() -> set[tuple[int, str]]:
    """The IPv4 lines of the kernel's table; of IPv6 it keeps the groups there that it speaks to by itself."""
    from scanner.netlink import list_neighbours

    return {(entry.index, entry.address) for entry in list_neighbours() if ":" not in entry.address}


def peak_memory() -> int:
    """The most memory this program took, in kB; getrusage says at least what the program had that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


PROGRAMS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "arp": arp, "srp": srp, "frames": frames, "sendp": sendp, "repeat": repeat, "bursts": bursts,
    "busy": busy, "ports": ports,
}  # fmt: skip


def main() -> None:
    """Run one program and print what it gives, with the most memory it and its children took, in kB."""
    begun = time.monotonic()
    given = PROGRAMS[sys.argv[1]](*sys.argv[2:])
    given["wall"] = time.monotonic() - begun
    given["memory"] = peak_memory()
    given["children"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps(given))


if __name__ == "__main__":
    main()
