"""Pins that a shape refuses what it does not know, converts nothing, and names the line of every error at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scanner.data_file import SHAPE, Place, Problem, read_shape


@dataclass(frozen=True, slots=True)
class Inner:
    since: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outer:
    __pydantic_config__ = SHAPE

    id: str
    items: tuple[Inner, ...] = ()
    count: int = 0


def test_sound_text_becomes_the_value() -> None:
    value, _, problems = read_shape(Outer, "id: x\nitems:\n  - since: 2026-11-23\ncount: 3\n", "f")
    assert problems == []
    assert value == Outer("x", (Inner(date(2026, 11, 23)),), 3)


def test_every_error_is_said_with_its_line() -> None:
    text = "id: 12\nitems:\n  - since: 2026-11\n    words: a\n    wrods: b\n  - words: c\ncount: many\nextra: 1\n"
    value, _, problems = read_shape(Outer, text, "f.yaml")
    assert value is None
    said = {(problem.line, problem.message.split(";")[0]) for problem in problems}
    assert (1, "id: Input should be a valid string") in said
    assert (3, "items.0.since: not a date") in said
    assert (5, "items.0: unknown key 'wrods'") in said
    assert (6, "items.1: the key 'since' is missing") in said
    assert (7, "count: Input should be a valid integer") in said
    assert (8, "the file: unknown key 'extra'") in said
    assert str(problems[0]).startswith("f.yaml:")


def test_a_number_is_not_taken_as_a_date() -> None:
    _, _, problems = read_shape(Inner, "since: 20200102\n", "f")
    assert [problem.line for problem in problems] == [1]


def test_empty_values_and_broken_yaml_are_problems_not_exceptions() -> None:
    value, _, problems = read_shape(Outer, "id: x\nitems:\n  - since: 2026-11-23\n    words:\n", "f")
    assert value is None
    assert [(p.line, p.message) for p in problems] == [(4, "items.0.words is empty; leave the key out")]
    assert read_shape(Outer, "a: [", "f")[2][0].message.startswith("not readable")


def test_a_place_without_a_line_takes_the_nearest_one() -> None:
    place = Place("f", {(): 1, ("a",): 4})
    assert place.problem(("a", 2, "b"), "m") == Problem("f", 4, "m")
    assert place.problem(("z",), "m") == Problem("f", 1, "m")
