"""Runs the sweeps and offers each host found to the probes, as a pipeline; judges nothing and opens nothing itself.

It is given its sweeps, its probes and its links. One task group is the parent of everything: when the run is
cancelled, everything ends, and what was not done is named.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from probes import HostView, Probe, Sweep
from scanner.dissect import dissect
from scanner.host import Decided, Dissect, Host
from scanner.link import Heard, Link, SweepLink
from scanner.model import Attempt, Note, Observation, Outcome, SweepResult
from scanner.os_errors import read_os_error
from scanner.places import Places
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter
from scanner.scope import Scope, Target

OBSERVATIONS_PER_HOST: Final = 2_000
"""Observations kept of one host; honest devices give under 100, a flood of forged answers must not fill the record."""

HOSTS_CAP: Final = 200_000
"""Hosts kept of one run, three times a /16, and observations of who is none: forged sources must not fill memory."""

KEPT_HOSTS: Final = 4_096
"""Hosts of which what was dissected is kept while they wait for their second turn, some 10 kB each; of others it is
worked out again."""

ALWAYS_BELOW: Final = 50
"""Probes with a lower `order` run once on every host even when the maker is decided: they give the independent groups
that make a verdict defensible. On further ports they run only while it is open."""

KNOCKING: Final = "port-sweep"
"""Who knocks, as attempts name it."""

DECIDED_ALREADY: Final = "the maker was decided already"
"""Detail of a probe that was left out because its answer could change nothing."""

Enough = Callable[[], Awaitable[bool]]
"""Examines what is known so far; true when no further port needs to be found."""

Knock = Callable[[SweepLink, Target, Enough], AsyncIterator[Heard]]
"""Finds the open ports of one host, those that tell most first; then it asks whether that is enough."""

Fact = tuple[object, ...]
"""An observation without its time."""


class Progress(Protocol):
    """Who wants to know how far the run is."""

    def sweep_started(self, name: str) -> None: ...
    def sweep_ended(self, name: str) -> None: ...
    def host_found(self) -> None: ...
    def host_examined(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sensors:
    """What the engine works with."""

    sweeps: tuple[Sweep, ...]
    probes: tuple[Probe, ...]
    knock: Knock
    decide: Callable[[], Decided]  # makes one for a host
    clock: Callable[[], float]
    dissect: Dissect = dissect


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier, interrupted run already asked: it is not asked again."""

    sweeps: frozenset[str] = frozenset()
    probed: frozenset[tuple[str, str, int | None]] = frozenset()  # (probe, address, port)
    observations: tuple[Observation, ...] = ()
    enough: Mapping[str, bool] = field(default_factory=dict)  # address → whether its first ports were enough


class Engine:
    """One run. Use `sense` once."""

    def __init__(
        self,
        scope: Scope,
        link: Link,
        sweep_link: SweepLink,
        record: RecordWriter,
        sensors: Sensors,
        *,
        progress: Progress,
        known: Known | None = None,
        hosts_in_flight: int = 128,
    ) -> None:
        self._scope = scope
        self._link = link
        self._sweep_link = sweep_link
        self._record = record
        self._sensors = sensors
        self._progress = progress
        self._known = known or Known()
        self._slots = Places(hosts_in_flight)
        self._under_way = 0  # parts of the run that ask something
        self._back = 0  # hosts that stepped back and wait
        self._hosts: dict[str, Host] = {}
        self._probed: dict[str, set[tuple[str, int | None]]] = {}
        for name, address, port in self._known.probed:
            self._probed.setdefault(address, set()).add((name, port))
        self._seen: set[Fact] = set()
        self._running: set[str] = set()
        self._strangers = 0  # observations of who is in no scope
        self._full = False  # somebody was turned away, and the record says so
        self._unfed = 0

    async def sense(self, routed: Iterable[Target] = ()) -> None:
        """Sweep and probe until everything was asked. `routed` targets are examined without waiting for a sweep."""
        self._take_up()
        left = iter(routed)
        self._sweep_link.note_work(under_way=True)
        try:
            async with asyncio.TaskGroup() as group:
                for sweep in self._sensors.sweeps:
                    if sweep.name not in self._known.sweeps:
                        self._running.add(sweep.name)
                        self._do(self._sweep(sweep, group), group)
                for host in list(self._hosts.values()):
                    self._start(host, group)
                self._do(self._feed_all(left, group), group)
        finally:
            self._unfed = sum(1 for _ in left)

    def _do(self, work: Coroutine[None, None, None], group: asyncio.TaskGroup) -> None:
        """Begin a part of the run that asks something; who waits for late answers is no such part."""
        if not self._under_way:
            self._sweep_link.note_work(under_way=True)
        self._under_way += 1
        group.create_task(self._account(work, group))

    async def _account(self, work: Coroutine[None, None, None], group: asyncio.TaskGroup) -> None:
        await work
        self._under_way -= 1
        if not self._under_way:
            self._go_on(group)

    def _go_on(self, group: asyncio.TaskGroup) -> None:
        """Ask those of whom more became known after they had been asked; where there is nobody, say so."""
        for host in self._hosts.values():
            if self._next(host) is not None:
                self._do(self._examine(host), group)
        if not self._under_way:
            self._sweep_link.note_work(under_way=False)

    def _take_up(self) -> None:
        """Stand where the earlier run stood."""
        probes = {probe.name for probe in self._sensors.probes}
        for seen in self._known.observations:
            self._seen.add(_without_time(seen))
            host = self._remember(seen)
            if host is not None and seen.by in probes:
                host.answered = True

    def undone(self) -> tuple[str, ...]:
        """Plain sentences about what has not been done yet; empty after a complete run."""
        waiting = sum(1 for host in self._hosts.values() if not host.knocked or self._next(host) is not None)
        lines = [f"sweep {name} was not finished" for name in sorted(self._running)]
        if waiting:
            lines.append(f"{waiting} hosts were found and not examined to the end")
        if self._unfed:
            lines.append(f"{self._unfed} addresses behind a router were not asked at all")
        return tuple(lines)

    def hear(self, heard: Heard) -> list[Host]:
        """Write what was heard to the record and return the hosts in scope it came from, new ones included."""
        for digest, data in heard.raw:
            self._record.write_raw(data, digest)
        hosts: dict[str, Host] = {}
        for seen in heard.observations:
            told = _without_time(seen)
            if told in self._seen or not self._has_room(seen):
                continue
            self._seen.add(told)
            self._record.write(seen)
            host = self._remember(seen)
            if host is not None:
                hosts[str(host.target)] = host
        return list(hosts.values())

    def attempted(self, attempt: Attempt) -> None:
        """The link's sink: an attempt ended."""
        self._record.write(attempt)

    def swept(self, result: SweepResult) -> None:
        """The sweep link's sink: a sweep ended on one interface."""
        self._record.write(result)

    def _has_room(self, seen: Observation) -> bool:
        host = self._hosts.get(seen.address or "")
        if host is None:
            return self._has_room_for_more(seen)
        if len(host.observations) == OBSERVATIONS_PER_HOST:
            text = f"said more than {OBSERVATIONS_PER_HOST} different things; the rest was not kept"
            self._record.write(Note(str(host.target), text, self._sensors.clock()))
            host.observations.append(seen)
        return len(host.observations) < OBSERVATIONS_PER_HOST

    def _has_room_for_more(self, seen: Observation) -> bool:
        """Of hosts not known yet. Those in the scope have room of their own: no flood of strangers may hide them."""
        if seen.scope == "in" and seen.address is not None and self._scope.contains(seen.address):
            room = len(self._hosts) < HOSTS_CAP
        else:
            self._strangers += 1
            room = self._strangers <= HOSTS_CAP
        if not room and not self._full:
            self._full = True
            text = f"more than {HOSTS_CAP:,} sources were heard; what further ones said was not kept"
            self._record.write(Note("run", text, self._sensors.clock()))
        return room

    def _remember(self, seen: Observation) -> Host | None:
        """Keep an observation with its host; None when it came from nobody we may contact."""
        if seen.address is None or seen.scope != "in":
            return None
        host = self._hosts.get(seen.address)
        if host is None:
            target = self._scope.admit(seen.address, seen.interface)
            if target is None or len(self._hosts) >= HOSTS_CAP:
                return None
            host = self._hosts[seen.address] = self._make_host(target)
        if not host.observations:
            self._progress.host_found()
        host.learn(seen, self._sensors.dissect)
        return host

    def _make_host(self, target: Target) -> Host:
        return Host(target, done=set(self._probed.get(str(target), ())))

    async def _sweep(self, sweep: Sweep, group: asyncio.TaskGroup) -> None:
        self._progress.sweep_started(sweep.name)
        try:
            async for heard in sweep.run(self._sweep_link):
                for host in self.hear(heard):
                    self._start(host, group)
        except RecordError:
            raise
        except Exception as error:  # noqa: BLE001  the one place: a broken sweep must not cost the others
            self._sweep_link.report(
                SweepResult(sweep.name, "", Outcome.BROKEN, _words(error), lost=sweep.lost, at=self._sensors.clock())
            )  # fmt: skip
        self._running.discard(sweep.name)
        self._progress.sweep_ended(sweep.name)
        if sweep.late is not None:
            group.create_task(self._await_late(sweep.name, sweep.late, group))

    async def _await_late(
        self, name: str, late: Callable[[SweepLink], AsyncIterator[Heard]], group: asyncio.TaskGroup
    ) -> None:
        """Examine who answers a sweep that has ended."""
        try:
            async for heard in late(self._sweep_link):
                for host in self.hear(heard):
                    self._start(host, group)
        except RecordError:
            raise
        except Exception as error:  # noqa: BLE001  as for sweeps
            self._sweep_link.report(SweepResult(name, "", Outcome.BROKEN, _words(error), at=self._sensors.clock()))

    async def _feed_all(self, targets: Iterator[Target], group: asyncio.TaskGroup) -> None:
        for target in targets:
            await self._feed(target, group)

    async def _feed(self, target: Target, group: asyncio.TaskGroup) -> None:
        """Examine a target nobody announced; waits for a slot so that a /16 does not become 65,536 tasks."""
        host = self._hosts.setdefault(str(target), self._make_host(target))
        async with self._slots:
            pass
        self._start(host, group)
        await asyncio.sleep(0)  # it takes its slot before the next one looks for one

    def _start(self, host: Host, group: asyncio.TaskGroup) -> None:
        if not host.busy:
            host.busy = True
            self._do(self._examine(host), group)

    async def _examine(self, host: Host) -> None:
        async with self._slots:
            if not host.knocked:
                enough = functools.partial(self._examine_early, host)
                await self._guard(KNOCKING, host, None, self._sensors.knock(self._sweep_link, host.target, enough))
                host.knocked = True
            await self._probe(host)
        host.rest()
        if host.observations and not host.examined:
            host.examined = True
            self._progress.host_examined()

    async def _examine_early(self, host: Host) -> bool:
        """Ask at the ports found so far what every host is asked; true when no further port is to be knocked at.

        That is when the maker is decided, and when the host is left alone: a knock is a connection, too.
        What an earlier run said of it holds: with what was heard since, it might say otherwise, and go half the way.
        """
        earlier = self._known.enough.get(str(host.target))
        if earlier is not None:
            return earlier
        await self._probe(host, below=ALWAYS_BELOW)
        if reason := self._link.stopped(str(host.target)):
            self._skip(KNOCKING, host, None, reason)
            return True
        enough = host.answered and self._is_decided(host)
        if enough:
            self._skip(KNOCKING, host, None, f"further ports: {DECIDED_ALREADY}")
        elif self._sweep_link.stays_known(host.target):  # else he would need a second place in the neighbour table
            await self._step_back(host)
        return enough

    async def _step_back(self, host: Host) -> None:
        """Let those go first who were asked nothing yet.

        Who is not decided by now is asked most, at the same pace as all: begun last he would end long after the others.
        """
        if self._back >= KEPT_HOSTS:
            host.rest()
        self._back += 1
        try:
            await self._slots.step_back()
        finally:
            self._back -= 1

    async def _probe(self, host: Host, below: float = math.inf) -> None:
        """Run every probe with a lower `order` that wants to run and has not."""
        while (todo := self._next(host, below)) is not None:
            probe, port = todo
            further = probe.order >= ALWAYS_BELOW or any(name == probe.name for name, _ in host.done)
            host.done.add((probe.name, port))
            if further and self._is_decided(host):
                self._skip(probe.name, host, port, DECIDED_ALREADY)
                continue
            source = probe.run(self._link, self._view(host), port)
            host.answered = await self._guard(probe.name, host, port, source) or host.answered

    def _is_decided(self, host: Host) -> bool:
        return host.is_decided(self._sensors.decide, self._sensors.dissect)

    def _view(self, host: Host) -> HostView:
        return host.view(functools.partial(self._is_decided, host))

    def _next(self, host: Host, below: float = math.inf) -> tuple[Probe, int] | None:
        view = self._view(host)
        for probe in self._sensors.probes:
            if probe.order >= below:
                return None  # they stand in order
            for port in probe.ports_for(view):
                if (probe.name, port) not in host.done:
                    return probe, port
        return None

    async def _guard(self, name: str, host: Host, port: int | None, source: AsyncIterator[Heard]) -> bool:
        """Run one plug-in; true when it heard anything. A bug in it is a result of that plug-in; the run goes on."""
        answered = False
        try:
            async for heard in source:
                answered = answered or bool(heard.observations)
                self.hear(heard)
        except RecordError:
            raise
        except Exception as error:  # noqa: BLE001  the one place for probes, see above
            self._skip_broken(name, host, port, error)
        return answered

    def _skip(self, by: str, host: Host, port: int | None, why: str) -> None:
        self.attempted(Attempt(by, str(host.target), port, Outcome.SKIPPED, why, self._sensors.clock()))

    def _skip_broken(self, name: str, host: Host, port: int | None, error: Exception) -> None:
        self.attempted(Attempt(name, str(host.target), port, Outcome.BROKEN, _words(error), self._sensors.clock()))


def _without_time(seen: Observation) -> Fact:
    """The fact without its time: heard again, it is the same fact."""
    return (
        seen.protocol, seen.field, seen.value, seen.address, seen.port, seen.mac, seen.interface, seen.request,
        seen.by, seen.digest, seen.derived, seen.scope,
    )  # fmt: skip


def _words(error: Exception) -> str:
    """What a person at the prompt can do something about, or else that the fault is ours."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, OSError) and error.errno is not None:
        return read_os_error(error)[1]
    return f"a fault of ours: {type(error).__name__}: {error}"
