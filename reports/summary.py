"""Orders and counts what a report holds; never decides anything, and never counts a device out."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scanner.model import Device, Finding, Report, Status

SEVERITY: Final = (Status.COVERED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_COVERED)
"""What a reader must see first. Every table, list and count keeps this order."""

_RANK: Final = {status: rank for rank, status in enumerate(SEVERITY)}

ADDRESSES_KEPT: Final = 16_384
"""Addresses whose place is remembered: every report sorts by them, and the page three times."""

_NO_ADDRESS: Final = 9
"""Sorts what is no IP address (a MAC, an id) behind versions 4 and 6."""


@dataclass(frozen=True, slots=True)
class MakerCount:
    """One maker and how many of its devices have each status, in the order of SEVERITY."""

    maker: str | None  # None: the maker is not known
    by_status: tuple[int, ...]

    @property
    def total(self) -> int:
        """All its devices."""
        return sum(self.by_status)


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of the first page. The four statuses add up to `devices`."""

    devices: int
    by_status: dict[Status, int]
    makers: tuple[MakerCount, ...]
    covered_makers: tuple[tuple[str, int], ...]
    off_scope: int
    conflicts: int
    recorders_hiding: int
    hidden_channels: int
    hidden_unknown: int

    @property
    def covered(self) -> int:
        """Devices that a list names, on evidence shown."""
        return self.by_status[Status.COVERED]

    @property
    def suspected(self) -> int:
        """Devices with signs of a listed maker that do not suffice."""
        return self.by_status[Status.SUSPECTED]

    @property
    def undetermined(self) -> int:
        """Devices that said too little."""
        return self.by_status[Status.UNDETERMINED]

    @property
    def not_covered(self) -> int:
        """Devices whose maker is known and on no list applied."""
        return self.by_status[Status.NOT_COVERED]


def summarise(report: Report) -> Summary:
    """Count the devices of `report`."""
    return Summary(
        devices=len(report.devices),
        by_status={status: sum(1 for d in report.brief if d.status is status) for status in SEVERITY},
        makers=_count_makers(report.brief),
        covered_makers=_covered_makers(report.brief),
        off_scope=sum(1 for d in report.brief if d.off_scope),
        conflicts=sum(1 for d in report.brief if d.identity.conflicts),
        recorders_hiding=report.coverage.hidden_behind - report.coverage.hidden_unknown,
        hidden_channels=report.coverage.hidden_channels,
        hidden_unknown=report.coverage.hidden_unknown,
    )


def _count_makers(devices: Iterable[Device]) -> tuple[MakerCount, ...]:
    counts: dict[str | None, Counter[Status]] = {}
    for device in devices:
        counts.setdefault(device.identity.maker, Counter())[device.status] += 1
    found = [MakerCount(maker, tuple(count[s] for s in SEVERITY)) for maker, count in counts.items()]
    return tuple(sorted(found, key=lambda m: (m.maker is None, -m.total, m.maker or "")))


def _covered_makers(devices: Iterable[Device]) -> tuple[tuple[str, int], ...]:
    counts = Counter(d.identity.maker for d in devices if d.status is Status.COVERED and d.identity.maker)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def in_order(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Sort by severity, then by address as numbers, then by id: equal reports are equal line by line."""
    return tuple(sorted(devices, key=_device_key))


def whole_in_order(report: Report) -> Iterator[Device]:
    """The devices in the order of `in_order`, one after the other: of a very large report not all are in memory."""
    return (report.devices[place] for place in places_in_order(report))


def places_in_order(report: Report) -> Sequence[int]:
    """Where the devices stand in the report, in the order of `in_order`."""
    brief = report.brief
    return sorted(range(len(brief)), key=lambda place: _device_key(brief[place]))


def _device_key(device: Device) -> tuple[int, tuple[int, int, str], str]:
    return _RANK[device.status], address_key(first_address(device)), device.id


def first_address(device: Device) -> str:
    """The address to call the device by: IPv4, else IPv6, else MAC, else its id."""
    seen = device.addresses
    return next(iter((*seen.ipv4, *seen.ipv6, *seen.mac)), device.id)


@lru_cache(maxsize=ADDRESSES_KEPT)
def address_key(address: str) -> tuple[int, int, str]:
    """Sort key: IPv4 before IPv6 before anything else, each by value."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _NO_ADDRESS, 0, address
    return parsed.version, int(parsed), address


def findings_in_order(device: Device) -> tuple[Finding, ...]:
    """The findings of a device, gravest first, else in the order the lists were applied in."""
    return tuple(sorted(device.findings, key=lambda finding: _RANK[finding.status]))
