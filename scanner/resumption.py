"""Takes up an interrupted run: what it heard is kept, what it asked and had answered is not asked again.

Reads the earlier record and changes nothing in it; sends nothing. Unfinished is: a sweep on an interface without a
result, a probe without its closing attempt, an attempt that failed on our side. A question to a whole segment cannot
leave single hosts out, so an unfinished one is asked anew; address resolution and knocking do leave them out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from probes.port_sweep import FIRST
from probes.port_sweep import NAME as KNOCKS
from scanner.engine import DECIDED_ALREADY, Known
from scanner.exits import UsageError
from scanner.model import Attempt, Note, Observation, Outcome, SweepResult
from scanner.recalling import Answer, Key
from scanner.record import Record, read_raw
from scanner.record_line import Value
from scanner.record_writer import RecordWriter
from scanner.temper import MUTE, STOPPED, HostTemper

ASKED: Final = frozenset({Outcome.ANSWERED, Outcome.REFUSED, Outcome.SILENT, Outcome.GARBLED})
"""Attempts and sweeps that count as asked. A skipped or broken one is made again: perhaps there are more rights now."""

WHOLE_ANSWERS: Final = frozenset({"http.raw", "onvif.raw"})
"""Observations whose bytes are the whole answer to one request."""

RESOLVES: Final = "arp-sweep"
"""The sweep whose answers show which addresses need not be asked for again."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an interrupted run leaves to the one that goes on."""

    known: Known
    done: Mapping[str, frozenset[str]] = field(default_factory=dict)  # sweep → interfaces it ended on ("": all)
    resolved: Mapping[str, frozenset[str]] = field(default_factory=dict)  # interface → addresses that answered
    knocks: Mapping[tuple[str, int], tuple[Outcome, ...]] = field(default_factory=dict)  # (address, port) → in order
    answers: Mapping[Key, Answer] = field(default_factory=dict)  # what probes that were cut had been told
    tempers: Mapping[str, HostTemper] = field(default_factory=dict)  # address → how it bore being asked


def check_resumable(record: Record) -> None:
    """Refuse, with words, a record that cannot be gone on with."""
    if record.run.source != "scan":
        raise UsageError(f"{record.path} was imported, not scanned: there is nothing to go on with; `judge` it")
    if record.sealed and record.ended is not None and record.ended.how == "done" and not _failed(record):
        raise UsageError(f"{record.path} is complete: there is nothing to go on with; `judge` it, or scan anew")


def _failed(record: Record) -> bool:
    """True when something of the run failed on our side, as with a cable pulled out: that can be made good."""
    outcomes = (*(one.outcome for one in record.sweeps), *(one.outcome for one in record.attempts))
    return Outcome.BROKEN in outcomes


def check_same_scope(record: Record, scope: Sequence[str], excluded: Sequence[str]) -> None:
    """Refuse to go on with a record of other addresses: its report would speak for a scope nobody asked for."""
    if set(record.run.scope) != set(scope):
        raise UsageError(
            f"{record.path} is a run over {_listed(record.run.scope)}, not over {_listed(scope)}: "
            "leave the scope out to go on with it, or leave --resume out to scan anew"
        )
    if set(record.run.excluded) != set(excluded):
        raise UsageError(
            f"{record.path} excluded {_listed(record.run.excluded) or 'nothing'}, and now "
            f"{_listed(excluded) or 'nothing'} is to be: name the same --exclude, or leave --resume out to scan anew"
        )


def take_up(record: Record, sweeps: Iterable[str], interfaces: Sequence[str]) -> Earlier:
    """What need not be asked again by these sweeps on these interfaces, and how each host bore what it was asked."""
    done = _ended_sweeps(record.sweeps)
    whole = frozenset(name for name in sweeps if is_done(done.get(name, frozenset()), interfaces))
    probed = frozenset((a.by, a.address, a.port) for a in record.attempts if a.by != KNOCKS and _counts(a))
    return Earlier(
        Known(whole, probed, record.observations, _enough(record.attempts)),
        done,
        _resolved(record.observations),
        _knocks(record.attempts),
        _answers(record, probed),
        _tempers(record),
    )


def is_done(ended: frozenset[str], interfaces: Sequence[str]) -> bool:
    """True when a sweep ended on every interface, or once for all of them."""
    return "" in ended or (bool(ended) and ended >= set(interfaces))


def replay(record: Record, earlier: Earlier, writer: RecordWriter) -> None:
    """Copy what the earlier run recorded into the new record, so that it stands for itself.

    Left out is what will be asked again and would be told twice: failed attempts and unfinished sweeps.
    """
    path = Path(record.path)
    for digest, offset in record.raw.items():
        writer.write_raw(read_raw(path, offset), digest)
    attempts = [one for one in record.attempts if one.outcome is not Outcome.BROKEN and _stays(one)]
    sweeps = [one for one in record.sweeps if one.interface in earlier.done.get(one.sweep, frozenset())]
    notes = [one for one in record.notes if one.subject not in ("run", "scope")]
    values: tuple[Value, ...] = (*record.observations, *attempts, *sweeps, *notes)
    for value in values:
        writer.write(value)


def describe(record: Record, at: float) -> Note:
    """For the reader of the coverage: that this run went on with another, and what it took over."""
    began = datetime.fromtimestamp(record.run.started, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    how = record.ended.how if record.ended is not None else "broken off without a seal"
    text = (
        f"goes on with run {record.run.id} of {began}, which was {how}: {len(record.observations)} observations and "
        f"{len(record.attempts)} attempts were taken over"
    )
    return Note("resumed", text, at)


def _counts(attempt: Attempt) -> bool:
    """True for what is not asked again: it was asked, or left out because the maker was beyond doubt."""
    return attempt.outcome in ASKED or (attempt.outcome is Outcome.SKIPPED and attempt.detail.endswith(DECIDED_ALREADY))


def _stays(attempt: Attempt) -> bool:
    """False for an attempt that was not made and will be looked at again."""
    return _counts(attempt) or attempt.outcome is not Outcome.SKIPPED


def _ended_sweeps(results: Iterable[SweepResult]) -> dict[str, frozenset[str]]:
    ended: dict[str, set[str]] = defaultdict(set)
    for result in results:
        if result.outcome in ASKED:
            ended[result.sweep].add(result.interface)
    return {name: frozenset(interfaces) for name, interfaces in ended.items()}


def _resolved(observations: Iterable[Observation]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for seen in observations:
        if seen.by == RESOLVES and seen.name == "mac.mac" and seen.address and seen.scope == "in":
            found[seen.interface or ""].add(seen.address)
    return {name: frozenset(addresses) for name, addresses in found.items()}


def _knocks(attempts: Iterable[Attempt]) -> dict[tuple[str, int], tuple[Outcome, ...]]:
    knocks: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for attempt in attempts:
        if attempt.by == KNOCKS and attempt.port is not None and attempt.outcome in ASKED:
            knocks[attempt.address, attempt.port].append(attempt.outcome)
    return {key: tuple(outcomes) for key, outcomes in knocks.items()}


def _enough(attempts: Iterable[Attempt]) -> dict[str, bool]:
    """Whether the first ports of a host were enough, where the earlier run had come to that question."""
    enough: dict[str, bool] = {}
    for attempt in attempts:
        if attempt.by == KNOCKS and attempt.outcome is Outcome.SKIPPED:
            enough[attempt.address] = True
        elif attempt.by == KNOCKS and attempt.port is not None and attempt.port not in FIRST:
            enough[attempt.address] = False
    return enough


def _answers(record: Record, probed: Collection[tuple[str, str, int | None]]) -> dict[Key, Answer]:
    """The whole HTTP answers of probes that have no closing attempt."""
    return {
        (seen.address, seen.port, seen.request): Answer(read_raw(Path(record.path), record.raw[seen.digest]), seen.at)
        for seen in record.observations
        if seen.name in WHOLE_ANSWERS and seen.digest in record.raw and seen.address is not None
        and seen.port is not None and (seen.by, seen.address, seen.port) not in probed
    }  # fmt: skip


def _tempers(record: Record) -> dict[str, HostTemper]:
    """How each host bore the earlier run: one that said "locked" is left alone by this one too."""
    tempers: dict[str, HostTemper] = defaultdict(HostTemper)
    for attempt in record.attempts:
        if attempt.outcome is Outcome.SKIPPED and STOPPED in attempt.detail:
            tempers[attempt.address].stopped = attempt.detail
        elif attempt.outcome is Outcome.SILENT and MUTE in attempt.detail and attempt.port is not None:
            tempers[attempt.address].mute |= {attempt.port}
    path = Path(record.path)
    answers = Counter((o.address, o.by, o.port, o.request, o.digest) for o in record.observations if o.digest)
    for address, _, port, _, digest in answers:
        if address is not None and port is not None and digest in record.raw:
            tempers[address].recall(read_raw(path, record.raw[digest]))
    return {address: temper for address, temper in tempers.items() if temper != HostTemper()}


def _listed(networks: Iterable[str]) -> str:
    return ", ".join(networks)
