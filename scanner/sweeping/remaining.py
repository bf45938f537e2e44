"""The network as the sweeps of a resumed run see it: only what the interrupted run had not done; sends nothing itself.

A port that was knocked at gives the outcome it gave, an address that answered is not asked for again, and a sweep sees
only the interfaces it had not ended on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace

from probes import Sweep
from scanner import ranges
from scanner.link import Datagram, Heard, Neighbour, Overheard, Shout, SweepLink, Tally
from scanner.model import Outcome, SweepResult
from scanner.scope import Interface, Scope, Target


class Remaining:
    """A SweepLink in front of another one."""

    def __init__(
        self,
        link: SweepLink,
        *,
        interfaces: Sequence[Interface] | None = None,
        resolved: Mapping[str, frozenset[str]] | None = None,
        knocks: Mapping[tuple[str, int], Sequence[Outcome]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`interfaces` left to do, addresses `resolved` by interface, outcomes of `knocks` by (address, port)."""
        self._link = link
        self._interfaces = interfaces
        self._resolved = resolved or {}
        self._clock = clock
        self._knocks = {key: deque(outcomes) for key, outcomes in (knocks or {}).items()}

    @property
    def scope(self) -> Scope:
        """See SweepLink."""
        return self._link.scope

    @property
    def interfaces(self) -> Sequence[Interface]:
        """See SweepLink: those the sweep has not ended on."""
        return self._link.interfaces if self._interfaces is None else self._interfaces

    async def resolve(self, interface: Interface, targets: Sequence[Target], tally: Tally) -> AsyncIterator[Neighbour]:
        """See SweepLink; who answered the interrupted run is left out and counted."""
        answered = [self.scope.admit(text) for text in self._resolved.get(interface.name, ())]
        known = ranges.of_addresses(target.address for target in answered if target is not None)
        left = ranges.subtract(ranges.of_targets(targets), known)
        tally.began = self._clock()
        if not known or _has_work(interface, left):
            async for neighbour in self._link.resolve(interface, ranges.TargetRange(self.scope, left), tally):
                yield neighbour
        if number := ranges.count(known):
            tally.answered += number
            tally.asked += number
            tally.notes.append(f"{number} addresses had answered the interrupted run and were not asked again")

    def await_late(self, tallies: Mapping[str, Tally]) -> AsyncIterator[Neighbour]:
        """See SweepLink."""
        return self._link.await_late(tallies)

    def note_work(self, *, under_way: bool) -> None:
        """See SweepLink."""
        self._link.note_work(under_way=under_way)

    def overhear(self, interface: Interface, *, wait: float, tally: Tally) -> AsyncIterator[Overheard]:
        """See SweepLink."""
        return self._link.overhear(interface, wait=wait, tally=tally)

    def shout(
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
        """See SweepLink."""
        return self._link.shout(
            interface, shouts, wait=wait, tally=tally, repeats=repeats, local_port=local_port,
            listen_port=listen_port, join=join,
        )  # fmt: skip

    async def pay(self, interface: Interface, datagrams: int) -> None:
        """See SweepLink."""
        await self._link.pay(interface, datagrams)

    async def knock(self, target: Target, port: int) -> Outcome:
        """See SweepLink; each knock of the interrupted run is given back once, in its order, before one is made."""
        earlier = self._knocks.get((str(target), port))
        return earlier.popleft() if earlier else await self._link.knock(target, port)

    def stays_known(self, target: Target) -> bool:
        """See SweepLink."""
        return self._link.stays_known(target)

    def report(self, result: SweepResult) -> None:
        """See SweepLink."""
        self._link.report(result)


def _has_work(interface: Interface, left: ranges.Ranges) -> bool:
    """False where everybody on the interface's own networks has answered: what is left lies elsewhere."""
    own = ranges.of_addresses(address.ip for address in interface.ipv4)
    wire = ranges.whole([address.network for address in interface.ipv4])
    return not wire or bool(ranges.subtract(ranges.intersect(left, wire), own))


def narrow(sweep: Sweep, done: frozenset[str]) -> Sweep:
    """The sweep on the interfaces it has not ended on."""

    def run(link: SweepLink) -> AsyncIterator[Heard]:
        left = [interface for interface in link.interfaces if interface.name not in done]
        return sweep.run(Remaining(link, interfaces=left))

    return replace(sweep, run=run) if done and not sweep.routed else sweep
