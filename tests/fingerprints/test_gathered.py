"""What units said that were not in view when the rules were written, gathered from public code and issue threads.

Each line was first asked of the library as it stood; what it did not know was then taught as a rule about the maker's
habits. So the set is no measure any more, but a floor: nothing in it may be forgotten, and nobody in it accused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.labelled import LISTED, Case, read_cases
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import Identity

LINES: Final = (Path(__file__).parents[1] / "data" / "gathered.jsonl").read_text("utf-8").splitlines()
CASES: Final = read_cases(LINES)
POSITIVE: Final = [case for case in CASES if case.flagged and case.identifiable]
OTHERS: Final = [case for case in CASES if not case.flagged]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def answers(library: Library) -> dict[str, Identity]:
    return {case.id: identify([case.observation], library) for case in CASES}


def test_the_set_is_what_it_says() -> None:
    rows: list[dict[str, Any]] = [json.loads(line) for line in LINES]
    assert len(rows) == len({row["id"] for row in rows}) >= 150
    assert all(row["source"] for row in rows)
    assert len(POSITIVE) >= 120
    assert len([case for case in OTHERS if case.near_miss]) >= 15


@pytest.mark.parametrize("case", POSITIVE, ids=lambda case: case.id)
def test_the_maker_is_found(case: Case, answers: dict[str, Identity]) -> None:
    assert answers[case.id].maker == case.vendor, case.observation.value[:200]


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.id)
def test_nobody_else_is_taken_for_a_listed_maker(case: Case, answers: dict[str, Identity]) -> None:
    assert answers[case.id].maker not in LISTED, case.observation.value[:200]


@pytest.mark.parametrize("case", [case for case in POSITIVE if case.brand], ids=lambda case: case.id)
def test_the_brand_is_told_apart_from_the_maker(case: Case, answers: dict[str, Identity]) -> None:
    """Each half has evidence of its own: a word for the brand, a habit for the maker."""
    identity = answers[case.id]
    assert (identity.maker, identity.brand) == (case.vendor, case.brand), case.observation.value[:200]


def test_what_holds_no_mark_of_a_maker_names_none(answers: dict[str, Identity]) -> None:
    for case in CASES:
        if case.flagged and not case.identifiable:
            assert answers[case.id].maker is None, case.observation.value[:200]
