"""The data that the page's script reads: a light row for each device, and the cards in blocks, parsed when opened.

Never lets a text end the script element it stands in. What repeats over thousands of devices (a finding, the reasons
of a fingerprint) stands once, and cards refer to it by number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from reports.html.card import Card, make_card
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

_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})

_RULE: Final = ("strength", "field", "rule", "reason", "reference")
"""What an evidence line has from its fingerprint; the rest is its own."""

_OWN: Final = ("says", "value", "source", "digest")


def to_island(value: object) -> Markup:
    """JSON that may stand in a script element: ASCII, without `<`, `>` and `&`, so no text can end or open a tag."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704  nothing that could be markup is left


@dataclass(slots=True)
class Shared:
    """Values that many cards have, each once, in the order of first use."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, value: object) -> int:
        """The place of the value in the list, which grows when the value is new."""
        return self.numbers.setdefault(json.dumps(value, ensure_ascii=True), len(self.numbers))

    def values(self) -> list[object]:
        """All values in order of their numbers."""
        return [json.loads(text) for text in self.numbers]


@dataclass(frozen=True, slots=True)
class Island:
    """Everything the script needs, each part ready to stand in its script element."""

    rows: Markup
    shared: Markup
    blocks: tuple[Markup, ...]


def make_island(_: Texts, report: Report, devices: tuple[Device, ...]) -> Island:
    """Rows and cards of the devices, which come in the order the page shows them in."""
    findings, rules = Shared(), Shared()
    blocks = tuple(
        to_island([_fold(make_card(_, report, d), findings, rules) for d in block]) for block in _blocks(devices)
    )
    return Island(
        rows=to_island(list(_rows(_, report, devices))),
        shared=to_island({"findings": findings.values(), "rules": rules.values()}),
        blocks=blocks,
    )


def _blocks(devices: tuple[Device, ...]) -> Iterator[tuple[Device, ...]]:
    for start in range(0, len(devices), BLOCK):
        yield devices[start : start + BLOCK]


def _fold(card: Card, findings: Shared, rules: Shared) -> dict[str, object]:
    return {
        **card,
        "findings": [findings.number(finding) for finding in card["findings"]],
        "evidence": [
            [rules.number({key: item[key] for key in _RULE}), *(item[key] for key in _OWN)] for item in card["evidence"]
        ],
    }


def _rows(_: Texts, report: Report, devices: tuple[Device, ...]) -> Iterator[list[object]]:
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
