"""`camcensus plan`: what a scan would send, to whom, how fast and for how long. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator

from probes import Probe, Sweep, Touch
from probes.port_sweep import PORTS
from scanner.assembly import Job, Wishes, is_on_link, prepare
from scanner.exits import Exit
from scanner.forecast import foretell
from scanner.scope import Scope

__all__ = ["Wishes", "plan"]


def plan(wishes: Wishes, hosts: int | None) -> int:
    """Print the plan of a scan with the same options."""
    print("\n".join(describe(prepare(wishes), hosts)))
    return Exit.CLEAN


def describe(job: Job, hosts: int | None) -> Iterator[str]:
    """The plan, line by line."""
    scope = job.scope
    yield f"Scope: {', '.join(map(str, scope.networks))}: {scope.size():,} addresses" + _without(scope)
    yield f"Interfaces: {', '.join(one.name for one in scope.interfaces) or 'none face the scope (routed)'}"
    for remark in job.remarks:
        yield f"Note: {remark}"
    pace = job.pace
    yield (
        f"Pace {pace}: at most {pace.overall:g} packets a second overall, {pace.per_host:g} to one host, "
        f"{pace.connections_per_host} connection at a time to one host."
    )
    yield ""
    yield "Sweeps, each on every interface, each question at least twice:"
    for sweep in job.sweeps:
        yield from _plugin(sweep)
    yield ""
    yield f"Then, of each host that is there, ports {', '.join(map(str, sorted(PORTS)))}, and where they are open:"
    for probe in job.probes:
        yield from _plugin(probe)
    yield ""
    yield from _forecast(job, hosts)


def _without(scope: Scope) -> str:
    return f" without {', '.join(map(str, scope.excluded))}" if scope.excluded else ""


def _plugin(plugin: Sweep | Probe) -> Iterator[str]:
    yield f"  {plugin.name}: {plugin.asks}"
    yield f"      never: {plugin.never}  {_touch(plugin.touch)}."


def _touch(touch: Touch) -> str:
    parts = ((touch.connections, "connection"), (touch.requests, "request"), (touch.datagrams, "datagram"))
    told = ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count)
    return f"At most {told}" if told else "Nothing is sent"


def _forecast(job: Job, hosts: int | None) -> Iterator[str]:
    scope = job.scope
    size = scope.size()
    near = sum(net.num_addresses for net in scope.networks if net.version == 4 and is_on_link(net, scope.interfaces))
    expected = hosts if hosts is not None else max(1, size // 10)
    forecast = foretell(
        addresses=size,
        routed=max(size - near, 0),
        interfaces=len(scope.interfaces),
        hosts=expected,
        ports=len(PORTS),
        pace=job.pace,
        sweeps=job.sweeps,
        probes=job.probes,
    )
    yield f"ARP: about {forecast.arp_packets:,} frames; discovery: {forecast.sweep_packets} datagrams."
    yield (
        f"To one camera: about {forecast.host_packets} packets when its maker is soon decided, "
        f"at most {forecast.worst_host_packets}."
    )
    guess = "" if hosts is not None else " (a guess: one address in ten; --hosts says better)"
    yield f"With {expected:,} hosts there{guess}: about {forecast.seconds:.0f} seconds. Nothing was sent."
