"""Text of a device can be looked at without being obeyed."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.visible import excerpt, readable_json, visible


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("plain Ç ž ü 中", "plain Ç ž ü 中"),
        ("\x1b[31m", "␛[31m"),
        ("a\r\n\tb\0", "a␍␊␉b␀"),
        ("a\r\nb\n", "a␍␊b␊"),
        ("\x7f", "␡"),
        ("\x9b2J", "⟨U+009B⟩2J"),
        ("ab\u202ecd", "ab⟨U+202E⟩cd"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\u2028", "⟨U+2028⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\u3164", "⟨U+3164⟩"),
    ],
)
def test_what_cannot_be_seen_is_shown(sent, shown):
    assert visible(sent) == shown


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())), st.sampled_from((None, 2)))
def test_json_is_equal_and_has_nothing_that_steers(value, indent):
    text = readable_json(value, indent=indent)
    assert json.loads(text) == value
    assert visible(text).replace("␊", "\n") == text
    assert ("ë" in text) == ("ë" in str(value))


@given(st.text())
def test_nothing_invisible_or_steering_is_left(text):
    shown = visible(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"} for c in shown)
    shown.encode("utf-8")


def test_a_cut_is_said_with_what_is_left_out():
    assert excerpt("x" * 10, 4) == "xxxx… (+6)"
    assert excerpt("xxxx", 4) == "xxxx"
