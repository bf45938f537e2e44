"""A sentence is its text to everybody, and its template to a translator."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date

import pytest

from scanner.sentence import Sentence, say, say_all, say_count


def test_a_sentence_is_its_english_text():
    told = say("Made by {maker} since {day}, {n} units.", maker="Dahua", day=date(2018, 8, 13), n=12_000)
    assert told == "Made by Dahua since 2018-08-13, 12,000 units."
    assert hash(told) == hash(str(told))
    assert json.dumps([told]) == '["Made by Dahua since 2018-08-13, 12,000 units."]'
    assert type(str(told)) is str


def test_it_keeps_what_it_was_made_from():
    inner = say("a brand of {maker}", maker="Dahua")
    told = say("{brand}, {tie}.", brand="Lorex", tie=inner)
    assert told == "Lorex, a brand of Dahua."
    assert told.template == "{brand}, {tie}."
    assert dict(told.values)["tie"] is inner


def test_a_value_with_braces_is_not_read_as_a_placeholder():
    assert say("It says {text}.", text="{0.__class__} {maker}") == "It says {0.__class__} {maker}."
    assert say("a set {a, b} of a data file") == "a set {a, b} of a data file"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 devices"), (1, "1 device"), (2, "2 devices"), (1_500, "1,500 devices")]
)
def test_a_count_picks_its_form(number, text):
    assert say_count("{n} device", "{n} devices", number) == text


@pytest.mark.parametrize("renew", [copy.copy, copy.deepcopy, lambda told: pickle.loads(pickle.dumps(told))])
def test_a_copy_is_as_good_as_the_sentence(renew):
    told = say_count("{n} device at {place}", "{n} devices at {place}", 3, place=say("home"))
    again = renew(told)
    assert isinstance(again, Sentence)
    assert (again, again.template, again.many, again.number, again.values) == (
        told, told.template, told.many, told.number, told.values,
    )  # fmt: skip


def test_items_are_joined_in_their_order():
    assert (say_all(()), say_all(("a",)), say_all(("a", "b", "c"))) == ("", "a", "a, b and c")


def test_it_does_not_change():
    with pytest.raises(AttributeError, match="does not change"):
        say("Fixed.").template = "Other."
