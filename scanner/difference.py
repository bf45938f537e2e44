"""What differs between two judged runs, and why; pure. Devices are the same by id, which survives a new address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.model import Device, Report


class Change(StrEnum):
    """What became of one device between two runs."""

    APPEARED = "appeared"
    GONE = "gone"
    CAME_BACK = "came back"
    STATUS = "changed its status"
    MOVED = "changed its addresses"
    DETAILS = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, with its reasons as plain sentences."""

    change: Change
    device: str
    before: Device | None
    after: Device | None
    reasons: tuple[str, ...]


def compare(before: Report, after: Report, earlier: Sequence[Report] = ()) -> tuple[Difference, ...]:
    """Every difference from `before` to `after`, the gravest kind first. `earlier` runs tell a return from a first."""
    old = {device.id: device for device in before.devices}
    new = {device.id: device for device in after.devices}
    known = {device.id for report in earlier for device in report.devices}
    found: list[Difference] = []
    for name in sorted(new.keys() - old.keys()):
        change = Change.CAME_BACK if name in known else Change.APPEARED
        found.append(Difference(change, name, None, new[name], _arrival(before, change)))
    for name in sorted(old.keys() - new.keys()):
        found.append(Difference(Change.GONE, name, old[name], None, _absence(after)))
    for name in sorted(old.keys() & new.keys()):
        found += _compare_device(before, after, old[name], new[name])
    order = list(Change)
    return tuple(sorted(found, key=lambda d: (order.index(d.change), d.device)))


def _arrival(before: Report, change: Change) -> tuple[str, ...]:
    if before.coverage.complete:
        return ("it was not there when everything in scope was asked last time",) if change is Change.APPEARED else ()
    return ("the earlier run was incomplete: it may have been there unseen",)


def _absence(after: Report) -> tuple[str, ...]:
    if after.coverage.complete:
        return ("everything in scope was asked and it did not answer",)
    return ("this run was incomplete: it may be there unseen",)


def _compare_device(before: Report, after: Report, old: Device, new: Device) -> Iterable[Difference]:
    if old.status is not new.status:
        reasons = (*_changed_details(old, new), *_changed_rules(before, after))
        yield Difference(Change.STATUS, new.id, old, new, reasons or ("the evidence of the two runs differs",))
    elif details := _changed_details(old, new):
        yield Difference(Change.DETAILS, new.id, old, new, details)
    if old.addresses != new.addresses:
        yield Difference(Change.MOVED, new.id, old, new, (f"{_where(old)} became {_where(new)}",))


def _where(device: Device) -> str:
    return ", ".join((*device.addresses.ipv4, *device.addresses.ipv6)) or "no address"


def _changed_details(old: Device, new: Device) -> tuple[str, ...]:
    names = ("maker", "brand", "model", "firmware", "serial", "kind", "standing")
    pairs = ((name, getattr(old.identity, name), getattr(new.identity, name)) for name in names)
    return tuple(f"{name}: {was or 'unknown'} became {now or 'unknown'}" for name, was, now in pairs if was != now)


def _changed_rules(before: Report, after: Report) -> tuple[str, ...]:
    reasons = []
    if before.fingerprints != after.fingerprints:
        reasons.append("the two runs were judged with different fingerprints")
    copies = {policy.id: policy.copy_date for policy in before.policies}
    for policy in after.policies:
        if policy.id not in copies:
            reasons.append(f"list {policy.id} was not applied to the earlier run")
        elif copies[policy.id] != policy.copy_date:
            reasons.append(f"list {policy.id}: the copy of {copies[policy.id]} became that of {policy.copy_date}")
    return tuple(reasons)
