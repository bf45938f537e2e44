"""What the certificate of the first page says beyond the numbers: recorders one by one, the way out, counts by list.

Decides nothing; counts and words come from the report.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from reports.messages import Texts
from reports.summary import SEVERITY, in_order
from reports.visible import visible
from reports.wording import device_key, device_label
from reports.words import status_word
from scanner.model import CLOSED_NETWORK, Device, Note, PolicyInfo, Report, Status


@dataclass(frozen=True, slots=True)
class RecorderLine:
    """One recorder, and what it may hide."""

    id: str
    label: str
    address: str
    hides: str


def recorders(report: Report) -> tuple[Device, ...]:
    """Every recorder seen, in the order of all tables."""
    return tuple(device for device in in_order(report.brief) if device.identity.kind == "recorder")


def recorder_lines(_: Texts, report: Report) -> list[RecorderLine]:
    """Every recorder with the channels that hide behind it."""
    return [
        RecorderLine(device.id, device_label(_, report, device), device_key(device), say_channels(_, device))
        for device in recorders(report)
    ]


def say_channels(_: Texts, device: Device) -> str:
    """What a recorder says of its channels, in a few words."""
    if not device.channels:
        return _("it does not say how many channels")
    told = _.plural("up to {n} channel", "up to {n} channels", device.channels)
    if not device.analogue:
        return told
    return _("{channels}, of them {n} for coaxial cameras", channels=told, n=_.number(device.analogue))


def segments_of(report: Report, interface: str) -> str:
    """The networks an interface stood in: what its sweeps reached. Empty where the record does not say."""
    pairs = (line.partition(" ") for line in report.run.segments)
    return ", ".join(visible(network) for name, _, network in pairs if name == interface)


def way_out_lines(_: Texts, report: Report) -> list[str]:
    """What devices told of a way out of the network, as whole sentences."""
    return [visible(_.tell(note.text)) for note in report.coverage.notes if note.subject == CLOSED_NETWORK]


def other_notes(report: Report) -> tuple[Note, ...]:
    """The notes of the run without those of `way_out_lines`."""
    return tuple(note for note in report.coverage.notes if note.subject != CLOSED_NETWORK)


def lists_in_order(report: Report) -> tuple[PolicyInfo, ...]:
    """The lists that judge before those that only inform, else as they were asked for."""
    return tuple(sorted(report.policies, key=lambda policy: not policy.judges))


def count_findings(report: Report) -> Counter[tuple[str, Status]]:
    """How many devices each list says what of."""
    return Counter((finding.list, finding.status) for device in report.brief for finding in device.findings)


def count_by_status(_: Texts, found: Counter[tuple[str, Status]], policy: PolicyInfo) -> list[tuple[str, str, str]]:
    """Status, its word and number, of the statuses that somebody must act on."""
    return [(s.value, status_word(_, s), _.number(found[policy.id, s])) for s in SEVERITY[:2]]


def say_count(_: Texts, found: Counter[tuple[str, Status]], policy: PolicyInfo) -> str:
    """What one list says of the devices seen: "Covered 15 · Suspected 1"; that it only informs, where it does."""
    if not policy.judges:
        return _("informs only, judges no device")
    counts = [(status, found[policy.id, status]) for status in SEVERITY[:2]]
    told = [f"{status_word(_, status)} {_.number(number)}" for status, number in counts if number]
    return " · ".join(told) or f"{status_word(_, Status.COVERED)} {_.number(0)}"
