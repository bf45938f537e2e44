"""The rules that are compared: as many as wanted, each answering as the library's own."""

from __future__ import annotations

import pytest

from benchmarks.matching import index, widen
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_there_are_as_many_rules_as_wanted_with_ids_of_their_own(library: Library) -> None:
    own = sum(rule.pattern is not None for rule in library.fingerprints)
    rules = widen(library, own + 10)
    assert len(rules) == len({rule.id for rule in rules}) == own + 10


def test_further_rules_hit_what_the_first_hit_behind_a_letter(library: Library) -> None:
    own = sum(rule.pattern is not None for rule in library.fingerprints)
    rules = widen(library, own + 1)
    first, again = rules[0], rules[-1]
    assert again.id == f"{first.id}-1"
    example = first.examples[0].value
    told = {hit.fingerprint.id for hit in index(library, [again]).find(again.field, f"b{example}")}
    assert told == {again.id}
    assert index(library, [again]).find(again.field, example) == ()


def test_the_index_answers_as_the_library(library: Library) -> None:
    rules = [rule for rule in library.fingerprints if rule.field == "http.title"]
    other = index(library, rules)
    for rule in rules[:20]:
        for example in (*rule.examples, *rule.counterexamples):
            assert other.find("http.title", example.value) == library.find("http.title", example.value)
