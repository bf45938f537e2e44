"""A sentence of the record is found again by its template, letter by letter, and a stranger's text stays one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.retelling import LONGEST, TEMPLATES, retell
from scanner.sentence import Sentence

ROOT = Path(__file__).parents[2]
SENSING = [ROOT / "scanner", ROOT / "probes"]


def test_clauses_and_the_reason_within_are_found() -> None:
    text = (
        "ff02::c:3702 could not be asked: no route from this machine; 4 datagrams were no answers (questions of others)"
    )
    told = retell(text)
    assert told == text
    assert isinstance(told, Sentence)
    first, second = (value for _name, value in told.values)
    assert isinstance(first, Sentence)
    assert isinstance(second, Sentence)
    assert first.template == "{address} could not be asked: {why}"
    why = dict(first.values)["why"]
    assert isinstance(why, Sentence), "the reason has a translation of its own"
    assert second.values == (("number", "4"),)


@pytest.mark.parametrize(
    "text", ["", "a fault of ours: KeyError: {x}", "a; b; c", "{0.__class__}", "open {", "x" * (LONGEST + 1)]
)
def test_what_is_not_known_stays(text: str) -> None:
    assert retell(text) == text


@given(st.text(max_size=60), st.sampled_from(TEMPLATES))
def test_no_letter_changes_whatever_stands_in_the_record(text: str, template: Sentence) -> None:
    filled = template.replace("{why}", text).replace("{interface}", text)
    assert retell(filled) == filled


def sayings() -> str:
    """All string constants of the sensing half."""
    found = []
    for folder in SENSING:
        for path in folder.rglob("*.py"):
            if path.name not in ("retelling.py", "sentence.py"):
                tree = ast.parse(path.read_text("utf-8"))
                found += [
                    node.value
                    for node in ast.walk(tree)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                ]
    return "\n".join(found)


def test_every_template_is_still_said_somewhere() -> None:
    said = sayings()
    parts = {part.strip() for told in TEMPLATES for part in told.replace("}", "{").split("{")[::2]}
    assert {part for part in parts if part not in said} == set()
