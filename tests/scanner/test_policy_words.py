"""Pins that every kind of list has words of its own, and that none calls a thing illegal."""

from __future__ import annotations

from scanner.model import Identity, Standing
from scanner.policy_list import Kind
from scanner.policy_words import KIND_WORDS, WOULD_CHANGE, say_what_to_check


def test_every_kind_has_its_own_words() -> None:
    assert set(KIND_WORDS) == set(Kind)
    assert len(set(KIND_WORDS.values())) == len(Kind)
    assert not any("illegal" in text for text in (*KIND_WORDS.values(), *WOULD_CHANGE.values()))


def test_acts_that_bind_no_user_say_so() -> None:
    for kind in (Kind.EXPORT_CONTROL, Kind.INVESTMENT_BAN, Kind.NAMED_LIST, Kind.MARKET_BAN, Kind.ASSET_FREEZE):
        assert "not " in KIND_WORDS[kind]


def test_a_person_is_told_what_the_device_says_of_itself() -> None:
    who = Identity("x", None, "DS-1", None, "SN1", None, Standing.IDENTIFIED, 0.9)
    assert "model DS-1, serial SN1" in say_what_to_check(who)
    bare = Identity("x", None, None, None, None, None, Standing.IDENTIFIED, 0.9)
    assert "it says" not in say_what_to_check(bare)
