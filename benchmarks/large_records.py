"""Makes run records of very many devices from the record of a few, every unit with its own numbers; asks no network.

The few are simulated devices that were scanned. Each copy gets the addresses, hardware addresses, serial numbers and
hashes that the simulator would have given that unit, and nonces of its own, so that no two units say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from scanner.model import Attempt, Note, Observation, RunInfo, SweepResult, replace
from scanner.record import read_lines
from scanner.record_line import from_line
from scanner.record_writer import RecordWriter
from simulator.device import Device
from simulator.estate import Estate, place

BLOCK: Final = 256
"""Addresses of one copy: the devices of the seed stand in a /24."""

FIRST: Final = int(IPv4Address("10.0.0.0"))

SHORTEST: Final = 6
"""Characters below which a value of a device is no number of its own (a channel count, a minute)."""

_NONCE: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{24,64}(?![0-9a-f])")


def write_copies(seed: Path, estate: Estate, devices: int, path: Path) -> int:
    """Write a record of so many devices to `path`; returns how many observations it holds.

    `estate` is what was scanned for `seed`: one segment, a /24. Raw bytes are left out: judging does not read them.
    """
    values = [from_line(line.body) for line in read_lines(seed) if line.body["type"] in _KEPT]
    first = {device.address: device for _, device in place(estate, clock=lambda: 0.0)}
    base = int(IPv4Network(estate.segments[0].network).network_address)
    sources = {*first, *(device.link_local for device in first.values())}
    held = [value for value in values if isinstance(value, Observation | Attempt) and value.address in sources]
    written = 0
    with RecordWriter(path) as record:
        run = next(value for value in values if isinstance(value, RunInfo))
        record.write_run(replace(run, scope=("10.0.0.0/8",)))
        for value in values:
            if isinstance(value, SweepResult | Note):
                record.write(value)
        for copy in range(-(-devices // len(first))):
            wanted = min(len(first), devices - copy * len(first))
            chosen = dict(list(first.items())[:wanted])
            for value in _copy(held, chosen, copy, base, len(first)):
                record.write(value)
                written += isinstance(value, Observation)
        record.close(run.started + 60)
    return written


_KEPT: Final = frozenset(("run", "observation", "attempt", "sweep", "note"))


def _copy(
    values: Sequence[Observation | Attempt], first: Mapping[str, Device], copy: int, base: int, count: int
) -> Iterator[Observation | Attempt]:
    changes: dict[str | None, tuple[Device, Callable[[str], str]]] = {}
    for device in first.values():
        changes[device.address] = changes[device.link_local] = _make_change(device, copy, base, count)
    for value in values:
        if value.address not in changes:
            continue
        other, change = changes[value.address]
        address = other.link_local if value.address not in first else other.address
        if isinstance(value, Attempt):
            yield replace(value, address=address)
        else:
            mac = other.mac if value.mac is not None else None
            digest = f"{copy:08x}{value.digest[8:]}" if value.digest else ""
            yield replace(value, address=address, mac=mac, value=change(value.value), digest=digest)


def _make_change(device: Device, copy: int, base: int, count: int) -> tuple[Device, Callable[[str], str]]:
    """The same persona as another unit, and how to rewrite what the first one said."""
    address = str(IPv4Address(FIRST + copy * BLOCK + int(IPv4Address(device.address)) - base))
    other = Device(device.persona, device.index + copy * count, address, device.surroundings, quirks=device.quirks)
    pairs = {str(old): str(other.values[name]) for name, old in device.values.items() if isinstance(old, str)}
    ours = {old: new for old, new in pairs.items() if old != new and len(old) >= SHORTEST}
    for name in ("mac_upper", "mac_dashed"):
        ours[str(device.values[name]).upper()] = str(other.values[name]).upper()
    ours |= {old.encode().hex(): new.encode().hex() for old, new in ours.items()}  # answers of binary protocols
    known = re.compile("|".join(re.escape(old) for old in sorted(ours, key=len, reverse=True)))
    salt = f"{copy:06x}"

    def change(text: str) -> str:
        text = _NONCE.sub(lambda found: found[0] if found[0] in ours else found[0][:-6] + salt, text)
        return known.sub(lambda found: ours[found[0]], text)

    return other, change
