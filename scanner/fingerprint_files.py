"""Reads the fingerprint files and checks them; every refusal names the file and the line. Touches no network.

One YAML file per maker. `load_library` is what the program uses, `check_file` is what an author runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from scanner.data_file import DataError, Problem
from scanner.fingerprint import (
    KINDS,
    Asserts,
    Example,
    Fingerprint,
    Library,
    PatternError,
    Weights,
    compile_pattern,
)
from scanner.grammar_file import load_grammar
from scanner.makers_file import load_makers
from scanner.model import Strength
from scanner.rule_faults import find_placeholders, say_fault, suggest
from scanner.strict_yaml import YamlError, decode, load_with_lines

NOT_RULES: Final = frozenset({"fields.yaml", "strengths.yaml", "makers.yaml", "models.yaml"})
"""Files of fingerprints/ that hold vocabulary instead of rules."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Words = Annotated[str, StringConstraints(min_length=3, max_length=600, strip_whitespace=True)]
Place = tuple[str | int, ...]
Lines = Mapping[Place, int]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExampleEntry(_Strict):
    """One example or counterexample."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=70_000)]
    origin: Words
    extracts: dict[str, str] = Field(default_factory=dict)


class RuleEntry(_Strict):
    """One rule as its author writes it."""

    id: Identifier
    field: str
    strength: Strength
    reason: Words
    reference: Words
    pattern: str | None = None
    blocks: list[str] = Field(default_factory=list)
    asserts: Asserts | None = None
    maker: str | None = None
    brand: str | None = None
    kind: str | None = None
    status: Literal["stable", "experimental"] = "stable"
    examples: Annotated[list[ExampleEntry], Field(min_length=1)]
    counterexamples: Annotated[list[ExampleEntry], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_way_to_match(self) -> RuleEntry:
        if (self.pattern is None) == (not self.blocks):
            raise ValueError("give either pattern or blocks")
        if self.blocks and self.field != "mac.prefix":
            raise ValueError("blocks are for field mac.prefix only")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}, known are {sorted(KINDS)}")
        if self.asserts in (Asserts.BRAND, Asserts.BOTH) and self.brand is None:
            raise ValueError("asserts a brand but names none")
        return self


class RuleFile(_Strict):
    """One fingerprint file."""

    maker: str
    about: Words
    fingerprints: Annotated[list[RuleEntry], Field(min_length=1)]


_KEYS: Final = {1: RuleFile.model_fields, 3: RuleEntry.model_fields, 5: ExampleEntry.model_fields}
"""The keys that may stand at each depth of a file."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a rule may use."""

    fields: Mapping[str, str]  # dotted name -> signal group
    makers: frozenset[str]
    brands: frozenset[str]
    extra: frozenset[str] = frozenset()


def load_library(
    folders: Iterable[Path] = (), *, only_stable: bool = False, home: Traversable | None = None
) -> Library:
    """Load the shipped files and any further folders (or single files); raise DataError naming every problem found.

    `home` is a folder to read in place of the shipped one: the fingerprints that an evidence bundle brings along.
    """
    home = home if home is not None else files("fingerprints")
    vocabulary = load_vocabulary(home)
    texts = [(entry.name, entry.read_text("utf-8")) for entry in _shipped(home)]
    rules: list[Fingerprint] = []
    problems: list[Problem] = []
    for folder in folders:
        own = [folder] if folder.is_file() else sorted(folder.glob("*.yaml"))
        if not own:
            problems.append(Problem(str(folder), 1, "no fingerprint file is there; a folder with .yaml files is meant"))
        for path in own:
            text, wrong = _read_text(path)
            texts.append((str(path), text))
            problems += wrong
    for name, text in texts:
        if name in NOT_RULES:
            continue
        found, wrong = read_rules(name, text, vocabulary)
        rules += [rule for rule in found if not only_stable or rule.status == "stable"]
        problems += wrong
    problems += _find_repeats(rules)
    if problems:
        raise DataError(problems)
    digest = hashlib.sha256("".join(text for _, text in sorted(texts)).encode()).hexdigest()
    return Library(rules, load_weights(home), vocabulary.fields, digest, load_grammar(load_makers(home), home))


def _shipped(home: Traversable) -> list[Traversable]:
    return sorted((e for e in home.iterdir() if e.name.endswith(".yaml")), key=lambda e: e.name)


def _read_shipped(name: str, home: Traversable | None) -> Any:
    home = home if home is not None else files("fingerprints")
    value, _ = load_with_lines((home / name).read_text("utf-8"), name)
    return value


def load_vocabulary(home: Traversable | None = None) -> Vocabulary:
    """Read the names of fields, makers and brands."""
    protocols = _read_shipped("fields.yaml", home)["protocols"]
    fields = {f"{p}.{f}": spec["group"] for p, spec in protocols.items() for f in spec["fields"]}
    fields["mac.prefix"] = protocols["mac"]["group"]
    makers = _read_shipped("makers.yaml", home)
    return Vocabulary(
        fields,
        frozenset(entry["id"] for entry in makers["makers"]),
        frozenset(entry["id"] for entry in makers["brands"]),
    )


def load_weights(home: Traversable | None = None) -> Weights:
    """Read fingerprints/strengths.yaml."""
    data = _read_shipped("strengths.yaml", home)
    weight = {Strength(name): entry["permille"] / 1000 for name, entry in data["strengths"].items()}
    standing = data["standing"]
    return Weights(
        weight,
        standing["identify_at"] / 1000,
        standing["suspect_at"] / 1000,
        standing["agree_at"] / 1000,
        frozenset(standing["never_alone"]),
        data["limits"]["matches_per_device"],
    )


def read_rules(name: str, text: str, vocabulary: Vocabulary) -> tuple[list[Fingerprint], list[Problem]]:
    """Read one file: the rules that are sound, and what is wrong with the others."""
    try:
        value, lines = load_with_lines(text, name)
    except YamlError as error:
        return [], [Problem(name, error.line, error.message)]
    try:
        parsed = RuleFile.model_validate(value)
    except ValidationError as error:
        return [], [_problem(name, lines, item, value) for item in error.errors()]
    rules: list[Fingerprint] = []
    problems = [_locate(name, lines, place, message) for place, message in find_placeholders(_texts(parsed))]
    for index, entry in enumerate(parsed.fingerprints):
        rule = _make_rule(entry, parsed.maker, name, lines.get(("fingerprints", index), 1))
        rules.append(rule)
        for key, message in _check_rule(rule, vocabulary):
            place: Place = ("fingerprints", index, *key)
            if key == ("maker",) and entry.maker is None:
                place = key  # the one at the head of the file
            problems.append(_locate(name, lines, place, f"{rule.id}: {message}"))
    return (rules if not problems else []), problems


def check_file(path: Path) -> list[Problem]:
    """Everything wrong with one file, alone and against the shipped rules of other makers."""
    text, problems = _read_text(path)
    if problems:
        return problems
    vocabulary = load_vocabulary()
    rules, problems = read_rules(str(path), text, vocabulary)
    if problems:
        return problems
    apart = NOT_RULES | {path.name}
    shipped = [entry for entry in _shipped(files("fingerprints")) if entry.name not in apart]
    others = [rule for e in shipped for rule in read_rules(e.name, e.read_text("utf-8"), vocabulary)[0]]
    problems += _find_repeats([*others, *rules])
    library = Library([*others, *rules], load_weights(), vocabulary.fields, "")
    return problems + find_foreign_hits(library, own=frozenset(rule.id for rule in rules))


def _read_text(path: Path) -> tuple[str, list[Problem]]:
    try:
        return decode(path.read_bytes(), str(path)), []
    except OSError as error:
        return "", [Problem(str(path), 1, f"cannot be read: {error.strerror}")]
    except YamlError as error:
        return "", [Problem(str(path), error.line, error.message)]


def find_foreign_hits(library: Library, own: frozenset[str] | None = None) -> list[Problem]:
    """Examples of one maker that a rule of another maker claims. `own` limits it to pairs with one of these rules."""
    problems = []
    for rule in library.fingerprints:
        for example in rule.examples:
            for hit in library.find(rule.field, example.value):
                other = hit.fingerprint
                if own is not None and rule.id not in own and other.id not in own:
                    continue
                if _contradict(rule, other):
                    problems.append(_say_foreign(rule, other, own or frozenset()))
    return problems


def _contradict(rule: Fingerprint, other: Fingerprint) -> bool:
    """True when `other` must not hit an example of `rule`: it is of another maker, or a program that anybody runs."""
    if rule.asserts is Asserts.DETAIL and rule.kind == "software":
        return _says_maker(other) and other.strength is not Strength.WEAK
    named = rule.maker and other.maker and other.maker != rule.maker
    return bool(named and _says_maker(rule) and _says_maker(other))


def _say_foreign(rule: Fingerprint, other: Fingerprint, own: frozenset[str]) -> Problem:
    """At the rule that claims what is not its own, where its author is the one who asks; else at the example."""
    if other.id in own:
        whose = rule.maker if _says_maker(rule) else "anybody's program"
        text = f"{other.id}: hits an example of {rule.id} ({whose}, {rule.path}:{rule.line})"
        return Problem(other.path, other.line, text)
    return Problem(rule.path, rule.line, f"{rule.id}: its example is also claimed by {other.id} ({other.maker})")


def _says_maker(rule: Fingerprint) -> bool:
    return rule.asserts in (Asserts.MAKER, Asserts.BOTH)


def _problem(name: str, lines: Lines, item: Any, value: object) -> Problem:
    return _locate(name, lines, tuple(item["loc"]), say_fault(item, value, _KEYS))


def _locate(name: str, lines: Lines, place: Place, message: str) -> Problem:
    """The problem at that place of the file, or at the nearest node around it that has a line."""
    return Problem(name, next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1), message)


def _texts(parsed: RuleFile) -> Iterable[tuple[Place, str]]:
    """What an author says in words, with its place."""
    yield ("about",), parsed.about
    for index, rule in enumerate(parsed.fingerprints):
        here: Place = ("fingerprints", index)
        yield (*here, "reason"), rule.reason
        yield (*here, "reference"), rule.reference
        for key, entries in (("examples", rule.examples), ("counterexamples", rule.counterexamples)):
            for number, entry in enumerate(entries):
                yield (*here, key, number, "value"), entry.value
                yield (*here, key, number, "origin"), entry.origin


def _make_rule(entry: RuleEntry, maker: str, path: str, line: int) -> Fingerprint:
    asserts = entry.asserts or (Asserts.BOTH if entry.brand else Asserts.MAKER)
    return Fingerprint(
        id=entry.id,
        field=entry.field,
        strength=entry.strength,
        asserts=asserts,
        reason=" ".join(entry.reason.split()),
        reference=" ".join(entry.reference.split()),
        examples=tuple(Example(e.value, e.origin, e.extracts) for e in entry.examples),
        counterexamples=tuple(Example(e.value, e.origin, e.extracts) for e in entry.counterexamples),
        maker=entry.maker or maker,
        brand=entry.brand,
        kind=entry.kind,
        pattern=entry.pattern,
        blocks=tuple(normalise_block(block) for block in entry.blocks),
        status=entry.status,
        path=path,
        line=line,
    )


def normalise_block(text: str) -> str:
    """ "B0:B3:53:60/28" → "b0b3536"; a block without a length is 24 bits."""
    bare, _, bits = text.partition("/")
    digits = bare.replace(":", "").replace("-", "").lower()
    return digits[: int(bits or 24) // 4] if bits.isdigit() or not bits else digits


def _check_rule(rule: Fingerprint, vocabulary: Vocabulary) -> Iterable[tuple[Place, str]]:
    if rule.field not in vocabulary.fields:
        yield (
            ("field",),
            (f"unknown field {rule.field!r}{suggest(rule.field, vocabulary.fields)}; docs/fields.md has them all"),
        )
    if rule.maker not in vocabulary.makers:
        yield (
            ("maker",),
            (
                f"unknown maker {rule.maker!r}{suggest(rule.maker or '', vocabulary.makers)}; "
                "a new one is added to fingerprints/makers.yaml on purpose"
            ),
        )
    if rule.brand is not None and rule.brand not in vocabulary.brands:
        yield (
            ("brand",),
            (
                f"unknown brand {rule.brand!r}{suggest(rule.brand, vocabulary.brands)}; "
                "a new one is added to fingerprints/makers.yaml on purpose"
            ),
        )
    if rule.pattern is not None:
        yield from _check_pattern(rule)
    else:
        yield from _check_blocks(rule)


def _check_pattern(rule: Fingerprint) -> Iterable[tuple[Place, str]]:
    try:
        compiled = compile_pattern(rule.pattern or "")
    except PatternError as error:
        yield ("pattern",), str(error)
        return
    for index, example in enumerate(rule.examples):
        found = compiled.fullmatch(example.value)
        if found is None:
            yield ("examples", index), "this example is not hit"
            continue
        extracted = {k: v.strip() for k, v in found.groupdict().items() if v and v.strip()}
        if extracted != dict(example.extracts):
            yield ("examples", index), f"extracts {extracted}, the example says {dict(example.extracts)}"
    for index, example in enumerate(rule.counterexamples):
        if compiled.fullmatch(example.value) is not None:
            yield ("counterexamples", index), "this counterexample is hit"


def _check_blocks(rule: Fingerprint) -> Iterable[tuple[Place, str]]:
    for block in rule.blocks:
        if len(block) not in (6, 7, 9) or any(c not in "0123456789abcdef" for c in block):
            yield ("blocks",), f"{block!r} is not a MAC block of 24, 28 or 36 bits"
        elif int(block[1], 16) & 2:
            yield ("blocks",), f"{block!r} is locally administered and identifies nobody"
    for index, example in enumerate(rule.examples):
        if not example.value.startswith(rule.blocks):
            yield ("examples", index), "this example lies in none of the blocks"
    for index, example in enumerate(rule.counterexamples):
        if example.value.startswith(rule.blocks):
            yield ("counterexamples", index), "this counterexample lies in a block"


def _find_repeats(rules: Sequence[Fingerprint]) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    blocks: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            problems.append(Problem(rule.path, rule.line, f"{rule.id}: this id stands already in {seen[rule.id]}"))
        seen[rule.id] = f"{rule.path}:{rule.line}"
        for block in rule.blocks:
            if block in blocks:
                problems.append(
                    Problem(rule.path, rule.line, f"{rule.id}: block {block} stands already in {blocks[block]}")
                )
            blocks[block] = rule.id
    return problems
