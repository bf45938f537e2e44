"""The account of a run: what was asked, what answered, what could not be seen; from the record alone, and pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.model import Attempt, Coverage, Device, Note, Outcome, Status, SweepResult, replace
from scanner.record import Record
from scanner.retelling import retell
from scanner.scope import Scope, ScopeError, make_scope
from scanner.sentence import say, say_count

GAP_SUBJECTS: Final = frozenset({"run", "neighbour table"})
"""Notes that mean something may have been missed; others (a clock that stepped, a host cut short) only inform."""

GAPS_CAP: Final = 60
"""Sentences printed about gaps; beyond this their number is told, and the record is the place to look."""


@dataclass(slots=True)
class Failures:
    """Attempts that failed on our side: why, how often, and of how many hosts."""

    reasons: Counter[tuple[str, str]]
    hosts: set[str]

    def add(self, attempt: Attempt) -> None:
        """Count the attempt if it failed."""
        if attempt.outcome is Outcome.BROKEN:
            self.reasons[attempt.by, attempt.detail] += 1
            self.hosts.add(attempt.address)


@dataclass(slots=True)
class Tally:
    """What the coverage says of the devices, counted one after the other."""

    seen: set[str] = field(default_factory=set)  # addresses in the scope, or not far from it
    hiding: list[int] = field(default_factory=list)  # channels of each recorder; 0 where it does not say
    undetermined: int = 0
    strangers: int = 0

    def add(self, device: Device) -> None:
        """Count a device."""
        if device.off_scope:
            self.strangers += 1
        else:
            self.seen.update(device.addresses.ipv4)
        if device.identity.kind == "recorder":
            self.hiding.append(device.channels or 0)
        if device.status is Status.UNDETERMINED:
            self.undetermined += 1


def account_for(record: Record, tally: Tally, failures: Failures) -> Coverage:
    """Build the coverage of a record. `complete` is true only when nothing that was meant to be asked is missing.

    Of the record, observations and attempts are not looked at.
    """
    scope = _scope_of(record)
    asked = scope.size() if scope is not None else 0
    answered = sum(1 for address in tally.seen if scope is not None and scope.contains(address))
    gaps = tuple(dict.fromkeys(_gaps(record, failures)))
    return Coverage(
        complete=not gaps and record.run.source == "scan",
        sealed=record.sealed,
        asked=asked,
        answered=answered,
        silent=max(asked - answered, 0),
        excluded=_excluded(record),
        failed=len(failures.hosts),
        sweeps=tuple(map(_retold, sorted(record.sweeps, key=lambda s: (s.sweep, s.interface, s.at)))),
        gaps=(*_write_out(gaps), *_limits(tally)),
        notes=tuple(sorted(record.notes, key=lambda n: (n.subject, n.text))),
        hidden_channels=sum(tally.hiding),
        hidden_behind=len(tally.hiding),
        hidden_unknown=tally.hiding.count(0),
    )


def _write_out(gaps: Sequence[str]) -> Iterable[str]:
    yield from gaps[:GAPS_CAP]
    if len(gaps) > GAPS_CAP:
        yield say("Further gaps: {n}", n=len(gaps) - GAPS_CAP)


def _retold(sweep: SweepResult) -> SweepResult:
    return replace(sweep, detail=retell(sweep.detail), lost=say(sweep.lost))


def _scope_of(record: Record) -> Scope | None:
    try:
        return make_scope(record.run.scope, excluded=record.run.excluded, allow_public=True, allow_large=True)
    except ScopeError:
        return None


def _excluded(record: Record) -> int:
    try:
        whole = make_scope(record.run.scope, allow_public=True, allow_large=True)
    except ScopeError:
        return 0
    scope = _scope_of(record)
    return whole.size() - scope.size() if scope is not None else 0


_CUT_SHORT: Final = {
    "interrupted": say("The run was interrupted before its end."),
    "broken": say("The run broke off before its end."),
}
"""How a run ended that did not end by itself."""


def _gaps(record: Record, failures: Failures) -> Iterable[str]:
    if record.run.source != "scan":
        yield say(
            "This record was imported ({source}): nothing was asked, so silence proves nothing.",
            source=record.run.source,
        )
    if not record.sealed:
        yield say("The record has no seal: the run was stopped before its end, and what it had not asked is unknown.")
    if record.ended is not None and record.ended.how != "done":
        yield _CUT_SHORT.get(record.ended.how, _CUT_SHORT["broken"])
        yield from (say("Not done: {what}.", what=retell(line)) for line in record.ended.undone)
    for sweep in sorted(record.sweeps, key=lambda s: (s.sweep, s.interface)):
        yield from _sweep_gaps(sweep)
    for (by, detail), count in sorted(failures.reasons.items()):
        yield say_count(
            "{by} failed on our side {n} time ({detail}); those hosts are not cleared.",
            "{by} failed on our side {n} times ({detail}); those hosts are not cleared.",
            count,
            by=by,
            detail=retell(detail),
        )
    yield from (retell(note.text) for note in record.notes if _is_gap(note))


def _is_gap(note: Note) -> bool:
    return note.subject in GAP_SUBJECTS


def _sweep_gaps(sweep: SweepResult) -> Iterable[str]:
    values = {"sweep": sweep.sweep, "interface": sweep.interface, "detail": retell(sweep.detail)}
    if sweep.outcome in (Outcome.BROKEN, Outcome.SKIPPED):
        missed = (
            say("The sweep {sweep} did not run on {interface}: {detail}.", **values)
            if sweep.interface
            else say("The sweep {sweep} did not run: {detail}.", **values)
        )
        lost = say(sweep.lost.rstrip("."))
        yield say("{missed} As a consequence, {lost}.", missed=missed, lost=lost) if lost else missed
    if sweep.late:
        yield say_count(
            "{n} answer to {sweep} on {interface} came after it had stopped waiting; other hosts may be missing.",
            "{n} answers to {sweep} on {interface} came after it had stopped waiting; other hosts may be missing.",
            sweep.late,
            sweep=sweep.sweep,
            interface=sweep.interface,
        )
    if sweep.drops:
        yield say_count(
            "The sweep {sweep} lost {n} answer on {interface} before it could be read; hosts may be missing.",
            "The sweep {sweep} lost {n} answers on {interface} before they could be read; hosts may be missing.",
            sweep.drops,
            sweep=sweep.sweep,
            interface=sweep.interface or say("every interface"),
        )


def _limits(tally: Tally) -> Iterable[str]:
    """What no scan can see, said every time it applies; these do not make a run incomplete."""
    recorders = tally.hiding
    channels, telling = sum(recorders), sum(map(bool, recorders))
    if telling:
        yield say_count(
            "{n} recorder may hide up to {channels}: cameras on a recorder's own ports or on coaxial cable have no "
            "address here.",
            "{n} recorders may hide up to {channels}: cameras on a recorder's own ports or on coaxial cable have no "
            "address here.",
            telling,
            channels=say_count("{n} channel", "{n} channels", channels),
        )
    if len(recorders) > telling:
        yield say_count(
            "{n} recorder does not say how many channels it has: how many cameras hide behind it is not known.",
            "{n} recorders do not say how many channels they have: how many cameras hide behind them is not known.",
            len(recorders) - telling,
        )
    if tally.undetermined:
        yield say_count(
            "{n} device could not be determined and must be looked at by hand.",
            "{n} devices could not be determined and must be looked at by hand.",
            tally.undetermined,
        )
    if tally.strangers:
        yield say_count(
            "{n} device answered from outside the scope: seen on the wire and not contacted.",
            "{n} devices answered from outside the scope: seen on the wire and not contacted.",
            tally.strangers,
        )
