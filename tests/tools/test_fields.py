"""Pins that docs/fields.md is what the vocabulary says."""

from __future__ import annotations

import sys

import pytest

from scanner.fingerprint_files import load_library
from tools.fields import PAGE, main, read_vocabulary, render


def test_the_page_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails: `make fields`, and commit docs/fields.md."""
    monkeypatch.setattr(sys, "argv", ["fields.py", "--check"])
    assert main() == 0


def test_every_name_that_a_rule_or_identify_knows_is_on_it() -> None:
    text = PAGE.read_text("utf-8")
    assert [name for name in load_library().groups if f"| `{name}` |" not in text] == []


def test_a_bar_in_a_description_does_not_end_its_cell() -> None:
    vocabulary = read_vocabulary()
    page = render({"groups": {"g": "a | b"}, "protocols": {"p": {"group": "g", "fields": {"f": "one\n two|three"}}}})
    assert "| `g` | a \\| b |" in page
    assert "| `p.f` | one two\\|three |" in page
    assert render(vocabulary) == render(vocabulary)
