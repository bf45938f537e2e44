"""Pins what the strict loader keeps, what it refuses, and that it says where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import strict_yaml
from scanner.strict_yaml import YamlError, decode, load, load_with_lines


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:11:12", "10:11:12"),
        ("0123", "0123"),
        ("1e3", "1e3"),
        ("1.50", "1.50"),
        ("no", "no"),
        ("yes", "yes"),
        ("null", "null"),
        ("~", "~"),
        ("2026-11-23", "2026-11-23"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("-0", "-0"),
        ("True", "True"),
        ("", ""),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("37020", 37020),
        ("123456789012345678", 123456789012345678),
        ("1234567890123456789", "1234567890123456789"),
        ('"37020"', "37020"),
        ("'true'", "true"),
    ],
)
def test_scalar_keeps_its_letters_unless_plain_integer_or_boolean(text: str, value: object) -> None:
    loaded = load(f"a: {text}\n", "f")
    assert loaded == {"a": value}
    assert isinstance(loaded, dict)
    assert type(loaded["a"]) is type(value)


def test_block_text_of_digits_stays_text() -> None:
    assert load("a: |\n  12\nb: >-\n  true\n", "f") == {"a": "12\n", "b": "true"}


def test_keys_are_always_text() -> None:
    assert load("1531: a\ntrue: b\n", "f") == {"1531": "a", "true": "b"}


def test_lines_point_at_keys_and_items() -> None:
    text = "fingerprints:\n  - id: a\n    pattern: x\n  -\n    id: b\n    list: [1,\n      2]\n"
    value, lines = load_with_lines(text, "f")
    assert value == {"fingerprints": [{"id": "a", "pattern": "x"}, {"id": "b", "list": [1, 2]}]}
    assert lines[()] == 1
    assert lines[("fingerprints", 0, "pattern")] == 3
    assert lines[("fingerprints", 1)] == 5
    assert lines[("fingerprints", 1, "list", 1)] == 7


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "already set on line 1"),
        ("x:\n  - b: 1\n    b: 2\n", 3, "already set on line 2"),
        ("a: &k 1\n", 1, "anchor"),
        ("a: &k [1]\nb: *k\n", 1, "anchor"),
        ("a: 1\nb: *k\n", 2, "alias"),
        ("a: !!str 1\n", 1, "tag"),
        ("a: !python/object:os.system {}\n", 1, "tag"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 'x\ty'\n", 1, "tab"),
        ("<<: 1\n", 1, "merge key"),
        ("? [a]\n: 1\n", 1, "as a key"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, "directive"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: [1\n", 2, "not readable"),
        ("a: 1\n b: 2\n", 2, "not readable"),
        ("a: \x07\n", 1, "does not allow"),
    ],
)
def test_refusal_names_the_line_and_the_reason(text: str, line: int, says: str) -> None:
    with pytest.raises(YamlError) as caught:
        load(text, "policies/x.yaml")
    assert caught.value.line == line
    assert says in caught.value.message
    assert str(caught.value).startswith(f"policies/x.yaml:{line}:")


def test_nesting_is_capped_without_recursion() -> None:
    fits = "[" * strict_yaml.DEEPEST + "]" * strict_yaml.DEEPEST
    load(fits, "f")
    with pytest.raises(YamlError, match="nested deeper"):
        load("[" + fits + "]", "f")
    with pytest.raises(YamlError, match="nested deeper"):
        load("[" * 200_000, "f")


def test_size_is_capped_as_bytes_and_as_text() -> None:
    with pytest.raises(YamlError, match="at most"):
        decode(b"a" * (strict_yaml.LARGEST_FILE + 1), "f")
    with pytest.raises(YamlError, match="at most"):
        load("a" * (strict_yaml.LARGEST_FILE + 1), "f")


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    assert decode(b"\xef\xbb\xbfa: 1", "f") == "a: 1"
    with pytest.raises(YamlError, match="not UTF-8") as caught:
        decode(b"a: 1\nb: \xff\n", "f")
    assert caught.value.line == 2


@given(st.text(alphabet=st.sampled_from(list("ab01:-[]{},\"'&*!|>%#?\n \t~<.é\x00\u2028")), max_size=60))
def test_garbage_gives_a_value_or_the_one_error(text: str) -> None:
    try:
        value, lines = load_with_lines(text, "f")
    except YamlError:
        return
    assert () in lines
    assert value is not None


def test_half_a_surrogate_pair_is_refused_with_its_line() -> None:
    with pytest.raises(YamlError, match=r"x\.yaml:2:1: a character that is no character"):
        load("a: 1\nb: \udc83\n", "x.yaml")
