"""A SweepLink that is a script: what each interface answers, and what it was asked. Smaller than the thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface

from probes import Sweep
from scanner.link import Datagram, Heard, Neighbour, Overheard, Shout, Tally
from scanner.model import Observation, Outcome, SweepResult
from scanner.scope import Interface, Scope, Target, make_scope

ETH0 = Interface("eth0", 2, "02:00:00:00:00:01", (IPv4Interface("10.0.0.2/24"),), (IPv6Interface("fe80::1/64"),))
ETH1 = Interface("eth1", 3, "02:00:00:00:00:02", (IPv4Interface("10.0.1.2/24"),))
AT = 1000.0


@dataclass(frozen=True)
class Asked:
    """One question as the link got it."""

    interface: str
    shouts: tuple[Shout, ...]
    wait: float
    repeats: int
    local_port: int
    listen_port: int
    join: tuple[str, ...]


@dataclass
class ScriptedSweepLink:
    """`answers` by interface name ("" for a question without one); `fails` makes the link say so instead."""

    scope: Scope
    answers: dict[str, list[Datagram]] = field(default_factory=dict)
    neighbours: dict[str, list[Neighbour]] = field(default_factory=dict)
    frames: dict[str, list[Overheard]] = field(default_factory=dict)
    outcomes: dict[tuple[str, int], list[Outcome]] = field(default_factory=dict)
    fails: tuple[Outcome, str] | None = None
    asked: list[Asked] = field(default_factory=list)
    resolved: list[tuple[str, int]] = field(default_factory=list)
    knocked: list[tuple[str, int]] = field(default_factory=list)
    paid: list[tuple[str, int]] = field(default_factory=list)
    results: list[SweepResult] = field(default_factory=list)
    late: list[Neighbour] = field(default_factory=list)
    under_way: list[bool] = field(default_factory=list)

    @property
    def interfaces(self) -> Sequence[Interface]:
        return self.scope.interfaces

    def report(self, result: SweepResult) -> None:
        self.results.append(result)

    async def pay(self, interface: Interface, datagrams: int) -> None:
        self.paid.append((interface.name, datagrams))

    async def resolve(self, interface: Interface, targets: Sequence[Target], tally: Tally) -> AsyncIterator[Neighbour]:
        self.resolved.append((interface.name, len(targets)))
        if self.fails:
            tally.fail(*self.fails)
            return
        for neighbour in self.neighbours.get(interface.name, ()):
            tally.answered += 1
            yield neighbour

    async def await_late(self, tallies: Mapping[str, Tally]) -> AsyncIterator[Neighbour]:
        for neighbour in self.late:
            tally = tallies[neighbour.interface]
            tally.answered += 1
            tally.late += 1
            yield neighbour

    def note_work(self, *, under_way: bool) -> None:
        self.under_way.append(under_way)

    async def overhear(self, interface: Interface, *, wait: float, tally: Tally) -> AsyncIterator[Overheard]:
        if self.fails:
            tally.fail(*self.fails)
            return
        for frame in self.frames.get(interface.name, ()):
            tally.answered += 1
            yield frame

    async def shout(
        self,
        interface: Interface | None,
        shouts: Sequence[Shout],
        *,
        wait: float,
        tally: Tally,
        repeats: int = 2,
        local_port: int = 0,
        listen_port: int = 0,
        join: Sequence[str] = (),
    ) -> AsyncIterator[Datagram]:
        name = interface.name if interface is not None else ""
        self.asked.append(Asked(name, tuple(shouts), wait, repeats, local_port, listen_port, tuple(join)))
        if self.fails:
            tally.fail(*self.fails)
            return
        for datagram in self.answers.get(name, ()):
            tally.answered += 1
            yield datagram

    async def knock(self, target: Target, port: int) -> Outcome:
        self.knocked.append((str(target), port))
        left = self.outcomes.get((str(target), port), [])
        return left.pop(0) if len(left) > 1 else left[0] if left else Outcome.SILENT

    def stays_known(self, target: Target) -> bool:
        return True


def sweep_link(*interfaces: Interface, networks: Sequence[str] = ("10.0.0.0/24", "10.0.1.0/24")) -> ScriptedSweepLink:
    return ScriptedSweepLink(make_scope(networks, interfaces or (ETH0, ETH1)))


def answer(data: bytes, source: str = "10.0.0.9", port: int = 37020, interface: str = "eth0") -> Datagram:
    return Datagram(data, source, port, interface, AT)


async def run_sweep(sweep: Sweep, link: ScriptedSweepLink) -> list[Observation]:
    """Run a sweep against a script and hold it to its own declaration."""
    heard: list[Heard] = [item async for item in sweep.run(link)]
    observations = [seen for item in heard for seen in item.observations]
    raw = {digest: data for item in heard for digest, data in item.raw}
    assert {seen.name for seen in observations} <= set(sweep.emits)
    assert all(seen.by == sweep.name for seen in observations)
    assert all(seen.digest in raw for seen in observations if seen.digest)
    assert all(result.sweep == sweep.name for result in link.results)
    for one in link.asked:
        to_one = Counter(shout.group for shout in one.shouts)
        asked = len(one.shouts) if one.interface else max(to_one.values())
        assert asked * one.repeats * (1 + bool(one.local_port)) <= sweep.touch.datagrams
    return observations
