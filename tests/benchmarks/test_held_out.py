"""Pins which rules a device is judged without: those its lines may have taught, and those that rest on nothing else."""

from __future__ import annotations

import json

import pytest

from benchmarks.answers import sense
from benchmarks.held_out import fold, hold_out
from benchmarks.labelled import read_cases
from scanner.fingerprint import Asserts, Example, Fingerprint, Library
from scanner.fingerprint_files import load_vocabulary, load_weights
from scanner.model import Strength


def rule(*examples: str, pattern: str = "Grey.*", field: str = "http.title") -> Fingerprint:
    held = tuple(Example(value, "here") for value in examples)
    return Fingerprint(
        "grey", field, Strength.STRONG, Asserts.MAKER, "r", "r", held, (Example("x", "o"),), "axis", pattern=pattern
    )


def answers(fingerprint: Fingerprint, said: str) -> tuple[str | None, str | None]:
    """The maker named without any rule the device may have taught, and without those that rest on it alone."""
    library = Library([fingerprint], load_weights(), load_vocabulary().fields, "")
    protocol, _, field = fingerprint.field.partition(".")
    label = {"vendor": "axis", "flagged": False}
    cases = read_cases([json.dumps({"protocol": protocol, "field": field, "data": said, "label": label})])
    held = hold_out(sense(cases, library), library)
    return held.without_any[0].maker, held.without_only[0].maker


@pytest.mark.parametrize(
    ("examples", "said", "named"),
    [
        (("Grey 1",), "Grey 1", (None, None)),
        (("Grey 1",), "GREY  2", (None, None)),
        (("Grey 1", "Grey camera"), "Grey 1", (None, "axis")),
        (("Grey camera",), "Grey 1", ("axis", "axis")),
        (("Grey " + "x" * 40,), "Grey " + "x" * 40 + " and more", (None, None)),
    ],
)
def test_rules_that_the_device_may_have_taught_are_silent(
    examples: tuple[str, ...], said: str, named: tuple[str | None, str | None]
) -> None:
    assert answers(rule(*examples, pattern="(?si)Grey.*"), said) == named


def test_units_differ_by_digits_but_address_blocks_do_too() -> None:
    assert fold("http.title", "DVR  17\n") == "dvr 00"
    assert fold("mac.prefix", "B4:4C:3B") == "b4:4c:3b"
