"""Pins the shipped model forms against all examples, and what the reader of the file refuses."""

from __future__ import annotations

from importlib.resources import files

import pytest

from scanner.goods import Goods, goods_of
from scanner.grammar import COAXIAL_RECORDER, Form
from scanner.grammar_file import KINDS, NAME, load_grammar, read_grammar
from scanner.makers_file import load_makers

MAKERS = load_makers()
GRAMMAR = load_grammar(MAKERS)

ONE = """\
misses: [P3245-LVE]
clashes: []
grammars:
  - id: one
    maker: dahua
    product: ip-camera
    kind: camera
    strength: strong
    confidence: high
    pattern: '^AB-\\d+'
    examples: [AB-12]
    reference: here
"""


def test_shipped_file_is_sound_all_examples_against_all_forms() -> None:
    text = (files("fingerprints") / "models.yaml").read_text("utf-8")
    _, problems = read_grammar(text, NAME, MAKERS)
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("form", GRAMMAR.forms, ids=lambda form: form.id)
def test_every_example_is_read_as_its_maker(form: Form) -> None:
    for example in form.examples:
        reading = GRAMMAR.classify_model(example, form.brand or form.maker)
        assert reading is not None
        assert reading.maker == form.maker
        assert reading.clash == ()


def test_every_kind_has_a_class_of_goods() -> None:
    assert {kind for kind in KINDS if goods_of(kind) is Goods.UNKNOWN} == {"other"}


def test_coaxial_cameras_are_marked_as_such() -> None:
    coaxial = {form.id for form in GRAMMAR.forms if form.product == "analog-hd-camera"}
    assert {"hik-analog-camera", "dahua-analog-camera", "hilook-analog-camera"} <= coaxial
    assert all(form.ip_device is False for form in GRAMMAR.forms if form.id in coaxial)


def test_recorders_that_take_coaxial_cable_have_forms_of_their_own() -> None:
    """What hangs on their cables has no address, so a reader is told; a form for both could not say it."""
    for form in GRAMMAR.forms:
        if form.kind == "recorder" and not form.id.startswith(("hik-mobile", "hik-dvr", "dahua-old-dvr")):
            assert (form.product == COAXIAL_RECORDER) == ("hybrid" in form.id), form.id


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("maker: dahua", "maker: dauha", 5, "unknown maker 'dauha'"),
        ("    kind: camera", "    kind: kamera", 7, "unknown kind 'kamera'"),
        ("    kind: camera", "    kind: camera\n    brand: nobody", 8, "unknown brand 'nobody'"),
        ("'^AB-\\d+'", "'^AB-(?!x)'", 10, "RE2"),
        ("'^AB-\\d+'", "'^A?'", 10, "fit everything"),
        ("examples: [AB-12]", "examples: [AB-x]", 11, "does not fit"),
        ("examples: [AB-12]", "examples: []", 11, "needs an example"),
        ("examples: [AB-12]", "examples: [AB-12]\n    must_not_match: [AB-1]", 12, "must not"),
        ("misses: [P3245-LVE]", "misses: [AB-9]", 10, "a name of another maker"),
        ("examples: [AB-12]", "examples: [AB-12]\n    channels: ['^AB-1']", 12, "one group"),
        ("strength: strong", "strength: huge", 8, "strength"),
    ],
)
def test_an_unsound_form_is_refused_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in ONE
    grammar, problems = read_grammar(ONE.replace(old, new, 1), "m.yaml", MAKERS)
    assert grammar is None
    assert any(problem.line == line and says in problem.message for problem in problems), [str(p) for p in problems]


def test_an_example_that_another_maker_claims_is_refused() -> None:
    second = ONE.split("grammars:\n")[1].replace("id: one", "id: two").replace("dahua", "hikvision")
    grammar, problems = read_grammar(ONE + second, "m.yaml", MAKERS)
    assert grammar is None
    assert any("also fits two (hikvision)" in problem.message for problem in problems)
    assert read_grammar(ONE, "m.yaml", MAKERS)[0] is not None
