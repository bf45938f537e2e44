"""The sentences that more than one format says; never says "none" without the coverage, and never "illegal".

Each takes the messages of one language first. Texts of devices come out visible (see `reports/visible.py`) but not
escaped: escaping is the format's own work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reports.messages import Texts
from reports.summary import Summary, first_address, summarise
from reports.visible import excerpt, visible
from reports.words import kind_word
from scanner.model import Addresses, Coverage, Device, Evidence, Finding, Ledger, Note, Report, Status

LABEL_CAP: Final = 80
"""Characters of a name in a heading or a table; the full text stands among the device's details."""

MAKERS_NAMED: Final = 5
"""Makers in the one sentence of the first page; it must stay one that can be read aloud."""

VALUE_CAP: Final = 600
"""Characters of an evidence value on a page; more fills it, and the record has the bytes under the digest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first page's sentence, and its weight: a Status, or None for "none found, and all was seen"."""

    sentence: str
    weight: Status | None


def answer(_: Texts, report: Report) -> Answer:
    """The run in one sentence. The report's own sentence stands where it has one and the language is its own."""
    told = _compose(_, report, summarise(report))
    own = report.answer if _.locale == "en" else ""
    return Answer(visible(own), told.weight) if own else told


def headline(_: Texts, report: Report) -> str:
    """The sentence of `answer` for a page: a maker and its number stay on one line."""
    return _NUMBER_AFTER_NAME.sub("\u00a0", answer(_, report).sentence)


_NUMBER_AFTER_NAME: Final = re.compile(r"(?<=\w) (?=\d[\d.,\u00a0]*[,)])")


def _compose(_: Texts, report: Report, counted: Summary) -> Answer:
    if counted.covered:
        return Answer(_covered(_, report, counted), Status.COVERED)
    if counted.suspected:
        return Answer(_suspected(_, counted), Status.SUSPECTED)
    if not report.policies:
        return Answer(_("No list was applied, so this report cannot say whether any device is covered."), _OPEN)
    if not any(policy.judges for policy in report.policies):
        return Answer(
            _("The lists applied only inform and judge no device, so this report cannot say whether any is covered."),
            _OPEN,
        )
    doubts = _doubts(_, report.coverage, counted)
    if doubts:
        return Answer(_("This run cannot say that there are none: {doubts}.", doubts="; ".join(doubts)), _OPEN)
    return Answer(
        _.plural(
            "None found, and coverage is complete: {n} device was seen, and the lists applied do not cover it.",
            "None found, and coverage is complete: none of {n} devices seen is covered by the lists applied.",
            counted.devices,
        ),
        None,
    )


_OPEN: Final = Status.UNDETERMINED


def _covered(_: Texts, report: Report, counted: Summary) -> str:
    makers = _.list(tuple(_named_makers(_, report, counted)))
    devices = _.number(counted.devices)
    if not makers:
        return _.plural(
            "{n} of {devices} devices seen is covered by the lists applied.",
            "{n} of {devices} devices seen are covered by the lists applied.",
            counted.covered,
            devices=devices,
        )
    return _.plural(
        "{n} of {devices} devices seen is covered by the lists applied ({makers}).",
        "{n} of {devices} devices seen are covered by the lists applied ({makers}).",
        counted.covered,
        devices=devices,
        makers=makers,
    )


def _named_makers(_: Texts, report: Report, counted: Summary) -> Iterator[str]:
    """The makers with the most covered devices, and how many devices the other makers have together."""
    for maker, number in counted.covered_makers[:MAKERS_NAMED]:
        yield f"{maker_name(report, maker)} {_.number(number)}"
    others = sum(number for _maker, number in counted.covered_makers[MAKERS_NAMED:])
    if others:
        yield _("others {n}", n=_.number(others))


def _suspected(_: Texts, counted: Summary) -> str:
    return _.plural(
        "{n} of {devices} devices seen is suspected of being covered, and must be looked at by hand.",
        "{n} of {devices} devices seen are suspected of being covered, and must be looked at by hand.",
        counted.suspected,
        devices=_.number(counted.devices),
    )


def _doubts(_: Texts, coverage: Coverage, counted: Summary) -> list[str]:
    """Everything that forbids saying "none found", each a clause of its own."""
    doubts: list[str] = []
    if not counted.devices:
        doubts.append(_("no device was seen at all"))
    if not coverage.complete:
        doubts.append(_("coverage is incomplete"))
    if counted.undetermined:
        doubts.append(
            _.plural(
                "{n} device could not be determined",
                "{n} devices could not be determined",
                counted.undetermined,
            )
        )
    if counted.hidden_channels:
        doubts.append(hidden_cameras(_, coverage))
    if coverage.hidden_unknown:
        doubts.append(
            _.plural(
                "{n} recorder does not say how many cameras it hides",
                "{n} recorders do not say how many cameras they hide",
                coverage.hidden_unknown,
            )
        )
    return doubts


def hidden_cameras(_: Texts, coverage: Coverage) -> str:
    """How many cameras recorders may hide, as a clause without a full stop."""
    return _.plural(
        "up to {channels} cameras behind {n} recorder cannot be seen from here",
        "up to {channels} cameras behind {n} recorders cannot be seen from here",
        coverage.hidden_behind - coverage.hidden_unknown,
        channels=_.number(coverage.hidden_channels),
    )


def coverage_verdict(_: Texts, coverage: Coverage) -> str:
    """Whether all was seen, with the numbers, in one sentence."""
    numbers = {
        "asked": _.number(coverage.asked),
        "answered": _.number(coverage.answered),
        "silent": _.number(coverage.silent),
        "excluded": _.number(coverage.excluded),
        "failed": _.number(coverage.failed),
    }
    if coverage.complete:
        return _(
            "Coverage is complete: of {asked} addresses asked, {answered} answered and {silent} stayed silent; "
            "{excluded} were excluded.",
            **numbers,
        )
    return _(  # of a run that was cut short nobody knows who was asked: the silent among them are not called so
        "Coverage is incomplete: of {asked} addresses in the scope, {answered} answered, {silent} gave no answer and "
        "{failed} could not be asked; {excluded} were excluded.",
        **numbers,
    )


def maker_name(report: Report, maker: str | None) -> str:
    """The name people read for a maker or brand id; the id with a capital where the report has no name for it."""
    if not maker:
        return ""
    return visible(report.names.get(maker) or maker[:1].upper() + maker[1:])


def device_label(_: Texts, report: Report, device: Device) -> str:
    """What to call a device in one line: brand and model, else what is known, else its address."""
    who = device.identity
    name = maker_name(report, who.brand or who.maker)
    parts = [part for part in (name, visible(who.model or "")) if part]
    label = " ".join(parts) or kind_word(_, who.kind) or _("Unknown device")
    return label if len(label) <= LABEL_CAP else f"{label[: LABEL_CAP - 1]}…"


def device_hidden(_: Texts, device: Device) -> str:
    """What a recorder hides, in one sentence; empty for anything else."""
    if device.identity.kind != "recorder" and not device.channels:
        return ""
    if not device.channels:
        return _("An unknown number of channels behind this recorder cannot be seen from here.")
    return _.plural(
        "Up to {n} channel behind this recorder cannot be seen from here.",
        "Up to {n} channels behind this recorder cannot be seen from here.",
        device.channels,
    )


ALSO_NAMED: Final = 6
"""Further names of a maker written out for one finding; the JSON report has them all."""


def also_named(_: Texts, finding: Finding) -> str:
    """The further names of the maker on the list, each with its day; empty where there are none."""
    if not finding.also:
        return ""
    names = [f"{visible(one.name)} ({visible(_.day(one.since))})" for one in finding.also[:ALSO_NAMED]]
    left = len(finding.also) - ALSO_NAMED
    names += [_("and {n} more", n=_.number(left))] if left > 0 else []
    return _("The list also names: {names}", names="; ".join(names))


def note_line(_: Texts, note: Note) -> str:
    """A note of the run in one line: when, about what, and what is to be known."""
    about = f"{visible(_.tell(note.subject))}: {visible(_.tell(note.text))}"
    return f"{_.moment(note.at)} · {about}" if note.at else about


def off_scope_sentence(_: Texts, device: Device) -> str:
    """Why so little is known of a device outside the scope; empty for anything else."""
    if not device.off_scope:
        return ""
    return _("It answered from an address outside the scope. What it sent was kept; it was never contacted.")


def ledger_sentence(_: Texts, ledger: Ledger) -> str:
    """What the run cost one device, in one sentence."""
    return _(
        "It was sent {requests} requests over {connections} connections and {packets} single packets: {sent} bytes "
        "out, {received} bytes back.",
        requests=_.number(ledger.requests),
        connections=_.number(ledger.connections),
        packets=_.number(ledger.packets),
        sent=_.number(ledger.sent),
        received=_.number(ledger.received),
    )


def evidence_source(item: Evidence) -> str:
    """Where a line of proof came from: "GET / · 10.0.0.7:80", without what is not known."""
    return " · ".join(part for part in (visible(item.request), endpoint(item.address, item.port)) if part)


def endpoint(address: str | None, port: int | None) -> str:
    """Address and port as text, IPv6 in brackets when a port follows."""
    if not address:
        return "" if port is None else f":{port}"
    if port is None:
        return visible(address)
    return f"[{visible(address)}]:{port}" if ":" in address else f"{visible(address)}:{port}"


def evidence_value(item: Evidence) -> str:
    """The excerpt of an evidence value, visible and cut to what a page bears."""
    return excerpt(item.value, VALUE_CAP)


def all_addresses(addresses: Addresses) -> tuple[str, ...]:
    """Every address, IPv4 before IPv6 before MAC."""
    return tuple(visible(text) for text in (*addresses.ipv4, *addresses.ipv6, *addresses.mac))


def device_key(device: Device) -> str:
    """One short text that tells two devices of the same model apart."""
    return visible(first_address(device))
