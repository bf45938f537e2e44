"""Pins that the catalogue page is what the fingerprint files say, with the counts they have."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.fingerprint_files import load_library
from tools.catalogue import PAGE, main, read_names, render


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: `make catalogue`, and commit docs/fingerprints.md."""
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_the_counts_of_the_page_are_those_of_the_files() -> None:
    library = load_library()
    text = PAGE.read_text("utf-8")
    counted = {name: int(number) for name, number in re.findall(r"(?m)^\| ([A-Z][a-z ]+) \| (\d+) \|$", text)}
    assert counted["Rules"] == len(library.fingerprints)
    assert counted["Examples"] == sum(len(rule.examples) for rule in library.fingerprints)
    assert counted["Counterexamples"] == sum(len(rule.counterexamples) for rule in library.fingerprints)
    rows = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| `", text)
    assert sorted(rows) == sorted(rule.id for rule in library.fingerprints)
    sections = [int(number) for number in re.findall(r"(?m)^(\d+) rules, in ", text)]
    assert sum(sections) == len(library.fingerprints)


def test_a_changed_rule_changes_the_page() -> None:
    library = load_library()
    names = read_names()
    assert render(library, names) == render(library, names)
    assert "axis-http-realm-serial" in render(library, names)
