"""Fingerprint rules as values, and the library they make up; reads no file and touches no network.

A rule reads one field of an observation, as a whole value, and says who made the thing or whose name is on it.
Patterns are RE2, so no device and no rule can make matching slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import re2
from msgspec import Struct

from scanner.grammar import Grammar
from scanner.model import Strength

EXTRACTABLE: Final = frozenset(
    {"model", "firmware", "serial", "mac", "channels", "hardware", "brand_text", "kind_text"}
)
"""What a named group of a pattern may extract."""

KINDS: Final = frozenset({
    "camera", "recorder", "door-station", "access-control", "thermal", "encoder", "switch", "intercom", "display",
    "radio", "software", "printer", "nas", "router", "access-point", "phone", "server", "media", "other",
})  # fmt: skip
"""What a device can be."""


MAC_PREFIX: Final = "mac.prefix"
"""The field of hardware addresses, which are looked up by blocks."""

MEMO_VALUES: Final = 512
"""Distinct values of one field whose answer is remembered: an estate says few different things very often."""

MEMO_LENGTH: Final = 1_000
"""Longest value, in characters, that is remembered; pages are matched anew, so that they cannot fill the memory."""


class Asserts(StrEnum):
    """Which half of the answer a rule may speak to."""

    MAKER = "maker"
    BRAND = "brand"
    BOTH = "both"
    DETAIL = "detail"  # only extracts; says nothing of who made it


@dataclass(frozen=True, slots=True)
class Example:
    """A value the rule must hit (or, as a counterexample, must miss), and where it was seen."""

    value: str
    origin: str
    extracts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One rule. Either `pattern` (RE2, whole value) or `blocks` (MAC prefixes, bare lower-case hexadecimal)."""

    id: str
    field: str
    strength: Strength
    asserts: Asserts
    reason: str
    reference: str
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    maker: str | None = None
    brand: str | None = None
    kind: str | None = None
    pattern: str | None = None
    blocks: tuple[str, ...] = ()
    status: str = "stable"
    path: str = ""
    line: int = 0


class PatternError(ValueError):
    """A pattern cannot be used; the message says why."""


def compile_options() -> Any:
    """RE2 options of every pattern: quiet, bounded memory, no look-around or back-references by design of RE2."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


def compile_pattern(pattern: str) -> Any:
    """Compile one pattern to match a whole value. Raises PatternError on what RE2 lacks and on an empty match."""
    try:
        compiled = re2.compile(pattern, compile_options())
    except re2.error as problem:
        text = problem.args[0].decode() if isinstance(problem.args[0], bytes) else str(problem.args[0])
        raise PatternError(
            f"not a pattern RE2 takes (look-around and back-references do not exist there): {text}"
        ) from None
    if compiled.fullmatch("") is not None:
        raise PatternError("matches the empty string, so it would hit a device that said nothing")
    unknown = sorted(set(compiled.groupindex) - EXTRACTABLE)
    if unknown:
        raise PatternError(f"extracts {unknown}, known are {sorted(EXTRACTABLE)}")
    return compiled


@dataclass(frozen=True, slots=True)
class Weights:
    """fingerprints/strengths.yaml as values; all weights as chances between 0 and 1."""

    weight: Mapping[Strength, float]
    identify_at: float
    suspect_at: float
    agree_at: float
    never_alone: frozenset[str]
    matches_per_device: int


_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Hit(Struct, frozen=True, gc=False):
    """A rule that hit a value, and what it extracted."""

    fingerprint: Fingerprint
    extracted: Mapping[str, str]


class _FieldIndex(dict[str, tuple[Hit, ...]]):
    """All rules of one field: one RE2 set says which hit, the single patterns extract. Read as `index[value]`.

    A dictionary of what was answered, since looking there costs least. Bytes throughout: the binding's text path counts
    characters for every group and takes three times as long.
    """

    __slots__ = ("_alone", "_extractors", "_match")

    def __init__(self, match: Callable[[bytes], list[int] | None], extractors: Sequence[_Extractor]) -> None:
        super().__init__()
        self._match: Final = match  # places of the rules that hit the whole value
        self._extractors: Final = extractors
        self._alone: Final = [  # the whole answer where a rule that extracts nothing hits alone
            None if extractor.groups else (Hit(extractor.rule, _NOTHING),) for extractor in extractors
        ]

    def __missing__(self, value: str) -> tuple[Hit, ...]:
        try:
            data = value.encode()
        except UnicodeEncodeError:  # half a surrogate pair, as JSON may carry it, is no text
            data = value.encode("utf-8", "replace")
        found = self._match(data)
        if not found:
            hits: tuple[Hit, ...] = ()
        elif len(found) == 1:
            hits = self._alone[found[0]] or (self._extractors[found[0]].read(data),)
        else:
            hits = tuple([hit for place in sorted(found) for hit in self._tell(place, data)])
        if len(value) <= MEMO_LENGTH:
            if len(self) >= MEMO_VALUES:
                self.clear()  # an order of last use would cost those who never repeat themselves the most
            self[value] = hits
        return hits

    def _tell(self, place: int, data: bytes) -> tuple[Hit, ...]:
        return self._alone[place] or (self._extractors[place].read(data),)


@dataclass(frozen=True, slots=True)
class _Extractor:
    """One rule and the groups of its pattern: name and number of what it extracts."""

    rule: Fingerprint
    pattern: Any
    groups: tuple[tuple[str, int], ...]

    def read(self, data: bytes) -> Hit:
        found = self.pattern.fullmatch(data)
        if found is None:
            return Hit(self.rule, {})
        texts = [(name, (found[number] or b"").decode("utf-8", "replace").strip()) for name, number in self.groups]
        return Hit(self.rule, {name: text for name, text in texts if text})


class Library:
    """All rules, indexed by field. Immutable after construction; `find` is pure and remembers short values."""

    def __init__(
        self,
        fingerprints: Sequence[Fingerprint],
        weights: Weights,
        groups: Mapping[str, str],
        digest: str,
        grammar: Grammar | None = None,
    ) -> None:
        self.fingerprints: Final = tuple(fingerprints)
        self.weights: Final = weights
        self.groups: Final = dict(groups)  # dotted field name -> signal group
        self.digest: Final = digest
        self.grammar: Final = grammar  # forms of model names; None leaves kinds and channels to the protocols
        self._by_field: Final = {name: _index(rules) for name, rules in _grouped(self.fingerprints).items()}
        self._blocks: Final = {block: rule for rule in self.fingerprints for block in rule.blocks}
        self._block_lengths: Final = tuple(sorted({len(block) for block in self._blocks}, reverse=True))

    def find(self, name: str, value: str) -> tuple[Hit, ...]:
        """Every rule of field `name` that hits the whole `value`, in file order; MAC blocks longest prefix first."""
        index = self._by_field.get(name)
        if index is None:
            return self._find_block(value) if name == MAC_PREFIX else ()
        return index[value]

    def reads(self, name: str) -> bool:
        """True when any rule reads this field."""
        return name in self._by_field or name == MAC_PREFIX

    def group_of(self, rule: Fingerprint) -> str:
        """The independent signal group of a rule."""
        return self.groups[rule.field]

    def _find_block(self, value: str) -> tuple[Hit, ...]:
        for length in self._block_lengths:
            if length <= len(value) and (rule := self._blocks.get(value[:length])) is not None:
                return (Hit(rule, {}),)
        return ()


def _grouped(rules: Sequence[Fingerprint]) -> dict[str, list[Fingerprint]]:
    grouped: dict[str, list[Fingerprint]] = {}
    for rule in rules:
        if rule.pattern is not None:
            grouped.setdefault(rule.field, []).append(rule)
    return grouped


def _index(rules: Sequence[Fingerprint]) -> _FieldIndex:
    matcher = re2.Set.FullMatchSet(compile_options())
    for rule in rules:
        matcher.Add(rule.pattern)
    matcher.Compile()
    return _FieldIndex(_way_in(matcher), [_make_extractor(rule) for rule in rules])


def _way_in(matcher: Any) -> Callable[[bytes], list[int] | None]:
    """The set's own question without the binding's look at what kind of text it is: a quarter of the whole time."""
    match: Callable[[bytes], list[int] | None] = getattr(matcher, "_set", matcher).Match
    return match


def _make_extractor(rule: Fingerprint) -> _Extractor:
    pattern = compile_pattern(rule.pattern or "")
    return _Extractor(rule, pattern, tuple(pattern.groupindex.items()))
