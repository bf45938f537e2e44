"""The words of paper lists in seven languages as lookups; reads its own data file, decides nothing of a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from scanner.data_file import SHAPE as _SHAPE
from scanner.data_file import DataError, read_shape

NAME: Final = "scanner/paper/vocabulary.yaml"

_HAN: Final = "\u3400-\u9fff"
"""Chinese writes words without blanks between them: a Chinese sign ends no word and begins none."""

_BEFORE: Final = rf"(?<![^\W{_HAN}])"
_AFTER: Final = rf"(?![^\W{_HAN}])"
"""No letter or digit on this side."""


@dataclass(frozen=True, slots=True)
class ItemWords:
    """Words that say what a thing is: whole words, beginnings of words, and parts of words."""

    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """The shape of the file."""

    __pydantic_config__ = _SHAPE

    columns: dict[str, tuple[tuple[str, ...], ...]]
    items: dict[str, ItemWords]
    parts: tuple[str, ...]
    coaxial: tuple[str, ...]
    joins: tuple[str, ...]
    totals: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One word found in a folded text, and what it says the thing is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, folded and compiled."""

    columns: Mapping[str, frozenset[str]]  # column name -> headers
    items: Mapping[str, re.Pattern[str]]
    parts: frozenset[str]
    coaxial: re.Pattern[str]
    joins: re.Pattern[str]
    totals: frozenset[str]
    channels: re.Pattern[str]  # one group: the number

    def find_items(self, folded: str) -> list[Hit]:
        """Every word in the folded text that says what the thing is, from left to right."""
        return sorted(self._hits(folded), key=lambda hit: (hit.start, -hit.end, hit.kind))

    def _hits(self, folded: str) -> Iterator[Hit]:
        for kind, pattern in self.items.items():
            for found in pattern.finditer(folded):
                yield Hit(found.start(), found.end(), kind)


def load_vocabulary() -> Vocabulary:
    """The shipped words. Raises DataError naming every problem."""
    text = (files("scanner.paper") / "vocabulary.yaml").read_text("utf-8")
    value, _, problems = read_shape(VocabularyFile, text, NAME)
    if value is None:
        raise DataError(problems)
    channel = _alternatives(value.channels)
    return Vocabulary(
        columns={
            name: frozenset(fold(word) for words in groups for word in words) for name, groups in value.columns.items()
        },
        items={kind: _item_pattern(words) for kind, words in value.items.items()},
        parts=frozenset(value.parts),
        coaxial=re.compile(rf"{_BEFORE}(?:{_alternatives(value.coaxial)}){_AFTER}"),
        joins=re.compile(rf"{_BEFORE}(?:{_alternatives(value.joins)}){_AFTER}|[,;&]"),
        totals=frozenset(fold(word) for word in value.totals),
        channels=re.compile(rf"{_BEFORE}(\d{{1,3}})[ -]?(?:{channel}){_AFTER}"),
    )


def fold(text: str) -> str:
    """One spelling for comparing words: small letters, no accents, "dj" for đ, single blanks."""
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join(bare.split())


_LETTERS: Final = str.maketrans({"đ": "dj", "’": "'", "‘": "'", "`": "'", "–": "-", "—": "-"})


def _item_pattern(item: ItemWords) -> re.Pattern[str]:
    # Literals only, and no open repetition before them: linear on any text.
    branches = []
    if item.words:
        branches.append(rf"{_BEFORE}(?:{_alternatives(item.words)}){_AFTER}")
    if item.stems:
        branches.append(rf"{_BEFORE}(?:{_alternatives(item.stems)})\w*")
    if item.inside:
        branches.append(f"(?:{_alternatives(item.inside)})")
    return re.compile("|".join(branches))


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted({fold(word) for word in words}, key=lambda w: (-len(w), w)))
