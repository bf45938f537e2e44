"""When units were bought or installed, by what an inventory names them by: MAC, serial number or address. Pure.

An address is lent to one unit after the other: a row that names its unit's MAC dates no unit with another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from scanner.model import Addresses
from scanner.paper.entries import Entry

SHORTEST_SERIAL: Final = 6
"""Characters a serial number needs to name one unit; shorter ones are row numbers."""


def collect_dates(entries: Iterable[Entry]) -> dict[str, date]:
    """The dates of an inventory by every key its rows give. Of two dates for one unit the earlier counts."""
    held: dict[str, date] = {}
    for entry in entries:
        if entry.acquired is None:
            continue
        for key in _keys(entry):
            held[key] = min(held.get(key, entry.acquired), entry.acquired)
    return held


def _keys(entry: Entry) -> Iterable[str]:
    if entry.mac is not None:
        yield entry.mac
    if len(entry.serial.strip()) >= SHORTEST_SERIAL:
        yield _fold(entry.serial)
    if entry.address is not None:
        yield entry.address if entry.mac is None else _if_unseen(entry.address)


def _if_unseen(address: str) -> str:
    """The key of a unit whose MAC is known: it holds for who is at that address and shows none."""
    return f"{address} without a MAC"


def find_date(acquired: Mapping[str, date], addresses: Addresses, serial: str | None) -> date | None:
    """The date of one device: by its MAC first, then its serial number, then its address."""
    if not acquired:
        return None
    lent = (*addresses.ipv4, *addresses.ipv6)
    unseen = () if addresses.mac else tuple(map(_if_unseen, lent))
    keys = (*addresses.mac, *((_fold(serial),) if serial else ()), *lent, *unseen)
    return next((acquired[key] for key in keys if key in acquired), None)


def _fold(serial: str) -> str:
    return "".join(serial.split()).upper()
