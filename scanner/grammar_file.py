"""Reads fingerprints/models.yaml and proves it by its own examples; every refusal names the line. No network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from scanner.data_file import SHAPE, DataError, Problem, read_shape
from scanner.grammar import Form, FormError, Grammar, compile_form, fold_name
from scanner.makers import Makers
from scanner.makers_file import load_makers
from scanner.strict_yaml import Path

NAME: Final = "fingerprints/models.yaml"

KINDS: Final = frozenset(
    {
        "camera", "recorder", "door-station", "access-control", "thermal", "encoder", "switch", "intercom", "display",
        "radio", "router", "alarm", "accessory", "other",
    }
)  # fmt: skip
"""What a form may say a thing is; each is a kind of `scanner.goods`, or other."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A form that several makers use, for people who write rules."""

    form: str
    makers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelsFile:
    """The shape of the file."""

    __pydantic_config__ = SHAPE

    misses: tuple[str, ...]
    clashes: tuple[Clash, ...]
    grammars: tuple[Form, ...]


def load_grammar(makers: Makers | None = None, home: Traversable | None = None) -> Grammar:
    """The shipped forms, compiled; their examples are proved by the tests. Raises DataError naming every problem."""
    home = home if home is not None else files("fingerprints")
    text = (home / "models.yaml").read_text("utf-8")
    grammar, problems = read_grammar(text, NAME, makers if makers is not None else load_makers(), prove=False)
    if grammar is None:
        raise DataError(problems)
    return grammar


def read_grammar(text: str, name: str, makers: Makers, *, prove: bool = True) -> tuple[Grammar | None, list[Problem]]:
    """A grammar from the text of a file, or None with what is wrong with it.

    `prove` holds every example against every form; without it only vocabulary and patterns are checked.
    """
    value, place, problems = read_shape(ModelsFile, text, name)
    if value is None:
        return None, problems
    problems += [place.problem(path, message) for path, message in _check_vocabulary(value, makers)]
    if prove:
        problems += [place.problem(path, message) for path, message in _check_patterns(value)]
    if prove and not problems:
        problems += [place.problem(path, message) for path, message in _check_examples(value)]
    if problems:
        return None, problems
    try:
        return Grammar(value.grammars, makers), []
    except FormError as error:
        return None, [Problem(name, 1, str(error))]


def _check_vocabulary(value: ModelsFile, makers: Makers) -> Iterator[tuple[Path, str]]:
    known = {maker.id for maker in makers.makers}
    brands = {brand.id for brand in makers.brands}
    seen: set[str] = set()
    for index, form in enumerate(value.grammars):
        where: Path = ("grammars", index)
        if form.id in seen:
            yield (*where, "id"), f"{form.id}: this id stands here twice"
        seen.add(form.id)
        if form.maker not in known:
            yield (*where, "maker"), f"{form.id}: unknown maker {form.maker!r}"
        if form.brand and form.brand not in brands:
            yield (*where, "brand"), f"{form.id}: unknown brand {form.brand!r}"
        if form.kind not in KINDS:
            yield (*where, "kind"), f"{form.id}: unknown kind {form.kind!r}, known are {sorted(KINDS)}"
        if not form.examples:
            yield (*where, "examples"), f"{form.id}: a form needs an example"


def _check_patterns(value: ModelsFile) -> Iterator[tuple[Path, str]]:
    for index, form in enumerate(value.grammars):
        patterns: list[tuple[Path, str]] = [(("pattern",), form.pattern)]
        patterns += [(("channels", n), pattern) for n, pattern in enumerate(form.channels)]
        patterns += [(("capability", n, "pattern"), ability.pattern) for n, ability in enumerate(form.capability)]
        for key, pattern in patterns:
            try:
                compiled = compile_form(pattern)
            except FormError as error:
                yield ("grammars", index, *key), f"{form.id}: {error}"
                continue
            if key[0] == "channels" and compiled.groups != 1:
                yield ("grammars", index, *key), f"{form.id}: a channel pattern has one group, the number"


def _check_examples(value: ModelsFile) -> Iterator[tuple[Path, str]]:
    """Every example fits its form and no form of another maker; no counterexample and no common miss fits."""
    compiled = [(form, compile_form(form.pattern)) for form in value.grammars]
    for index, (form, pattern) in enumerate(compiled):
        for number, example in enumerate(form.examples):
            where: Path = ("grammars", index, "examples", number)
            name = fold_name(example)
            if pattern.match(name) is None:
                yield where, f"{form.id}: its example {example!r} does not fit"
            for other, pattern_of_other in compiled:
                if other.maker != form.maker and pattern_of_other.match(name) is not None:
                    yield where, f"{form.id}: its example {example!r} also fits {other.id} ({other.maker})"
        for number, miss in enumerate(form.must_not_match):
            if pattern.match(fold_name(miss)) is not None:
                yield ("grammars", index, "must_not_match", number), f"{form.id}: fits {miss!r}, which it must not"
        for miss in value.misses:
            if pattern.match(fold_name(miss)) is not None:
                yield ("grammars", index, "pattern"), f"{form.id}: fits {miss!r}, a name of another maker"
