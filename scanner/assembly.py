"""Puts the parts of a run together: wishes into a job, a job into links, engine and record. Judges nothing itself."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from ipaddress import IPv4Network
from pathlib import Path

from probes import Probe, Sweep, load_plugins
from probes.port_sweep import SWEEP as PORT_SWEEP
from probes.port_sweep import knock_host
from scanner.engine import Engine, Known, Progress, Sensors
from scanner.exits import UsageError
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.interfaces import choose_interfaces, unreached
from scanner.ledger import Balance, Books
from scanner.link import Heard, SweepLink
from scanner.model import Note, Observation, RunInfo, Standing
from scanner.net import Net
from scanner.outputs import find_record
from scanner.pace import Pace, parse_pace
from scanner.record import Record, RecordWriter, read_record
from scanner.resumption import replay, what_is_known
from scanner.scope import Interface, Network, Scope, Target, make_scope
from scanner.sweeping.link import Sweeping


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person at the prompt asked for, as text."""

    scope: tuple[str, ...]
    interfaces: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    pace: str = "normal"
    out: Path | None = None
    authorised_by: str = ""
    allow_public: bool = False
    allow_large: bool = False
    extra: tuple[str, ...] = ()  # opt-in sweeps and probes
    without: tuple[str, ...] = ()
    resume: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Wishes made good: everything checked, nothing sent yet."""

    wishes: Wishes
    scope: Scope
    pace: Pace
    sweeps: tuple[Sweep, ...]
    probes: tuple[Probe, ...]
    remarks: tuple[str, ...]
    resumed: Record | None = None


def prepare(wishes: Wishes) -> Job:
    """Check every wish and choose interfaces and plug-ins. Raises ScopeError, PaceError or UsageError."""
    draft = make_scope(
        wishes.scope,
        excluded=wishes.excluded,
        authorised_by=wishes.authorised_by,
        allow_public=wishes.allow_public,
        allow_large=wishes.allow_large,
    )
    interfaces = choose_interfaces(draft.networks, wishes.interfaces)
    scope = replace(draft, interfaces=interfaces)
    sweeps, probes = choose_plugins(wishes)
    resumed = read_record(find_record(wishes.resume)) if wishes.resume is not None else None
    return Job(wishes, scope, parse_pace(wishes.pace), sweeps, probes, unreached(scope.networks, interfaces), resumed)


def choose_plugins(wishes: Wishes) -> tuple[tuple[Sweep, ...], tuple[Probe, ...]]:
    """Every sweep and probe but the opt-in ones not named and those left out. Raises UsageError on unknown names."""
    sweeps, probes = load_plugins()
    known = {sweep.name for sweep in sweeps} | {probe.name for probe in probes}
    for name in (*wishes.extra, *wishes.without):
        if name not in known:
            raise UsageError(f"no sweep or probe is called {name!r}: there are {', '.join(sorted(known))}")

    def wanted(plugin: Sweep | Probe) -> bool:
        return plugin.name not in wishes.without and (not plugin.opt_in or plugin.name in wishes.extra)

    return tuple(filter(wanted, sweeps)), tuple(filter(wanted, probes))


def is_on_link(network: Network, interfaces: Sequence[Interface]) -> bool:
    """True when a whole network lies on a segment of one of the interfaces (loopback has no link layer)."""
    able = [one for one in interfaces if one.mac is not None]
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(held.network) for one in able for held in one.ipv4)
    return any(network.subnet_of(held.network) for one in able for held in one.ipv6)


def routed_targets(scope: Scope) -> Iterator[Target]:
    """The targets that no link-layer sweep reaches: each is knocked at, whether it is there or not."""
    far = [net for net in scope.networks if not is_on_link(net, scope.interfaces)]
    for target in scope.targets():
        if any(target.address in net for net in far if net.version == target.address.version):
            yield target


def make_decider(library: Library) -> Callable[[Sequence[Observation]], bool]:
    """The one question the engine asks of the judge: is the maker beyond doubt, shown by two independent groups?"""

    def decided(observations: Sequence[Observation]) -> bool:
        identity = identify(observations, library)
        groups = {line.group for line in identity.evidence if line.says == f"maker={identity.maker}"}
        return identity.standing is Standing.IDENTIFIED and not identity.conflicts and len(groups) > 1

    return decided


async def sense_job(job: Job, path: Path, progress: Progress) -> None:
    """Run one job and write its record. When cancelled, the record is closed first, and says what is undone."""
    with RecordWriter(path) as record:
        run_info = describe_run(job)
        record.write_run(run_info)
        if job.resumed is not None:
            replay(job.resumed, record)
        for remark in job.remarks:
            record.write(Note("scope", remark, run_info.started))
        engine: Engine | None = None
        books = Books()
        balance = Balance(books, record.write)
        how = "done"
        try:
            async with Net(job.scope, job.pace, sink=balance.note, books=books) as net:
                async with Sweeping(
                    job.scope, net.pacer, report=record.write, attempted=balance.note, books=books
                ) as sweeping:
                    engine = make_engine(job, net, sweeping, record, progress)
                    await engine.sense(routed_targets(job.scope))
                for trouble, count in sorted(net.troubles.items()):
                    record.write(Note("run", f"{trouble} ({count} times)", time.time()))
        except asyncio.CancelledError:
            how = "interrupted"
            raise
        finally:
            balance.close(time.time())
            undone = engine.undone() if engine is not None and how != "done" else ()
            record.close(time.time(), how if sys.exc_info()[0] in (None, asyncio.CancelledError) else "broken", undone)


def describe_run(job: Job) -> RunInfo:
    """The first line of the record."""
    return RunInfo(
        id=uuid.uuid4().hex,
        version=version("camcensus"),
        started=time.time(),
        ended=None,
        command="camcensus scan " + " ".join(job.wishes.scope),
        pace=str(job.pace),
        interfaces=tuple(one.name for one in job.scope.interfaces),
        scope=tuple(str(net) for net in job.scope.networks),
        excluded=tuple(str(net) for net in job.scope.excluded),
        authorised_by=job.scope.authorised_by,
    )


def make_engine(job: Job, net: Net, sweeping: Sweeping, record: RecordWriter, progress: Progress) -> Engine:
    """The engine with everything it is given."""
    library = load_library()
    names = frozenset(sweep.name for sweep in job.sweeps)
    sensors = Sensors(
        sweeps=tuple(sweep for sweep in job.sweeps if sweep.name != PORT_SWEEP.name),
        probes=job.probes,
        knock=_knock,
        decided=make_decider(library),
        clock=time.time,
    )
    known = what_is_known(job.resumed, names) if job.resumed is not None else Known()
    return Engine(job.scope, net, sweeping, record, sensors, progress=progress, known=known)


def _knock(link: SweepLink, target: Target) -> AsyncIterator[Heard]:
    return knock_host(link, target)
