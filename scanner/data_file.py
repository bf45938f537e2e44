"""Holds one data file against the shape it must have and says every error with its line; opens no file itself.

The shape is a frozen dataclass. It lists `SHAPE` as its `__pydantic_config__`, so unknown keys and silent
conversions are refused. All errors of a file are reported together, in words for its author.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from scanner.strict_yaml import Lines, Node, Path, YamlError, load_with_lines

T = TypeVar("T")

MOST_PROBLEMS: Final = 200
"""Problems reported for one file; an author mends the first few, and a hostile file would give millions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file, at which line, in words for its author."""

    path: str
    line: int  # 0 where no line is at fault: a name that is unknown, a file that cannot be opened
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class DataError(ValueError):
    """A data file cannot be used; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Place:
    """Turns a path inside one file into a problem with the nearest known line."""

    name: str
    lines: Lines

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at `path`, or at the nearest enclosing node that has a line."""
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 1)
        return Problem(self.name, line, message)


def read_shape(shape: type[T], text: str, name: str) -> tuple[T | None, Place, list[Problem]]:
    """Read `text` as YAML of the given shape. The value is None exactly when there are problems."""
    try:
        node, lines = load_with_lines(text, name)
    except YamlError as error:
        return None, Place(name, {}), [Problem(name, error.line, error.message)]
    place = Place(name, lines)
    problems = [place.problem(path, f"{_dotted(path)} is empty; leave the key out") for path in _empties(node, ())]
    try:
        # Through JSON, because its strict mode takes lists as tuples and text as dates but never a number as text.
        value: T = _adapter(cast("Hashable", shape)).validate_json(json.dumps(node))
    except ValidationError as error:
        problems += [place.problem(tuple(item["loc"]), _words(item)) for item in error.errors()]
        return None, place, problems[:MOST_PROBLEMS]
    return (None if problems else value), place, problems[:MOST_PROBLEMS]


@cache
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    """A checker for one shape. Building one takes longer than checking a file, and it never changes."""
    return TypeAdapter(cast("type[Any]", shape))


def _empties(node: Node, path: Path) -> Iterator[Path]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _empties(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _empties(value, (*path, index))
    elif isinstance(node, str) and not node.strip():
        yield path


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _words(item: Any) -> str:
    """One validation error as a sentence for the author."""
    path = tuple(item["loc"])
    if item["type"] == "missing":
        return f"{_dotted(path[:-1])}: the key {path[-1]!r} is missing"
    if item["type"] == "unexpected_keyword_argument":
        return f"{_dotted(path[:-1])}: unknown key {path[-1]!r}"
    if item["type"].startswith("date"):
        return f"{_dotted(path)}: not a date; write it as YYYY-MM-DD"
    return f"{_dotted(path)}: {item['msg']}"


SHAPE: Final[dict[str, Any]] = {"extra": "forbid", "strict": True}
"""What a shape sets as `__pydantic_config__`: nothing unknown, nothing converted."""
