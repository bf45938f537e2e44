"""One word for each value of the model."""

from __future__ import annotations

from reports.messages import texts
from reports.words import (
    kind_word,
    list_kind_word,
    outcome_word,
    standing_word,
    statement_word,
    status_meaning,
    status_word,
)
from scanner.model import Outcome, Standing, Status
from scanner.policy_list import Kind

_ = texts("en")


def test_every_value_has_its_own_word():
    for words, values in (
        (status_word, Status),
        (status_meaning, Status),
        (standing_word, Standing),
        (outcome_word, Outcome),
    ):
        said = [words(_, value) for value in values]
        assert all(said)
        assert len(set(said)) == len(said)


def test_the_five_statements_are_kept_apart():
    said = {statement_word(_, s) for s in ("named", "affiliate", "rebadge", "component", "criterion")}
    assert len(said) == 5
    assert (statement_word(_, "none"), statement_word(_, "new\x1b")) == ("", "new␛")


def test_every_kind_of_list_that_the_policies_know_has_words():
    assert all(
        list_kind_word(_, kind.value) != kind.value.replace("-", " ") for kind in Kind if kind is not Kind.HISTORIC
    )
    assert "not a ban on use" in list_kind_word(_, "export-control")
    assert list_kind_word(_, "new-kind") == "new kind"


def test_an_unknown_kind_of_device_stands_as_the_fingerprint_wrote_it():
    assert (kind_word(_, "door-station"), kind_word(_, "toaster"), kind_word(_, None)) == (
        "Door station",
        "Toaster",
        "",
    )
