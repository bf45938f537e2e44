"""Measures with rules silenced that the labelled devices themselves may have taught; matches anew, changes no rule.

The fingerprints were written with the labelled lines in view, so finding those again proves little. Here every device
is judged without the rules that have an example equal to what that very device says. Two ways: without any such rule
(too strict: a mark that all units of a maker send, known from elsewhere as well, falls with it), and without those that
rest on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.answers import Sensed, answer_by
from benchmarks.measures import Answer
from scanner.fingerprint import Library

LEAST_SHARED: Final = 40
"""Characters from which on a text inside another one counts as taken from it: many examples are pieces of answers."""

_FOLD_DIGITS: Final = str.maketrans("123456789", "0" * 9)

Examples = Mapping[str, Sequence[tuple[str, str]]]
"""Per field: the id of a rule and one of its examples, folded."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Answers without the rules that a device's own lines may have taught."""

    without_any: list[Answer]  # no rule with an example equal to something the device says
    without_only: list[Answer]  # no rule all of whose examples are


def hold_out(sensed: Sequence[Sensed], library: Library) -> HeldOut:
    """Judge each device both ways."""
    examples = _gather(library)
    counts = {rule.id: len(rule.examples) for rule in library.fingerprints}
    taught = [_count_equal(device, examples) for device in sensed]
    every = [frozenset(rules) for rules in taught]
    only = [frozenset(rule for rule, equal in rules.items() if equal >= counts[rule]) for rules in taught]
    return HeldOut(_answer(sensed, every, library), _answer(sensed, only, library))


def _answer(sensed: Sequence[Sensed], silent: Sequence[frozenset[str]], library: Library) -> list[Answer]:
    return [
        answer_by(device, [m for m in device.matches if m.fingerprint not in rules], library)
        for device, rules in zip(sensed, silent, strict=True)
    ]


def _gather(library: Library) -> Examples:
    gathered: dict[str, list[tuple[str, str]]] = {}
    for rule in library.fingerprints:
        for example in rule.examples:
            gathered.setdefault(rule.field, []).append((rule.id, fold(rule.field, example.value)))
    return gathered


def _count_equal(device: Sensed, examples: Examples) -> dict[str, int]:
    """Per rule, how many of its examples equal something the device says in the field the rule reads."""
    said: dict[str, set[str]] = {}
    for seen in device.observations:
        said.setdefault(seen.name, set()).add(fold(seen.name, seen.value))
    equal: dict[str, int] = {}
    for field, values in said.items():
        for rule, example in examples.get(field, ()):
            if _is_told(example, values):
                equal[rule] = equal.get(rule, 0) + 1
    return equal


def fold(field: str, value: str) -> str:
    """One spelling of what differs only by unit: digits, case and blanks. Of a hardware address every digit counts."""
    text = " ".join(value.split()).casefold()
    return text if field.startswith("mac.") else text.translate(_FOLD_DIGITS)


def _is_told(example: str, values: Iterable[str]) -> bool:
    return any(
        example == value or (min(len(example), len(value)) >= LEAST_SHARED and (example in value or value in example))
        for value in values
    )
