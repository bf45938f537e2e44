"""Pins the library's index: what is found, by field, by block, and that remembering an answer changes nothing."""

from __future__ import annotations

import pytest
import re2

from scanner import fingerprint as subject
from scanner.fingerprint import MEMO_LENGTH, Asserts, Example, Fingerprint, Library, PatternError, compile_pattern
from scanner.fingerprint_files import load_weights
from scanner.model import Strength


def make_rule(name: str, field: str, pattern: str | None = None, blocks: tuple[str, ...] = ()) -> Fingerprint:
    example = (Example("x", "invented"),)
    return Fingerprint(
        name,
        field,
        Strength.GOOD,
        Asserts.MAKER,
        "reason",
        "reference",
        example,
        example,
        "axis",
        None,
        None,
        pattern,
        blocks,
    )


@pytest.fixture
def library() -> Library:
    rules = [
        make_rule("realm", "http.realm", "AXIS_(?P<serial>[0-9A-F]{12})"),
        make_rule("any-realm", "http.realm", "AXIS.*"),
        make_rule("page", "http.body", "(?s).*axis.*"),
        make_rule("wide", "mac.prefix", blocks=("00408c",)),
        make_rule("narrow", "mac.prefix", blocks=("00408c1",)),
    ]
    return Library(rules, load_weights(), {"http.realm": "web", "http.body": "web", "mac.prefix": "link"}, "")


def test_every_rule_of_the_field_that_hits_is_found_in_file_order(library: Library) -> None:
    hits = library.find("http.realm", "AXIS_ACCC8E000001")
    assert [hit.fingerprint.id for hit in hits] == ["realm", "any-realm"]
    assert hits[0].extracted == {"serial": "ACCC8E000001"}


def test_a_rule_reads_the_whole_value_of_its_own_field_only(library: Library) -> None:
    assert library.find("http.realm", "x AXIS_ACCC8E000001") == ()
    assert library.find("rtsp.realm", "AXIS_ACCC8E000001") == ()


def test_the_longest_block_wins(library: Library) -> None:
    assert [hit.fingerprint.id for hit in library.find("mac.prefix", "00408c100001")] == ["narrow"]
    assert [hit.fingerprint.id for hit in library.find("mac.prefix", "00408c200001")] == ["wide"]
    assert library.find("mac.prefix", "2857be000001") == ()


def test_asking_again_gives_an_equal_answer_that_nobody_can_change(library: Library) -> None:
    first = library.find("http.realm", "AXIS_ACCC8E000001")
    assert isinstance(first, tuple)
    assert library.find("http.realm", "AXIS_ACCC8E000001") == first


def test_what_is_remembered_of_a_field_is_bounded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MEMO_VALUES", 3)
    for n in range(20):
        library.find("http.realm", f"AXIS_{n}")
        library.find("http.body", f"axis {n}")
        assert max(map(len, library._by_field.values())) <= 3
    library.find("http.body", "axis" * subject.MEMO_LENGTH)
    assert max(len(value) for index in library._by_field.values() for value in index) <= subject.MEMO_LENGTH
    assert [hit.fingerprint.id for hit in library.find("http.realm", "AXIS_ACCC8E000001")] == ["realm", "any-realm"]


def test_the_way_into_the_set_gives_what_the_set_gives() -> None:
    """It goes past the binding's own wrapper: a new version of it must not change what hits."""
    matcher = re2.Set.FullMatchSet(subject.compile_options())
    for pattern in ("a+", "(?i)AA", "b"):
        matcher.Add(pattern)
    matcher.Compile()
    for value in (b"", b"a", b"aa", b"b", b"c", b"\xff"):
        assert sorted(subject._way_in(matcher)(value) or ()) == sorted(matcher.Match(value) or ())


def test_a_value_too_long_to_remember_is_matched_all_the_same(library: Library) -> None:
    page = "x" * (2 * MEMO_LENGTH) + "axis"
    assert [hit.fingerprint.id for hit in library.find("http.body", page)] == ["page"]


def test_half_a_surrogate_pair_is_read_as_a_question_mark(library: Library) -> None:
    assert [hit.fingerprint.id for hit in library.find("http.realm", "AXIS\ud800")] == ["any-realm"]


def test_what_is_extracted_keeps_its_letters(library: Library) -> None:
    named = Library([make_rule("r", "http.realm", "gr(?P<model>.+)e")], load_weights(), {"http.realm": "web"}, "")
    assert named.find("http.realm", "größe")[0].extracted == {"model": "öß"}


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("(?=a)b", "look-around"),
        ("(a)\\1", "look-around"),
        ("a*", "empty"),
        ("(?P<colour>red)", "colour"),
        ("(", "pattern"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_its_reason(pattern: str, word: str) -> None:
    with pytest.raises(PatternError, match=word):
        compile_pattern(pattern)
