"""Faults of a fingerprint file in words: which rule, which key, and what its author may have meant."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.rule_faults import PLACEHOLDERS, Place, find_placeholders, say_fault, suggest

FILE = {"maker": "axis", "fingerprints": [{"id": "axis-a", "examples": [{"value": "x"}]}, {"field": "y"}]}
KNOWN = {1: ("maker", "about"), 3: ("id", "field")}


@pytest.mark.parametrize(
    ("kind", "place", "said"),
    [
        ("missing", ("about",), "the file: the key 'about' is missing"),
        ("missing", ("fingerprints", 0, "reason"), "axis-a: the key 'reason' is missing"),
        ("missing", ("fingerprints", 1, "id"), "rule 2: the key 'id' is missing"),
        ("missing", ("fingerprints", 0, "examples", 0, "origin"), "axis-a, examples 1: the key 'origin' is missing"),
        ("extra_forbidden", ("abuot",), "the file: unknown key 'abuot' (did you mean 'about'?)"),
        ("extra_forbidden", ("fingerprints", 0, "colour"), "axis-a: unknown key 'colour'; known are id, field"),
        ("model_type", (), "a fingerprint file holds the keys maker, about and fingerprints"),
        ("value_error", ("fingerprints", 0), "axis-a: so it is"),
        ("string_type", ("fingerprints", 9, "reason"), "rule 10, reason: Value error, so it is"),
    ],
)
def test_a_fault_is_said_with_its_rule(kind: str, place: Place, said: str) -> None:
    item: dict[str, Any] = {"type": kind, "loc": place, "msg": "Value error, so it is"}
    assert say_fault(item, FILE, KNOWN) == said


def test_a_file_of_another_shape_has_faults_too() -> None:
    assert (
        say_fault({"type": "list_type", "loc": ("fingerprints",), "msg": "no list"}, "text", {})
        == "fingerprints: no list"
    )


def test_texts_that_were_left_as_they_were_are_found() -> None:
    texts: list[tuple[Place, str]] = [(("about",), f"  {PLACEHOLDERS[0]}\n"), (("maker",), "axis")]
    assert [place for place, _ in find_placeholders(texts)] == [("about",)]


@pytest.mark.parametrize(("word", "said"), [("titel", " (did you mean 'title'?)"), ("nosuch", "")])
def test_only_what_is_near_is_suggested(word: str, said: str) -> None:
    assert suggest(word, ["title", "body"]) == said
