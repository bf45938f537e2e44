"""The CSV report: one line a device, RFC 4180, safe to open in a spreadsheet; never lets a device write a formula.

UTF-8 with a byte order mark, always: without it the spreadsheet most auditors use reads UTF-8 as something else, and
a mark that came and went with the content would break readers by surprise. Read it as "utf-8-sig".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from reports import Renderer, RenderOptions
from reports.spreadsheet import write_rows
from reports.summary import findings_in_order, whole_in_order
from scanner.model import Device, Evidence, Finding, Report, Status

BYTE_ORDER_MARK: Final = "\ufeff"

COLUMNS: Final = (
    "device",
    "status",
    "standing",
    "confidence",
    "kind",
    "maker",
    "brand",
    "model",
    "firmware",
    "serial",
    "ipv4",
    "ipv6",
    "mac",
    "names",
    "ports",
    "hidden_channels",
    "off_scope",
    "covered_by",
    "suspected_by",
    "since",
    "references",
    "reasons",
    "check_by_hand",
    "conflicts",
    "hints",
    "evidence",
    "requests",
    "connections",
    "packets",
    "bytes_sent",
    "bytes_received",
)


def render(report: Report, options: RenderOptions) -> bytes:
    """The devices of the report as CSV bytes; `options.separator` is "," or ";"."""
    return "".join(stream(report, options)).encode("utf-8")


def stream(report: Report, options: RenderOptions) -> Iterator[str]:
    """The byte order mark, the heads, and line by line."""
    yield BYTE_ORDER_MARK
    yield from write_rows(chain((COLUMNS,), map(_row, whole_in_order(report))), options.separator)


def _row(device: Device) -> Iterable[str]:
    who, seen, sent = device.identity, device.addresses, device.ledger
    findings = findings_in_order(device)
    grave = tuple(f for f in findings if f.status in (Status.COVERED, Status.SUSPECTED))
    return (
        device.id,
        device.status.value,
        who.standing.value,
        f"{who.confidence:.3f}",
        *(text or "" for text in (who.kind, who.maker, who.brand, who.model, who.firmware, who.serial)),
        _join(seen.ipv4),
        _join(seen.ipv6),
        _join(seen.mac),
        _join(device.names),
        _join(str(port) for port in device.ports),
        "" if device.channels is None else str(device.channels),
        "yes" if device.off_scope else "no",
        _lists(findings, Status.COVERED),
        _lists(findings, Status.SUSPECTED),
        _join(f.since or "" for f in grave),
        _join(f.reference for f in grave),
        _join(f.reason for f in findings),
        _join(f.check_by_hand for f in findings),
        _join(conflict.text for conflict in who.conflicts),
        _join(who.hints),
        _join(_proof(item) for item in who.evidence),
        *(str(n) for n in (sent.requests, sent.connections, sent.packets, sent.sent, sent.received)),
    )


def _lists(findings: tuple[Finding, ...], status: Status) -> str:
    return _join(finding.list for finding in findings if finding.status is status)


def _proof(item: Evidence) -> str:
    return f"{item.says} [{item.strength}] {item.field}={item.value} sha256:{item.digest or '-'}"


def _join(parts: Iterable[str]) -> str:
    """Join the parts that are not empty, each once, in order."""
    return "; ".join(dict.fromkeys(part for part in parts if part))


RENDERER: Final = Renderer("csv", "csv", "text/csv; charset=utf-8; header=present", render, stream)
