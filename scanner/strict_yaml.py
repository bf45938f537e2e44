"""Reads the project's YAML files to the letter; never guesses a type, follows a reference or opens a file.

Stock YAML turns `10:11:12` into 36672, `0123` into 83, `no` into False, and lets the second of two equal keys win.
Here every scalar stays text, except plain decimal integers and plain `true` / `false`. Mapping keys are always text.
Duplicate keys, anchors, aliases, tags, directives, tabs and a second document are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

LARGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes. The largest data file of the tree is under 200 kB; a file ten times that is a mistake or an attack."""

DEEPEST: Final = 32
"""Levels of nesting. The deepest file of the tree uses seven; more would only serve to exhaust the stack."""

Node = str | int | bool | list["Node"] | dict[str, "Node"]
"""What a file holds: text, integers, true/false, lists, and mappings with text keys."""

Path = tuple[str | int, ...]
"""Where a node stands: ("fingerprints", 3, "pattern")."""

Lines = Mapping[Path, int]
"""Line (from 1) of every node: for an entry of a mapping that of its key, for an item of a list that of the item."""

# Eighteen digits fit a signed 64-bit number; a longer row of digits is a serial number and stays text.
_INTEGER: Final = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events, ten times faster where built


class YamlError(ValueError):
    """A file cannot be used as written. `line` and `column` count from 1; `message` says what to write instead."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path = path
        self.line = line
        self.column = column
        self.message = message


def load(text: str, name: str) -> Node:
    """The value of one document. `name` is the file's name as errors shall print it. Raises YamlError, nothing else."""
    return load_with_lines(text, name)[0]


def load_with_lines(text: str, name: str) -> tuple[Node, Lines]:
    """As `load`, with the line of every node, so that a checker can print file:line."""
    _refuse_before_parsing(text, name)
    builder = _Builder(name)
    for event in _events(text, name):
        builder.take(event)
    if not builder.roots:
        raise YamlError(name, 1, 1, "the file is empty")
    return builder.roots[0], builder.lines


def decode(data: bytes, name: str) -> str:
    """The text of a file's bytes: UTF-8, with or without a byte order mark, within the size cap. Raises YamlError."""
    if len(data) > LARGEST_FILE:
        raise YamlError(name, 1, 1, f"the file has {len(data)} bytes; at most {LARGEST_FILE} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError(name, line, 1, "the file is not UTF-8; save it as UTF-8") from error


def _refuse_before_parsing(text: str, name: str) -> None:
    if len(text) > LARGEST_FILE:
        raise YamlError(name, 1, 1, f"the text has {len(text)} characters; at most {LARGEST_FILE} are read")
    tab = text.find("\t")
    if tab >= 0:
        line = text.count("\n", 0, tab) + 1
        column = tab - (text.rfind("\n", 0, tab) + 1) + 1
        raise YamlError(name, line, column, 'a tab; indent with blanks, and write a tab inside quotes as "\\t"')


def _events(text: str, name: str) -> Iterator[Any]:
    """The parser's events; its own errors become ours."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except UnicodeEncodeError as error:  # half a surrogate pair, which no UTF-8 file can hold
        line = text.count("\n", 0, error.start) + 1
        raise YamlError(name, line, 1, "a character that is no character of its own (a lone surrogate)") from error
    except yaml.reader.ReaderError as error:
        # The position counts characters or bytes depending on the parser, so only the character is named.
        raise YamlError(name, 1, 1, f"a character that YAML does not allow: {error.reason}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlError(name, line, column, f"not readable as YAML: {said}") from error


@dataclass(slots=True)
class _Level:
    """One open mapping or list; `key` is the key that waits for its value."""

    value: dict[str, Node] | list[Node]
    path: Path
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Turns events into one value and its lines. A stack instead of recursion, so that depth is a number."""

    name: str
    roots: list[Node] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    stack: list[_Level] = field(default_factory=list)

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"an alias (*{event.anchor}); write the value out again")
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _start_document(self, event: Any) -> None:
        if self.roots:
            self._refuse(event, "a second document; one file holds one document")
        if event.version or event.tags:
            self._refuse(event, "a % directive; leave it out")

    def _scalar(self, event: Any) -> None:
        self._refuse_marks(event)
        level = self.stack[-1] if self.stack else None
        if level is not None and isinstance(level.value, dict) and level.key is None:
            self._take_key(level, event)
            return
        plain = event.implicit[0] and not event.style
        self._place(event, _resolve(event.value) if plain else event.value)

    def _open(self, event: Any) -> None:
        self._refuse_marks(event)
        level = self.stack[-1] if self.stack else None
        if level is not None and isinstance(level.value, dict) and level.key is None:
            self._refuse(event, "a list or mapping as a key; a key is one word of text")
        if len(self.stack) >= DEEPEST:
            self._refuse(event, f"nested deeper than {DEEPEST} levels")
        value: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(event, value)
        self.stack.append(_Level(value, path))

    def _take_key(self, level: _Level, event: Any) -> None:
        if event.value == "<<":
            self._refuse(event, "a merge key (<<); write the entries out")
        if event.value in level.value:
            first = self.lines[(*level.path, event.value)]
            self._refuse(event, f"the key {event.value!r} is already set on line {first}")
        level.key = event.value
        self.lines[(*level.path, event.value)] = event.start_mark.line + 1

    def _place(self, event: Any, value: Node) -> Path:
        """Put a finished scalar or an opened collection where it belongs and return its path."""
        if not self.stack:
            self.roots.append(value)
            self.lines[()] = event.start_mark.line + 1
            return ()
        level = self.stack[-1]
        if isinstance(level.value, list):
            path: Path = (*level.path, len(level.value))
            self.lines[path] = event.start_mark.line + 1
            level.value.append(value)
            return path
        assert level.key is not None, "a key was taken before its value"
        path = (*level.path, level.key)
        level.value[level.key] = value
        level.key = None
        return path

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"an anchor (&{event.anchor}); anchors are not used here")
        if event.tag is not None:
            self._refuse(event, f"a tag ({event.tag}); leave it out, quote the value if it must be text")

    def _refuse(self, event: Any, message: str) -> None:
        mark = event.start_mark
        raise YamlError(self.name, mark.line + 1, mark.column + 1, message)


def _resolve(text: str) -> Node:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _INTEGER.match(text) else text
