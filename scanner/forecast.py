"""Foretells what a run would send and how long it would take, from the pace and what each plug-in declares. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from probes import Probe, Sweep
from scanner.pace import CONNECTION_PACKETS, USED, Pace

START: Final = 1.0
"""Seconds before the first packet and after the last: the program, the fingerprints, the raw-socket helper, a report of
few devices. Counted: 0.9 to 1.0."""

QUIET: Final = 3.5
"""Seconds listened after the very last question. Whoever listens longest asks first (see scanner/sweeping/shouting.py),
so it is one whose answers come soon."""

SHOUTED_MOST: Final = 16
"""Datagrams of one sweep on a segment, where it may send more: multicast DNS asks on only while services come in, and
8 to 12 were counted on the wire."""

SEGMENT_SHARE: Final = 2.0
"""Questions to a segment go at the pace of one host divided by this, as scanner/sweeping/shouting.py has it."""

ARP_PASSES: Final = 2
"""Requests to an address where nobody answers; one that answers is asked once."""

OPEN_PORTS: Final = 4
"""Open ports of an ordinary camera among those knocked at: web, TLS, RTSP, SDK."""

REQUEST_PACKETS: Final = 1
"""Packets of a request: few answers cost an acknowledgement that does not go with what is said next."""

KNOCK_PACKETS: Final = 2
"""Packets a knock costs us on the average: one at a closed port, three at an open one."""

HOST_SHARE: Final = 0.46
"""What a host of a mixed network gets of all that a camera may get: counted on the wire over all simulated ones."""

NO_SHOUTS: Final = frozenset(("arp-sweep", "port-sweep", "unicast-discovery"))
"""Sweeps that ask single addresses."""

RUNS_ONCE: Final = 50
"""Probes with a lower `order` run once even when the maker is decided early (see the engine)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would send at most to one host, and how long it takes for so many hosts."""

    arp_packets: int
    sweep_packets: int  # multicast and broadcast questions, all interfaces
    host_packets: int  # to one camera that is there, when its maker is soon decided
    worst_host_packets: int  # when nothing decides it
    seconds: float
    hosts: int


def foretell(
    *, addresses: int, routed: int, interfaces: int, hosts: int, ports: int, pace: Pace, sweeps: Sequence[Sweep],
    probes: Sequence[Probe],
) -> Forecast:  # fmt: skip
    """Foretell a run over `addresses` (of them `routed` behind a router), of which `hosts` are there."""
    on_link = addresses - routed
    arp = ARP_PASSES * on_link - min(hosts, on_link) * (ARP_PASSES - 1)
    shouted = interfaces * sum(min(s.touch.datagrams, SHOUTED_MOST) for s in sweeps if s.name not in NO_SHOUTS)
    knocks = ports * KNOCK_PACKETS
    once = sum(_cost(p) for p in probes if p.order < RUNS_ONCE)
    worst = sum(_cost(p) * (OPEN_PORTS if p.touch.requests > 1 else 1) for p in probes)
    total = arp + shouted + round(hosts * HOST_SHARE * (knocks + once)) + routed * knocks
    by_host = (knocks + once) / (pace.per_host * USED)
    sweeping = QUIET + shouted / interfaces / (pace.per_host / SEGMENT_SHARE * USED) if interfaces else 0.0
    seconds = START + max(sweeping, total / (pace.overall * USED), by_host)
    return Forecast(arp, shouted, knocks + once, knocks + worst, seconds, hosts)


def _cost(probe: Probe) -> int:
    touch = probe.touch
    return touch.connections * CONNECTION_PACKETS + touch.requests * REQUEST_PACKETS + touch.datagrams
