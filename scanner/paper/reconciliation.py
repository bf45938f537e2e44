"""Holds a paper list against a run: on paper and found, on paper and not found, found and not on paper. Pure.

Identifiers (MAC, serial number, address) are matched first, then model names, then maker and kind. A device answers
for one row only. What can never show on a network is never called missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.goods import Goods, goods_of
from scanner.grammar import fold_name
from scanner.model import Device, Status
from scanner.paper.judgement import NEVER_SEEN, PaperRow


class Presence(StrEnum):
    """What became of one row in the run."""

    FOUND = "found"
    PARTLY = "partly found"
    NOT_FOUND = "not found"
    NEVER = "cannot be found"  # coaxial: no address
    NO_DEVICE = "no network device"  # disks, cables, displays, work


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the paper list and the devices that answer for it."""

    row: PaperRow
    presence: Presence
    expected: int | None  # units on paper; None where no number is written
    devices: tuple[str, ...]  # ids
    how: str  # by what they were matched: "mac", "serial", "address", "model", "maker and kind", ""
    sentence: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole comparison. `unlisted` are ids of devices found that stand on no row."""

    lines: tuple[Line, ...]
    unlisted: tuple[str, ...]
    others: int  # devices found that no list of equipment would name: printers, phones, unrecognised hosts
    unlisted_names: tuple[str, ...] = ()  # what to look for, in the order of `unlisted`: "Dahua NVR4216 at 192.0.2.7"


@dataclass(frozen=True, slots=True)
class _Matcher:
    """One way to know a row in a device. Only devices with a key of the row are looked at: a site has thousands."""

    name: str
    wanted: Callable[[PaperRow], str]  # the key of a row; empty where it says nothing to compare
    keys: Callable[[Device], Iterable[str]]
    fits: Callable[[PaperRow, Device], bool]


def reconcile(rows: Sequence[PaperRow], devices: Sequence[Device]) -> Reconciliation:
    """Give every device to at most one row. The order of rows decides between equals, as in the list itself."""
    free = {device.id: device for device in devices}
    held: dict[int, list[str]] = {index: [] for index in range(len(rows))}
    how: dict[int, str] = {}
    for matcher in _MATCHERS:
        by_key: dict[str, dict[str, Device]] = defaultdict(dict)
        for device in free.values():
            for key in matcher.keys(device):
                by_key[key][device.id] = device
        for index, row in enumerate(rows):
            key = matcher.wanted(row) if _may_show(row) else ""
            for device in by_key.get(key, {}).values() if key else ():
                if not _has_room(row, len(held[index])):
                    break
                if device.id in free and matcher.fits(row, device):
                    held[index].append(device.id)
                    how.setdefault(index, matcher.name)
                    del free[device.id]
    by_id = {device.id: device for device in devices}
    lines = tuple(_line(row, held[i], how.get(i, ""), by_id) for i, row in enumerate(rows))
    unlisted = [device for device in free.values() if _belongs_on_paper(device)]
    return Reconciliation(
        lines,
        tuple(device.id for device in unlisted),
        len(free) - len(unlisted),
        tuple(map(_describe, unlisted)),
    )


def _describe(device: Device) -> str:
    who, seen = device.identity, device.addresses
    what = " ".join(part for part in (who.brand or who.maker, who.model) if part) or who.kind or "unknown device"
    where = next(iter((*seen.ipv4, *seen.ipv6, *seen.mac)), device.id)
    return f"{what} at {where}"


def _may_show(row: PaperRow) -> bool:
    return row.visible is not False


def _has_room(row: PaperRow, count: int) -> bool:
    return row.entry.quantity is None or count < row.entry.quantity


SHORTEST_MODEL: Final = 5
"""Characters from which the beginning of a model name means the model."""

SHORTEST_SERIAL: Final = 6
"""Characters a serial number on paper needs to be compared; people copy the tail from a label."""


def _tail(serial: str | None) -> str:
    """The end of a serial number, by which a whole one and a copied tail are looked for; empty for a shorter one."""
    folded = fold_name(serial or "")
    return folded[-SHORTEST_SERIAL:] if len(folded) >= SHORTEST_SERIAL else ""


def _by_serial(row: PaperRow, device: Device) -> bool:
    return fold_name(device.identity.serial or "").endswith(fold_name(row.entry.serial))


def _by_address(row: PaperRow, device: Device) -> bool:
    """Addresses are lent: where both have a MAC, those were compared before, and this is another unit."""
    return row.entry.mac is None or not device.addresses.mac


def _by_model(row: PaperRow, device: Device) -> bool:
    return same_model(row.entry.model, device.identity.model or "")


def _by_maker(row: PaperRow, device: Device) -> bool:
    """Same class of goods, where the row gives no model name that could be compared."""
    return row.entry.kind is None or row.entry.kind == device.identity.kind


def _always(_row: PaperRow, _device: Device) -> bool:
    return True


_MATCHERS: Final = (
    _Matcher("mac", lambda row: row.entry.mac or "", lambda device: device.addresses.mac, _always),
    _Matcher(
        "serial", lambda row: _tail(row.entry.serial), lambda device: (_tail(device.identity.serial),), _by_serial
    ),
    _Matcher("address", lambda row: row.entry.address or "", lambda device: device.addresses.ipv4, _by_address),
    _Matcher(
        "model",
        lambda row: _model_key(row.entry.model)[:SHORTEST_MODEL],
        lambda device: (_model_key(device.identity.model or "")[:SHORTEST_MODEL],),
        _by_model,
    ),
    _Matcher(
        "maker and kind",
        lambda row: "" if row.entry.model else row.identity.maker or "",
        lambda device: (device.identity.maker or "",),
        _by_maker,
    ),
)


def same_model(paper: str, device: str) -> bool:
    """Whether two spellings mean one model: equal, or one the beginning of the other at a border of the name.

    House prefixes (DH-, DHI-) and what follows a blank on paper (a lens, a colour) do not count.
    """
    ours, theirs = _model_key(paper), _model_key(device)
    if not ours or not theirs:
        return False
    short, long = sorted((ours, theirs), key=len)
    return long == short or (len(short) >= SHORTEST_MODEL and long.startswith(short) and long[len(short)] in "-/(#")


def _model_key(text: str) -> str:
    words = [word for word in fold_name(text).split(" ") if any(c.isdigit() for c in word)]
    key = words[0] if words else ""
    for prefix in ("DHI-", "DH-"):
        key = key.removeprefix(prefix)
    return key.rstrip("-/(")


def _belongs_on_paper(device: Device) -> bool:
    """Devices that a list of surveillance equipment would have to name."""
    listed = device.status in (Status.COVERED, Status.SUSPECTED)
    return listed or goods_of(device.identity.kind) is Goods.SURVEILLANCE


def _line(row: PaperRow, ids: list[str], how: str, devices: dict[str, Device]) -> Line:
    presence = _presence(row, len(ids))
    sentence = _sentence(row, presence, len(ids), how) + _quarrel(row, (devices[i] for i in ids))
    return Line(row, presence, row.entry.quantity, tuple(ids), how, sentence)


def _presence(row: PaperRow, count: int) -> Presence:
    if not _may_show(row):
        return Presence.NEVER if row.entry.coaxial else Presence.NO_DEVICE
    if count == 0:
        return Presence.NOT_FOUND
    return Presence.PARTLY if row.entry.quantity is not None and count < row.entry.quantity else Presence.FOUND


def _sentence(row: PaperRow, presence: Presence, count: int, how: str) -> str:
    expected = row.entry.quantity
    if presence is Presence.NEVER:
        return NEVER_SEEN
    if presence is Presence.NO_DEVICE:
        return "Not a device that shows on a network."
    if presence is Presence.NOT_FOUND:
        number = f"None of {expected}" if expected else "None"
        return f"{number} found; switched off, elsewhere, behind a recorder or never delivered looks alike from here."
    if expected is None:
        return f"{count} found, matched by {how}; the list gives no number."
    missing = "" if count == expected else f", {expected - count} not found"
    return f"{count} of {expected} found, matched by {how}{missing}."


def _quarrel(row: PaperRow, devices: Iterable[Device]) -> str:
    """Where paper and device name different makers."""
    ours = row.identity.maker
    theirs = sorted({d.identity.maker for d in devices if d.identity.maker is not None and d.identity.maker != ours})
    if ours is None or not theirs:
        return ""
    return f" The list says {ours}, the device itself shows {' and '.join(theirs)}: look at the label."
