"""Every fingerprint file is its own test: what its rules must hit, must miss, and must never claim for another."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from scanner.fingerprint import Asserts, Example, Fingerprint, Library, compile_pattern
from scanner.fingerprint_files import (
    NOT_RULES,
    find_foreign_hits,
    load_library,
    load_vocabulary,
    load_weights,
    read_rules,
)
from scanner.identify import identify
from scanner.judging import judge_device
from scanner.matching import match_observations
from scanner.model import Observation, Standing, Strength

NAMES: Final = sorted(
    entry.name
    for entry in files("fingerprints").iterdir()
    if entry.name.endswith(".yaml") and entry.name not in NOT_RULES
)

MEGABYTE: Final = 1_000_000
"""Characters of hostile input each pattern is tried on."""

SLOW: Final = 1.0
"""Seconds for one pattern on one megabyte; linear matching needs a hundredth of it, backtracking would need years."""

PAGE: Final = 64 * 1024
"""The longest value that matching is ever given."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def observe(rule: Fingerprint, value: str) -> Observation:
    protocol, _, field = rule.field.partition(".")
    return Observation(protocol, field, value)


@pytest.mark.parametrize("name", NAMES)
def test_examples_hit_and_extract_and_counterexamples_miss(name: str) -> None:
    text = (files("fingerprints") / name).read_text("utf-8")
    rules, problems = read_rules(name, text, load_vocabulary())
    assert [str(problem) for problem in problems] == []
    assert rules


@pytest.mark.parametrize("name", NAMES)
def test_every_sign_has_an_example_and_a_counterexample_with_origin_and_a_reason(name: str) -> None:
    rules, _ = read_rules(name, (files("fingerprints") / name).read_text("utf-8"), load_vocabulary())
    for rule in rules:
        assert rule.examples, rule.id
        assert rule.counterexamples, rule.id
        assert all(example.origin.strip() for example in (*rule.examples, *rule.counterexamples)), rule.id
        assert len(rule.reason) >= 10, rule.id
        assert rule.reference, rule.id


def test_no_example_of_one_maker_is_claimed_by_another(library: Library) -> None:
    assert [str(problem) for problem in find_foreign_hits(library)] == []


def test_a_foreign_claim_would_be_found(library: Library) -> None:
    """The check above guards something: a rule that claims every title is caught."""
    greedy = Fingerprint(
        "greedy",
        "http.title",
        Strength.WEAK,
        Asserts.MAKER,
        "r",
        "r",
        (Example("x", "o"),),
        (),
        "nobody",
        pattern="(?s).+",
    )
    widened = Library([*library.fingerprints, greedy], load_weights(), load_vocabulary().fields, "")
    assert any("greedy" in str(problem) for problem in find_foreign_hits(widened))


def test_the_liar_that_says_everything_is_not_identified(library: Library) -> None:
    """A device whose every field says what every maker's devices say."""
    lies = [observe(rule, example.value) for rule in library.fingerprints for example in rule.examples]
    identity = judge_device(lies, match_observations(lies, library), library.weights)
    assert identity.standing is not Standing.IDENTIFIED
    assert identity.maker is None
    assert identity.conflicts


def test_the_liar_in_any_order_is_the_same_liar(library: Library) -> None:
    lies = [observe(rule, example.value) for rule in library.fingerprints for example in rule.examples]
    shuffled = random.Random(7).sample(lies, len(lies))
    first = judge_device(lies, match_observations(lies, library), library.weights)
    second = judge_device(shuffled, match_observations(shuffled, library), library.weights)
    assert first == second


def test_one_sign_alone_identifies_only_when_it_is_decisive(library: Library) -> None:
    for rule in library.fingerprints:
        if rule.strength is Strength.DECISIVE:
            continue
        for example in rule.examples:
            seen = [observe(rule, example.value)]
            own = [match for match in match_observations(seen, library) if match.fingerprint == rule.id]
            assert judge_device(seen, own, library.weights).standing is not Standing.IDENTIFIED, rule.id


def test_address_blocks_are_never_decisive_or_strong(library: Library) -> None:
    for rule in library.fingerprints:
        if rule.field.startswith("mac."):
            assert rule.strength in (Strength.GOOD, Strength.SUPPORTIVE, Strength.WEAK), rule.id


def test_favicons_are_at_most_good(library: Library) -> None:
    """Integrators replace icons and resellers share them."""
    for rule in library.fingerprints:
        if rule.field.startswith("favicon."):
            assert rule.strength in (Strength.GOOD, Strength.SUPPORTIVE, Strength.WEAK), rule.id


@pytest.mark.parametrize("name", NAMES)
def test_patterns_are_quick_on_a_megabyte_of_hostile_input(name: str) -> None:
    rules, _ = read_rules(name, (files("fingerprints") / name).read_text("utf-8"), load_vocabulary())
    for rule in rules:
        if rule.pattern is None:
            continue
        compiled = compile_pattern(rule.pattern)
        sample = rule.examples[0].value
        for hostile in ("a" * MEGABYTE, (sample * (MEGABYTE // len(sample) + 1))[:MEGABYTE]):
            started = time.perf_counter()
            compiled.fullmatch(hostile)
            assert time.perf_counter() - started < SLOW, rule.id


def hostile_pages(rules: list[Fingerprint], rng: random.Random) -> Iterator[str]:
    """Long values made of what the rules of one field look for, and of noise."""
    samples = [example.value for rule in rules for example in rule.examples]
    yield "a" * PAGE
    for sample in rng.sample(samples, min(12, len(samples))):
        yield (sample * (PAGE // len(sample) + 1))[:PAGE]
        yield (sample + " x" * PAGE)[:PAGE]
    for _ in range(3):
        yield "".join(rng.choice(samples)[: rng.randint(1, 40)] for _ in range(3000))[:PAGE]
        yield "".join(chr(rng.randint(1, 0x2FFF)) for _ in range(PAGE))


def test_the_set_of_a_field_loses_no_hit_on_a_page_of_nasty_input(library: Library) -> None:
    """One RE2 set answers for all rules of a field; running out of memory inside it must not lose a hit."""
    by_field: dict[str, list[Fingerprint]] = {}
    for rule in library.fingerprints:
        if rule.pattern is not None:
            by_field.setdefault(rule.field, []).append(rule)
    rng = random.Random(3)
    for field, rules in by_field.items():
        patterns = [(rule.id, compile_pattern(rule.pattern or "")) for rule in rules]
        for page in hostile_pages(rules, rng):
            alone = {name for name, pattern in patterns if pattern.fullmatch(page) is not None}
            together = {hit.fingerprint.id for hit in library.find(field, page)}
            assert together == alone, field


DECOYS: Final = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data" / "decoys.jsonl").read_text("utf-8").splitlines()
]
"""Things that speak of makers without being made by them; a new one is a line in that file."""


@pytest.mark.parametrize("decoy", DECOYS, ids=lambda decoy: decoy["what"])
def test_decoys_are_nobody(decoy: dict[str, str], library: Library) -> None:
    """A decoy marked at_most may be suspected: a name somebody typed is a hint worth following, never a finding."""
    identity = identify([Observation(decoy["protocol"], decoy["field"], decoy["data"])], library)
    if "at_most" in decoy:
        assert identity.standing is not Standing.IDENTIFIED
        assert identity.confidence < library.weights.weight[Strength.GOOD]
    else:
        assert identity.maker is None
        assert identity.brand is None
