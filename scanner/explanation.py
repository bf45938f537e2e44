"""Explains one device in plain words: from status to list to fingerprint to the bytes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from scanner.model import Device, Evidence, Report, Standing

BYTES_SHOWN: Final = 256
"""Raw bytes printed behind one line of evidence; the record has them all under the digest."""

FINDER_CAP: Final = 5
"""Devices named when a word fits several."""


def find_device(report: Report, word: str) -> Device:
    """The one device with this id, address or MAC. Raises LookupError saying what there is instead."""
    wanted = word.strip().lower()
    found = [place for place, device in enumerate(report.brief) if wanted in _names(device)]
    if len(found) == 1:
        return report.devices[found[0]]
    if found:
        ids = ", ".join(report.brief[place].id for place in found[:FINDER_CAP])
        raise LookupError(f"{word!r} is shared by {len(found)} devices: {ids}; name one by its id")
    raise LookupError(f"no device of this run is called {word!r}: give an id, an address or a MAC of the report")


def _names(device: Device) -> tuple[str, ...]:
    seen = device.addresses
    return (device.id, *seen.ipv4, *seen.ipv6, *seen.mac)


def explain_device(device: Device, raw: Callable[[str], bytes | None]) -> Iterator[str]:
    """The whole reasoning, line by line. `raw` gives the bytes behind a digest, or None where the record has none.

    What a device chose stands in the lines as it came: whoever shows them makes it visible first.
    """
    yield from _head(device)
    yield ""
    yield from _lists(device)
    yield ""
    yield from _proof(device, raw)
    yield from _open_ends(device)


def _head(device: Device) -> Iterator[str]:
    identity = device.identity
    where = ", ".join((*device.addresses.ipv4, *device.addresses.ipv6, *device.addresses.mac))
    yield f"{device.id}  {where}"
    yield f"Status: {device.status.value}"
    yield f"Maker: {identity.maker or 'not known'} ({identity.standing.value}, confidence {identity.confidence:.2f})"
    for name in ("brand", "model", "firmware", "serial", "kind"):
        if value := getattr(identity, name):
            yield f"{name.capitalize()}: {value}"


def _lists(device: Device) -> Iterator[str]:
    for finding in device.findings:
        since = f", since {finding.since}" if finding.since else ""
        yield f"List {finding.list} ({finding.kind}, {finding.reference}{since}): {finding.status.value}"
        yield f"  {finding.reason}"
        if finding.would_change:
            yield f"  What would change this: {finding.would_change}"
        if finding.check_by_hand:
            yield f"  To check by hand: {finding.check_by_hand}"


def _proof(device: Device, raw: Callable[[str], bytes | None]) -> Iterator[str]:
    if not device.identity.evidence:
        yield "Nothing that this device said is known to the fingerprints."
    shown: set[str] = set()
    for line in device.identity.evidence:
        yield from _line(line)
        if line.digest and line.digest not in shown:
            shown.add(line.digest)
            yield from _bytes(line.digest, raw(line.digest))


def _line(line: Evidence) -> Iterator[str]:
    asked = f" after {line.request}" if line.request else ""
    place = f" from {line.address}" + (f" port {line.port}" if line.port else "") if line.address else ""
    yield f"* {line.says}, {line.strength} ({line.weight:.2f}, group {line.group}), by {line.fingerprint}"
    yield f"  read in {line.field}{place}{asked}: {line.value!r}"
    yield f"  because: {line.reason}"
    yield f"  reference: {line.reference}"


def _bytes(digest: str, data: bytes | None) -> Iterator[str]:
    if data is None:
        yield f"  bytes: not in this record (SHA-256 {digest})"
        return
    yield f"  bytes ({len(data)}, SHA-256 {digest}):"
    for offset in range(0, min(len(data), BYTES_SHOWN), 16):
        row = data[offset : offset + 16]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"    {offset:04x}  {row.hex(' '):47}  {text}"
    if len(data) > BYTES_SHOWN:
        yield f"    … {len(data) - BYTES_SHOWN} more bytes in the record"


def _open_ends(device: Device) -> Iterator[str]:
    for conflict in device.identity.conflicts:
        yield f"! Contradiction between {' and '.join(conflict.makers)}: {conflict.text}"
    for hint in device.identity.hints:
        yield f"Note: {hint}"
    if device.identity.standing is Standing.UNDETERMINED and not device.identity.conflicts:
        yield "It said too little to be judged; that is no acquittal."
    ledger = device.ledger
    yield (
        f"This run sent it {ledger.packets} packets, {ledger.connections} connections and {ledger.requests} requests "
        f"({ledger.sent} bytes out, {ledger.received} in)."
    )
