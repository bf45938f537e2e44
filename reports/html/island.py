"""The data that the page's script reads: a light row for each device, and the cards in blocks, parsed when opened.

Never lets a text end the script element it stands in. What repeats over thousands of devices (a finding, the reasons
of a fingerprint) stands once, and cards refer to it by number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from markupsafe import Markup

from reports.html.card import Card, FindingView
from reports.messages import Texts
from reports.summary import SEVERITY, address_key, first_address
from reports.visible import excerpt, visible
from reports.wording import (
    LABEL_CAP,
    device_label,
    maker_name,
)
from reports.words import (
    kind_word,
)
from scanner.model import Device, Report, Status

BLOCK: Final = 200
"""Cards parsed together when one of them is opened: half a megabyte of text, some milliseconds."""

CONFLICT: Final = 1
HIDES: Final = 2
OFF_SCOPE: Final = 4

_ESCAPES: Final = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))

_RULE: Final = ("strength", "field", "rule", "reason", "reference")
"""What an evidence line has from its fingerprint; the rest is its own."""

_FINDING: Final = tuple(name for name in FindingView.__annotations__ if name != "check")
"""What findings of many devices have alike; what to check by hand names the device."""


def to_island(value: object) -> Markup:
    """JSON that may stand in a script element: ASCII, without `<`, `>` and `&`, so no text can end or open a tag."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign, escape in _ESCAPES:
        text = text.replace(sign, escape)
    return Markup(text)  # noqa: S704  nothing that could be markup is left


def rule_of(item: Mapping[str, str]) -> dict[str, str]:
    """Of an evidence line what it has from its fingerprint."""
    return {name: item[name] for name in _RULE}


@dataclass(slots=True)
class Shared:
    """Values that many cards have, each once, in the order of first use. A value is its parts, by the names given."""

    names: tuple[str, ...]
    numbers: dict[tuple[object, ...], int] = field(default_factory=dict)

    def number(self, value: Mapping[str, object]) -> int:
        """The place of the value in the list, which grows when the value is new."""
        return self.numbers.setdefault(tuple([value[name] for name in self.names]), len(self.numbers))

    def values(self) -> list[dict[str, object]]:
        """All values in order of their numbers."""
        return [dict(zip(self.names, parts, strict=True)) for parts in self.numbers]


class Island:
    """Everything the script needs, each part ready to stand in its script element."""

    def __init__(self, _: Texts, report: Report, devices: Sequence[Device]) -> None:
        self._texts: Final = _
        self._report: Final = report
        self._devices: Final = devices
        self._findings: Final = Shared(_FINDING)
        self._rules: Final = Shared(_RULE)

    def rows(self) -> Markup:
        """A light row for each device."""
        return to_island(list(_rows(self._texts, self._report, self._devices)))

    def blocks(self, cards: Iterable[Card]) -> Iterator[Markup]:
        """The cards of all devices, in their order, so many together as are parsed together."""
        waiting = iter(cards)
        while block := list(islice(waiting, BLOCK)):
            yield to_island([_fold(card, self._findings, self._rules) for card in block])

    def shared(self) -> Markup:
        """What the cards of all blocks refer to: complete when the last block was taken."""
        return to_island({"findings": self._findings.values(), "rules": self._rules.values()})


def _fold(card: Card, findings: Shared, rules: Shared) -> dict[str, object]:
    """The card without what stands elsewhere: an answer is written once, however much follows from it."""
    answers: dict[tuple[str, str, str], int] = {}
    evidence = [
        (
            rules.number(item),
            item["says"],
            answers.setdefault((item["value"], item["source"], item["digest"]), len(answers)),
        )
        for item in card["evidence"]
    ]
    told = [
        (findings.number(finding), finding["check"]) if finding["check"] else findings.number(finding)
        for finding in card["findings"]
    ]
    return {**card, "findings": told, "evidence": evidence, "answers": list(answers)}


def _rows(_: Texts, report: Report, devices: Sequence[Device]) -> Iterator[list[object]]:
    """A row holds what the table shows, sorts and filters by; `place` is its rank among the addresses."""
    places = {key: n for n, key in enumerate(sorted({address_key(first_address(d)) for d in devices}))}
    lists = {policy.id: n for n, policy in enumerate(report.policies)}
    for device in devices:
        who = device.identity
        yield [
            SEVERITY.index(device.status),
            device_label(_, report, device),
            kind_word(_, who.kind),
            maker_name(report, who.maker),
            visible(first_address(device)),
            visible(next(iter(device.addresses.mac), "")),
            excerpt(who.serial or "", LABEL_CAP),
            places[address_key(first_address(device))],
            _listed(device, lists, Status.COVERED),
            _listed(device, lists, Status.SUSPECTED),
            _flags(device),
            visible(device.id),
            _also_found_by(device),
        ]


def _listed(device: Device, lists: dict[str, int], status: Status) -> list[int]:
    return sorted({lists[f.list] for f in device.findings if f.status is status and f.list in lists})


def _flags(device: Device) -> int:
    return (
        CONFLICT * bool(device.identity.conflicts)
        + HIDES * (device.identity.kind == "recorder")
        + OFF_SCOPE * device.off_scope
    )


def _also_found_by(device: Device) -> str:
    """Texts that the search finds a device by although the table does not show them."""
    who, seen = device.identity, device.addresses
    more = (*seen.ipv4[1:], *seen.ipv6, *seen.mac[1:], *device.names, who.firmware, who.model, who.brand)
    return visible(" ".join(text for text in more if text))
