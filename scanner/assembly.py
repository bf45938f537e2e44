"""Puts the parts of a run together: wishes into a job, a job into links, engine and record. Judges nothing itself."""

from __future__ import annotations

import asyncio
import functools
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from probes import Probe, Sweep, load_plugins
from probes.onvif_credentials import make_probe
from probes.port_sweep import SWEEP as PORT_SWEEP
from probes.port_sweep import knock_host
from scanner.clock_watch import ClockWatch
from scanner.credentials import read_credentials
from scanner.dissect import Dissector
from scanner.engine import Engine, Enough, Known, Progress, Sensors
from scanner.exits import UsageError
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.host import Decided
from scanner.identify import add_together
from scanner.interfaces import choose_interfaces, list_interfaces, unreached
from scanner.judging import is_settled
from scanner.ledger import Balance, Books
from scanner.link import Heard, SweepLink
from scanner.matching import Matches, add_matches, rank
from scanner.model import Note, Observation, RunInfo
from scanner.neighbours import read_table_state
from scanner.net import Net
from scanner.outputs import find_record
from scanner.pace import Pace, parse_pace
from scanner.recalling import Recalling
from scanner.record import Record, read_record
from scanner.record_writer import RecordWriter
from scanner.resumption import Earlier, check_resumable, check_same_scope, describe, replay, take_up
from scanner.scope import Interface, Network, Scope, Target, make_scope
from scanner.sweeping.link import Sweeping
from scanner.sweeping.remaining import Remaining, narrow

if TYPE_CHECKING:
    from scanner.onvif_reader import Credentials


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
    routed: bool = False  # networks behind a router may be scanned too
    extra: tuple[str, ...] = ()  # opt-in sweeps and probes
    without: tuple[str, ...] = ()
    resume: Path | None = None
    credentials: Path | None = None  # the auditor's own logins for named devices


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
    """Check every wish and choose interfaces and plug-ins. Raises ScopeError, PaceError, UsageError or RecordError."""
    resumed = read_record(find_record(wishes.resume)) if wishes.resume is not None else None
    if resumed is not None:
        wishes = inherit(wishes, resumed)
    draft = make_scope(
        wishes.scope,
        excluded=wishes.excluded,
        authorised_by=wishes.authorised_by,
        allow_public=wishes.allow_public,
        allow_large=wishes.allow_large,
    )
    if resumed is not None:
        check_same_scope(resumed, [str(net) for net in draft.networks], [str(net) for net in draft.excluded])
    interfaces = choose_interfaces(draft.networks, wishes.interfaces)
    scope = replace(draft, interfaces=interfaces)
    if not wishes.routed:
        refuse_routed(scope)
    sweeps, probes = choose_plugins(wishes)
    remarks = unreached(scope.networks, interfaces)
    if wishes.credentials is not None:
        logins = read_credentials(wishes.credentials)
        probes = with_logins(probes, logins)
        remarks += tuple(_unused_logins(logins, scope))
    return Job(wishes, scope, parse_pace(wishes.pace or "normal"), sweeps, probes, remarks, resumed)


def inherit(wishes: Wishes, resumed: Record) -> Wishes:
    """What was not wished anew is as in the run that is gone on with. What needs a flag of its own needs it again."""
    check_resumable(resumed)
    run = resumed.run
    return replace(
        wishes,
        scope=wishes.scope or run.scope,
        interfaces=wishes.interfaces or run.interfaces,
        excluded=wishes.excluded or run.excluded,
        pace=wishes.pace or run.pace,
        authorised_by=wishes.authorised_by or run.authorised_by,
    )


def refuse_routed(scope: Scope) -> None:
    """Raise UsageError for a network that faces no interface: a typing error would send packets to strangers."""
    for network in scope.networks:
        if not network.is_loopback and not is_on_link(network, scope.interfaces):
            own = sorted({str(held.network) for one in scope.interfaces or _all_interfaces() for held in one.ipv4})
            raise UsageError(
                f"{network} faces no interface (this machine stands in {', '.join(own) or 'no network'}). If it is "
                "meant and lies behind a router, add --routed: hosts are then found by their TCP ports and unicast "
                "discovery only, and hardware addresses stay unseen"
            )


def _all_interfaces() -> tuple[Interface, ...]:
    return tuple(one.interface for one in list_interfaces() if one.is_up)


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


def with_logins(probes: Sequence[Probe], logins: Mapping[str, Credentials]) -> tuple[Probe, ...]:
    """The probes, and the one that reads named devices with the auditor's own login in its place."""
    probe = make_probe(logins)
    others = (one for one in probes if one.name != probe.name)
    return tuple(sorted((*others, probe), key=lambda one: (one.order, one.name)))


def _unused_logins(logins: Mapping[str, Credentials], scope: Scope) -> Iterator[str]:
    outside = sum(1 for address in logins if not scope.contains(address))
    if outside:
        yield f"{outside} of the logins given are for addresses outside the scope and are not used"


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
        if any(target.address in net for net in far if net.version == target.version):
            yield target


class Decider:
    """The one question the engine asks of the judge: is the maker beyond doubt, shown by two independent groups?

    For one host, which is heard bit by bit: what was matched once is not matched again.
    """

    __slots__ = ("_answer", "_held", "_library", "_matches")

    def __init__(self, library: Library) -> None:
        self._library = library
        self._held: list[Observation] = []
        self._matches: Matches = {}
        self._answer = False

    def __call__(self, new: Sequence[Observation]) -> bool:
        """The answer to what was heard so far and `new`."""
        self._held += new
        added = add_matches(self._matches, new, self._library)
        together = add_together(self._held)[len(self._held) :]
        if added or together:
            matches = dict(self._matches)
            add_matches(matches, together, self._library)
            self._answer = is_settled(rank(matches, self._library), self._library.weights)
        return self._answer


def make_decider(library: Library) -> Callable[[], Decided]:
    """What makes a Decider for each host."""
    return functools.partial(Decider, library)


async def sense_job(
    job: Job,
    path: Path,
    progress: Progress,
    *,
    decide: Callable[[], Decided] | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Run one job and write its record. However it ends, the record is closed first, and says what is undone.

    `decide` may be made beforehand: reading the fingerprints takes a second in which no Ctrl-C is heard.
    Raises RecordLost, perhaps inside an exception group, when the disk takes no more.
    """
    decide = decide or make_decider(load_library())
    with RecordWriter(path) as record:
        earlier = begin_record(job, record, clock())
        books = Books()
        balance = Balance(books, record.write)
        net = Net(job.scope, job.pace, sink=balance.note, books=books, clock=clock, tempers=earlier.tempers)
        sweeping = Sweeping(
            job.scope, net.pacer, report=record.write, attempted=balance.note, books=books, clock=clock
        )  # fmt: skip
        engine = make_engine(job, net, sweeping, record, progress, earlier, decide, clock)
        watch = ClockWatch(record.write, clock=clock, monotonic=monotonic, sleep=asyncio.sleep)
        overflows = count_overflows()
        how = "broken"
        try:
            async with net, sweeping, asyncio.TaskGroup() as group:
                watching = group.create_task(watch.watch())
                await engine.sense(routed_targets(job.scope))
                watching.cancel()
            how = "done"
        except asyncio.CancelledError:
            how = "interrupted"
            raise
        finally:
            try:
                if not record.trouble:
                    watch.look()
                    balance.close(clock())
                    write_troubles(net.troubles, record, clock())
                    write_overflows(count_overflows() - overflows, record, clock())
            finally:
                record.close(clock(), how, engine.undone() if how != "done" else ())


def begin_record(job: Job, record: RecordWriter, now: float) -> Earlier:
    """Write what stands at the beginning of a record, and say what an earlier run left."""
    record.write_run(describe_run(job, now))
    for remark in job.remarks:
        record.write(Note("scope", remark, now))
    if job.resumed is None:
        return Earlier(Known())
    earlier = take_up(job.resumed, [sweep.name for sweep in job.sweeps], [one.name for one in job.scope.interfaces])
    replay(job.resumed, earlier, record)
    record.write(describe(job.resumed, now))
    return earlier


def write_troubles(troubles: Mapping[str, int], record: RecordWriter, now: float) -> None:
    """What this machine could not do, each once with its count."""
    for trouble, count in sorted(troubles.items()):
        record.write(Note("run", f"{trouble} ({count} times)", now))


def count_overflows() -> int:
    """How often the kernel had no place for a neighbour since the machine started; 0 where it does not say."""
    try:
        return read_table_state().overflows
    except OSError:
        return 0


def write_overflows(count: int, record: RecordWriter, now: float) -> None:
    """Whose fault it was cannot be told, and nobody may be cleared by an answer that was never delivered."""
    if count > 0:
        text = (
            f"the neighbour table of this machine overflowed {count} times during the run, by us or by others: answers "
            "may have been lost (raise net.ipv4.neigh.default.gc_thresh3)"
        )
        record.write(Note("neighbour table", text, now))


def describe_run(job: Job, now: float) -> RunInfo:
    """The first line of the record."""
    return RunInfo(
        id=uuid.uuid4().hex,
        version=version("camcensus"),
        started=now,
        ended=None,
        command="camcensus scan " + " ".join(job.wishes.scope or map(str, job.scope.networks)),
        pace=str(job.pace),
        interfaces=tuple(one.name for one in job.scope.interfaces),
        scope=tuple(str(net) for net in job.scope.networks),
        excluded=tuple(str(net) for net in job.scope.excluded),
        authorised_by=job.scope.authorised_by,
        segments=tuple(f"{one.name} {net}" for one in job.scope.interfaces for net in networks_of(one)),
    )


def networks_of(interface: Interface) -> tuple[Network, ...]:
    """The networks an interface stands in, each once."""
    return tuple(dict.fromkeys((*(own.network for own in interface.ipv4), *(own.network for own in interface.ipv6))))


def make_engine(
    job: Job,
    net: Net,
    sweeping: Sweeping,
    record: RecordWriter,
    progress: Progress,
    earlier: Earlier,
    decide: Callable[[], Decided],
    clock: Callable[[], float],
) -> Engine:
    """The engine with everything it is given."""
    sensors = Sensors(
        sweeps=tuple(
            narrow(sweep, earlier.done.get(sweep.name, frozenset()))
            for sweep in job.sweeps
            if sweep.name != PORT_SWEEP.name
        ),
        probes=job.probes,
        knock=_knock,
        decide=decide,
        clock=clock,
        dissect=Dissector(),  # an estate says few different things very often
    )
    at_once = job.pace.hosts_at_once
    if job.resumed is None:
        return Engine(job.scope, net, sweeping, record, sensors, progress=progress, hosts_in_flight=at_once)
    left = Remaining(sweeping, resolved=earlier.resolved, knocks=earlier.knocks)
    link = Recalling(net, earlier.answers)
    return Engine(
        job.scope, link, left, record, sensors, progress=progress, known=earlier.known, hosts_in_flight=at_once
    )


def _knock(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
    return knock_host(link, target, enough=enough)
