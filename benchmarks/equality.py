"""Says in what two reports of one estate differ, for runs that are meant to have seen the same.

Compared: every device with its addresses, identity, evidence, findings, ports and names, and whether and why the
coverage is complete. Not compared: times, ledgers, digests, excerpts with nonces, and which attempts were spared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Coverage, Device, Identity, Report


def differences(one: Report, other: Report) -> list[str]:
    """Every difference in words; empty when the reports are equal in all that a reader relies on."""
    first, second = _tell(one), _tell(other)
    return [
        f"{key}: {first.get(key)!r} became {second.get(key)!r}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _tell(report: Report) -> Mapping[str, Any]:
    told: dict[str, Any] = {"counts": dict(report.counts), "answer": report.answer}
    told |= {f"coverage.{name}": value for name, value in _tell_coverage(report.coverage)}
    for device in report.devices:
        told |= {f"{device.id}.{name}": value for name, value in _tell_device(device)}
    return told


def _tell_coverage(coverage: Coverage) -> Iterator[tuple[str, Any]]:
    for name in (
        "complete", "sealed", "asked", "answered", "silent", "excluded", "failed", "gaps", "hidden_channels",
        "hidden_behind",
    ):  # fmt: skip
        yield name, getattr(coverage, name)
    yield "sweeps", sorted((one.sweep, one.interface, one.outcome.value, one.lost) for one in coverage.sweeps)


def _tell_device(device: Device) -> Iterator[tuple[str, Any]]:
    for name in ("addresses", "status", "findings", "off_scope", "names", "ports", "channels"):
        yield name, getattr(device, name)
    yield from _tell_identity(device.identity)


def _tell_identity(identity: Identity) -> Iterator[tuple[str, Any]]:
    for name in (
        "maker", "brand", "model", "firmware", "serial", "kind", "standing", "confidence", "conflicts", "hints",
        "channels",
    ):  # fmt: skip
        yield name, getattr(identity, name)
    yield "evidence", sorted({(one.says, one.group, one.fingerprint, one.field) for one in identity.evidence})
