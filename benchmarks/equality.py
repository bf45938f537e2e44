"""Says in what two reports of one estate differ, for runs that are meant to have seen the same.

Compared: every device with its addresses, identity, evidence, findings, ports and names, and whether and why the
coverage is complete. Not compared: times, ledgers, digests, excerpts with nonces, and which attempts were spared: a
device whose maker is beyond doubt is asked no more, and how far one had come by then is a matter of milliseconds. So of
an identified device the evidence of an answer that only one of the runs asked for is left out, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from scanner.model import Coverage, Device, Identity, Observation, Report, Standing

Question = tuple[str | None, int | None, str]
"""Address, port and request."""

SWEEP: Final = "-sweep"
"""How the names of those end who ask everybody at once: they spare nobody, and are answered from any port."""


def find_spared(
    one: Collection[Observation], other: Collection[Observation], kept: Collection[Observation] = ()
) -> frozenset[Question]:
    """Questions to one device answered in one of two runs alone; none whose answer the other had `kept` and lost."""
    first, second = _list_questions(one), _list_questions(other)
    return (second - first) | (first - second - _list_questions(kept))


def _list_questions(run: Collection[Observation]) -> frozenset[Question]:
    own = (seen for seen in run if seen.port and seen.request and not seen.by.endswith(SWEEP))
    return frozenset((seen.address, seen.port, seen.request) for seen in own)


def differences(one: Report, other: Report, spared: Collection[Question] = ()) -> list[str]:
    """Every difference in words; empty when the reports are equal in all that a reader relies on."""
    first, second = _tell(one, spared), _tell(other, spared)
    return [
        f"{key}: {first.get(key)!r} became {second.get(key)!r}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _tell(report: Report, spared: Collection[Question]) -> Mapping[str, Any]:
    told: dict[str, Any] = {"counts": dict(report.counts), "answer": report.answer}
    told |= {f"coverage.{name}": value for name, value in _tell_coverage(report.coverage)}
    for device in report.devices:
        told |= {f"{device.id}.{name}": value for name, value in _tell_device(device, spared)}
    return told


def _tell_coverage(coverage: Coverage) -> Iterator[tuple[str, Any]]:
    for name in (
        "complete", "sealed", "asked", "answered", "silent", "excluded", "failed", "gaps", "hidden_channels",
        "hidden_behind",
    ):  # fmt: skip
        yield name, getattr(coverage, name)
    yield "sweeps", sorted((one.sweep, one.interface, one.outcome.value, one.lost) for one in coverage.sweeps)


def _tell_device(device: Device, spared: Collection[Question]) -> Iterator[tuple[str, Any]]:
    for name in ("addresses", "status", "findings", "off_scope", "names", "ports", "channels"):
        yield name, getattr(device, name)
    yield from _tell_identity(device.identity, spared)


def _tell_identity(identity: Identity, spared: Collection[Question]) -> Iterator[tuple[str, Any]]:
    for name in (
        "maker", "brand", "model", "firmware", "serial", "kind", "standing", "confidence", "conflicts", "hints",
        "channels",
    ):  # fmt: skip
        yield name, getattr(identity, name)
    left_out = spared if identity.standing is Standing.IDENTIFIED else ()
    told = [one for one in identity.evidence if (one.address, one.port, one.request) not in left_out]
    yield "evidence", sorted({(one.says, one.group, one.fingerprint, one.field) for one in told})
