"""What differs between two judged runs, and why; pure. Devices are the same by id, which survives a new address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.model import Device, Report, replace
from scanner.told import Told, ToldDevice, say_what_changed


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


def compare(
    before: Report, after: Report, earlier: Sequence[Report] = (), told: Told | None = None
) -> tuple[Difference, ...]:
    """Every difference from `before` to `after`, the gravest kind first. `earlier` runs tell a return from a first.

    `told` is what the report of the first run said when it was written: the record judged again may say more by now.
    """
    old = {device.id: device for device in before.devices}
    ids = _earlier_ids(before.devices, after.devices)
    new = {ids.get(device.id, device.id): device for device in after.devices}
    seen = [device for report in earlier for device in report.devices]
    returned = _earlier_ids(seen, after.devices)
    known = {device.id for device in seen} | returned.keys()
    found: list[Difference] = []
    for name in sorted(new.keys() - old.keys()):
        change = Change.CAME_BACK if {name, new[name].id} & known else Change.APPEARED
        found.append(Difference(change, name, None, new[name], _arrival(before, change)))
    for name in sorted(old.keys() - new.keys()):
        found.append(Difference(Change.GONE, name, old[name], None, _absence(after)))
    for name in sorted(old.keys() & new.keys()):
        was = told.devices.get(name) if told is not None else None
        found += _compare_device(before, after, old[name], new[name], told, was)
    order = list(Change)
    return tuple(sorted(found, key=lambda d: (order.index(d.change), d.device)))


def _earlier_ids(before: Sequence[Device], after: Sequence[Device]) -> dict[str, str]:
    """Ids of devices that are now called otherwise: one card, one device on either side.

    An id is made from what a device said; the same unit has another one when it says its serial number only once.
    """
    old, new = _by_card(before), _by_card(after)
    pairs = {(old[card], new[card]) for card in old.keys() & new.keys()}
    once = Counter(name for pair in pairs for name in set(pair))
    held = {device.id for device in after} & {device.id for device in before}
    return {
        now: was for was, now in sorted(pairs) if was != now and not {was, now} & held and once[was] == once[now] == 1
    }


def _by_card(devices: Iterable[Device]) -> dict[str, str]:
    """The device of each card that belongs to one device only."""
    owners: dict[str, set[str]] = {}
    for device in devices:
        for card in device.addresses.mac:
            owners.setdefault(card, set()).add(device.id)
    return {card: next(iter(ids)) for card, ids in owners.items() if len(ids) == 1}


def _arrival(before: Report, change: Change) -> tuple[str, ...]:
    if change is Change.CAME_BACK:
        return ("an earlier run had seen it, the one before this had not",)
    if before.coverage.complete:
        return ("it was not there when everything in scope was asked last time",)
    return ("the earlier run was incomplete: it may have been there unseen",)


def _absence(after: Report) -> tuple[str, ...]:
    if after.coverage.complete:
        return ("everything in scope was asked and it did not answer",)
    return ("this run was incomplete: it may be there unseen",)


def _compare_device(
    before: Report, after: Report, old: Device, new: Device, told: Told | None, was: ToldDevice | None
) -> Iterable[Difference]:
    status = was.status if was is not None else old.status
    if status is not new.status:
        rules: tuple[str, ...] = ()
        if told is not None and was is not None and was.status is not old.status:
            rules = say_what_changed(told, was, old, before)
        reasons = (*rules, *_changed_details(old, new), *_changed_rules(before, after))
        known = replace(old, status=status)
        yield Difference(Change.STATUS, new.id, known, new, reasons or ("the evidence of the two runs differs",))
    elif details := _changed_details(old, new):
        yield Difference(Change.DETAILS, new.id, old, new, details)
    if old.addresses != new.addresses:
        yield Difference(Change.MOVED, new.id, old, new, (f"{_where(old)} became {_where(new)}",))


def _where(device: Device) -> str:
    return ", ".join((*device.addresses.ipv4, *device.addresses.ipv6)) or "no address"


def _changed_details(old: Device, new: Device) -> tuple[str, ...]:
    names = ("maker", "brand", "model", "firmware", "serial", "kind", "standing")
    pairs = ((name, getattr(old.identity, name), getattr(new.identity, name)) for name in names)
    return tuple(
        f"the device changed: {name}: {was or 'unknown'} became {now or 'unknown'}"
        for name, was, now in pairs
        if was != now
    )


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
