"""The devices of a very large report: what is counted and sorted by is held, the rest of each is on the disk.

Whoever asks for a device gets it whole, and equal to what was put in; it is made anew each time. Never judges.
"""

from __future__ import annotations

import marshal
import pickle
from array import array
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, Final, overload

from scanner.model import Attempt, Device, Evidence, Finding, Outcome, Setting, replace
from scanner.shelf import Shelf

HELD_WHOLE: Final = 4_000
"""Devices of a report up to which all of it stays in memory: some 80 MB. Making them anew takes a tenth more time."""

_RULE_FIELDS: Final = ("group", "fingerprint", "strength", "weight", "field", "reason", "reference")
_OWN_FIELDS: Final = ("says", "value", "request", "address", "port", "digest")
_RULE: Final = attrgetter(*_RULE_FIELDS)
_OWN: Final = attrgetter(*_OWN_FIELDS)
_SETTING: Final = attrgetter(*Setting.__struct_fields__)
_ATTEMPT: Final = attrgetter(*Attempt.__struct_fields__)
_OUTCOME: Final = Attempt.__struct_fields__.index("outcome")

_PLAIN: Final = b"m"
_SENTENCES: Final = b"p"


class ShelvedDevices(Sequence[Device]):
    """Grows by `add`, is put into its final order by `sort`, and is read by place."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf: Final = shelf
        self._places = array("q")
        self._brief: list[Device] = []
        self._rules: Final[dict[tuple[object, ...], int]] = {}  # what a fingerprint says stands in many devices
        self._ruled: Final[list[tuple[Any, ...]]] = []
        self._findings: Final[dict[tuple[Finding, ...], tuple[Finding, ...]]] = {}

    @property
    def brief(self) -> Sequence[Device]:
        """The devices in the same order without evidence, hints, settings, attempts, and what to check by hand."""
        return self._brief

    def add(self, device: Device) -> None:
        """Put a device behind the others."""
        who = device.identity
        bare = tuple([replace(finding, check_by_hand="") for finding in device.findings])
        self._places.append(self._shelf.put(self._write(device)))
        self._brief.append(
            replace(
                device,
                identity=replace(who, evidence=(), hints=()),
                findings=self._findings.setdefault(bare, bare),
                attempts=(),
                settings=(),
            )
        )

    def sort(self, order: Sequence[int]) -> None:
        """Put them into an order: the places, as they are now, of the first, the second …"""
        self._places = array("q", [self._places[place] for place in order])
        self._brief = [self._brief[place] for place in order]

    def __len__(self) -> int:
        return len(self._brief)

    @overload
    def __getitem__(self, place: int) -> Device: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Device, ...]: ...

    def __getitem__(self, place: int | slice) -> Device | tuple[Device, ...]:
        if isinstance(place, slice):
            return tuple([self[each] for each in range(*place.indices(len(self)))])
        return self._read(self._brief[place], self._shelf.take(self._places[place]))

    def __iter__(self) -> Iterator[Device]:
        return (self[place] for place in range(len(self)))

    def _write(self, device: Device) -> bytes:
        who = device.identity
        lines = tuple([(self._number(_RULE(line)), *_OWN(line)) for line in who.evidence])
        tried = tuple(
            [(*one[:_OUTCOME], one[_OUTCOME].value, *one[_OUTCOME + 1 :]) for one in map(_ATTEMPT, device.attempts)]
        )
        told = pickle.dumps((who.hints, tuple([finding.check_by_hand for finding in device.findings])))
        parts = lines, tuple(map(_SETTING, device.settings)), tried, told
        try:
            return _PLAIN + marshal.dumps(parts)
        except ValueError:  # a sentence that still knows its template stands among them
            return _SENTENCES + pickle.dumps(parts)

    def _number(self, rule: tuple[Any, ...]) -> int:
        number = self._rules.setdefault(rule, len(self._ruled))
        if number == len(self._ruled):
            self._ruled.append(rule)
        return number

    def _read(self, brief: Device, data: bytes) -> Device:
        load = marshal.loads if data[:1] == _PLAIN else pickle.loads
        lines, settings, tried, told = load(data[1:])  # written by us, into a file without a name
        hints, checks = pickle.loads(told)  # noqa: S301  as above
        return replace(
            brief,
            identity=replace(brief.identity, evidence=tuple([self._line(*line) for line in lines]), hints=hints),
            findings=tuple(
                [replace(one, check_by_hand=check) for one, check in zip(brief.findings, checks, strict=True)]
            ),
            settings=tuple([Setting(*one) for one in settings]),
            attempts=tuple([_attempt(*one) for one in tried]),
        )

    def _line(self, rule: int, *own: Any) -> Evidence:
        says, value, request, address, port, digest = own
        group, fingerprint, strength, weight, field, reason, reference = self._ruled[rule]
        return Evidence(
            says, group, fingerprint, strength, weight, field, value, request, address, port, digest, reason, reference
        )


def _attempt(by: str, address: str, port: int | None, outcome: str, *others: Any) -> Attempt:
    return Attempt(by, address, port, Outcome(outcome), *others)
