"""The account of a run: what was asked, what answered, what could not be seen; from the record alone, and pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from scanner.model import Attempt, Coverage, Device, Note, Outcome, Standing, SweepResult
from scanner.record import Record
from scanner.scope import Scope, ScopeError, make_scope

GAPS_CAP: Final = 60
"""Sentences printed about gaps; beyond this the record is the place to look."""


def account_for(record: Record, devices: Iterable[Device]) -> Coverage:
    """Build the coverage of a record. `complete` is true only when nothing that was meant to be asked is missing."""
    held = tuple(devices)
    scope = _scope_of(record)
    asked = scope.size() if scope is not None else 0
    seen = {address for device in held if not device.off_scope for address in device.addresses.ipv4}
    answered = sum(1 for address in seen if scope is not None and scope.contains(address))
    failed = _failed(record.attempts)
    gaps = tuple(dict.fromkeys(_gaps(record, failed)))
    hiding = [device.channels or 0 for device in held if device.identity.kind == "recorder"]
    return Coverage(
        complete=not gaps and record.run.source == "scan",
        sealed=record.sealed,
        asked=asked,
        answered=answered,
        silent=max(asked - answered, 0),
        excluded=_excluded(record),
        failed=len(failed),
        sweeps=tuple(sorted(record.sweeps, key=lambda s: (s.sweep, s.interface, s.at))),
        gaps=(*gaps, *_limits(held))[:GAPS_CAP],
        notes=tuple(sorted(record.notes, key=lambda n: (n.subject, n.text))),
        hidden_channels=sum(hiding),
        hidden_behind=len(hiding),
    )


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


def _failed(attempts: Iterable[Attempt]) -> Mapping[str, list[Attempt]]:
    failed: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.outcome is Outcome.BROKEN:
            failed.setdefault(attempt.address, []).append(attempt)
    return failed


def _gaps(record: Record, failed: Mapping[str, list[Attempt]]) -> Iterable[str]:
    if record.run.source != "scan":
        yield f"This record was imported ({record.run.source}): nothing was asked, so silence proves nothing."
    if not record.sealed:
        yield "The record has no seal: the run was stopped before its end, and what it had not asked is unknown."
    if record.ended is not None and record.ended.how != "done":
        yield f"The run was {record.ended.how} before its end."
        yield from (f"Not done: {line}." for line in record.ended.undone)
    for sweep in sorted(record.sweeps, key=lambda s: (s.sweep, s.interface)):
        yield from _sweep_gaps(sweep)
    reasons = Counter((a.by, a.detail) for attempts in failed.values() for a in attempts)
    for (by, detail), count in sorted(reasons.items()):
        yield f"{by} failed on our side {count} times ({detail}); those hosts are not cleared."
    yield from (note.text for note in record.notes if _is_gap(note))


def _is_gap(note: Note) -> bool:
    return note.subject == "run"


def _sweep_gaps(sweep: SweepResult) -> Iterable[str]:
    place = f" on {sweep.interface}" if sweep.interface else ""
    if sweep.outcome in (Outcome.BROKEN, Outcome.SKIPPED):
        lost = f" {sweep.lost}" if sweep.lost else ""
        yield f"The {sweep.sweep} sweep did not run{place}: {sweep.detail}.{lost}"
    if sweep.drops:
        yield f"The {sweep.sweep} sweep{place} lost {sweep.drops} answers before they could be read; hosts may be missing."


def _limits(devices: Iterable[Device]) -> Iterable[str]:
    """What no scan can see, said every time it applies; these do not make a run incomplete."""
    held = tuple(devices)
    recorders = [device for device in held if device.identity.kind == "recorder"]
    if recorders:
        channels = sum(device.channels or 0 for device in recorders)
        yield (
            f"{_count(len(recorders), 'recorder')} may hide up to {_count(channels, 'channel')}: cameras on a recorder's "
            "own ports or on coaxial cable have no address here."
        )
    open_ends = sum(1 for device in held if device.identity.standing is Standing.UNDETERMINED)
    if open_ends:
        yield f"{_count(open_ends, 'device')} could not be determined and must be looked at by hand."
    strangers = sum(1 for device in held if device.off_scope)
    if strangers:
        yield f"{_count(strangers, 'device')} answered from outside the scope: seen on the wire and not contacted."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
