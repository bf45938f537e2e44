"""One line of a run record: a value as an object of JSON, and back; opens no file, and judges nothing.

Lines are objects with a "type": run, raw, observation, attempt, sweep, note, end, seal. Format: docs/record-format.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Final, get_type_hints

from msgspec import DecodeError, Struct
from msgspec.json import Decoder
from pydantic_core import PydanticSerializationError, from_json, to_json

from scanner.model import EARLIEST, LATEST, WIDEST, Attempt, Note, Observation, Outcome, RunInfo, SweepResult

FORMAT: Final = "camcensus.record/1"

LINE_CAP: Final = 4 << 20
"""Bytes of one line: a raw answer is at most 64 kB, a TLS chain a few hundred; longer is not one of ours."""


class RecordError(ValueError):
    """The record cannot be read or written; the message names the file, the line and what to do."""


Value = RunInfo | Observation | Attempt | SweepResult | Note
KINDS: Final[dict[str, type[Any]]] = {
    "run": RunInfo,
    "observation": Observation,
    "attempt": Attempt,
    "sweep": SweepResult,
    "note": Note,
}
"""What the lines hold that are one value."""

_NAMES: Final = {kind: name for name, kind in KINDS.items()}
_FIELDS: Final = {kind: kind.__struct_fields__ for kind in KINDS.values()}
_DEFAULTS: Final = {
    kind: {one.name: one.default for one in signature(kind).parameters.values() if one.default is not one.empty}
    for kind in KINDS.values()
}
_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Ended:
    """How the sensing stopped: "done" or "interrupted", and what was not done because of it."""

    at: float
    how: str
    undone: tuple[str, ...] = ()


def _is_text(value: Any) -> bool:
    """Text that can be written as UTF-8: JSON can name half a surrogate pair, which no output could hold."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value))


_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}

_ACCEPTS: Final[Mapping[Any, Callable[[Any], bool]]] = {
    str: _is_text,
    str | None: lambda value: value is None or _is_text(value),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: type(value) is int and -WIDEST < value < WIDEST,
    int | None: lambda value: value is None or (type(value) is int and -WIDEST < value < WIDEST),
    float: lambda value: type(value) in (int, float) and EARLIEST < value < LATEST,
    float | None: lambda value: value is None or (type(value) in (int, float) and EARLIEST < value < LATEST),
    tuple[str, ...]: lambda value: isinstance(value, list) and all(map(_is_text, value)),
    Outcome: lambda value: isinstance(value, str) and value in _OUTCOMES,
}
"""What a JSON value must be for a field of each type."""

_CHECKS: Final = {
    kind: {name: _ACCEPTS[hint] for name, hint in get_type_hints(kind).items() if name in _FIELDS[kind]}
    for kind in KINDS.values()
}


def digest_of(data: bytes) -> str:
    """The name raw bytes go by: lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def encode(body: Mapping[str, Any]) -> bytes:
    """JSON in ASCII. A fifth of the time of the standard library's, which is asked for what it alone can write."""
    try:
        return to_json(body, ensure_ascii=True)
    except PydanticSerializationError:  # half a surrogate pair: JSON can name it, UTF-8 cannot hold it
        return _ENCODE(body).encode()


def to_line(value: Value) -> dict[str, Any]:
    """One value as the object of its line; fields at their default are left out."""
    kind = type(value)
    defaults = _DEFAULTS[kind]
    body: dict[str, Any] = {"type": _NAMES[kind]}
    for name in _FIELDS[kind]:
        item = getattr(value, name)
        if name not in defaults or item != defaults[name]:
            body[name] = item
    return body


def from_line(body: Mapping[str, Any]) -> Value:
    """The value of one line; unknown keys are ignored so that newer records stay readable.

    Raises ValueError for a value of the wrong kind, TypeError for one that is missing.
    """
    kind = KINDS[body["type"]]
    checks = _CHECKS[kind]
    known: dict[str, Any] = {}
    for name, item in body.items():
        check = checks.get(name)
        if check is None:
            continue
        if not check(item):
            raise ValueError(f"{name} is {item!r:.60}")
        known[name] = tuple(item) if type(item) is list else item
    if "outcome" in known:
        known["outcome"] = _OUTCOMES[known["outcome"]]
    return kind(**known)  # type: ignore[no-any-return]


class Raw(Struct, frozen=True, tag_field="type", tag="raw"):
    """A raw line: its bytes stay in the file."""

    digest: str


_DECODE: Final[Callable[[bytes], Observation | Attempt | Raw]] = Decoder(Observation | Attempt | Raw).decode
"""Reads the lines that there are very many of, in a tenth of the time of `from_line`, and refuses what that refuses."""


def decode(line: bytes) -> Observation | Attempt | Raw | None:
    """The value of a line of the three frequent kinds that is in order; None for all else, which `from_line` judges."""
    try:
        return _DECODE(line)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parse(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        body = from_json(line)
    except ValueError:  # takes a third of the time, and less than JSON allows (half a surrogate pair)
        body = _parse_slowly(path, number, line)
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise RecordError(f"{path}:{number}: not a line of a run record (no type)")
    return body


def _parse_slowly(path: Path, number: int, line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise RecordError(f"{path}:{number}: not a line of a run record (no JSON)") from None


def read_end(body: Mapping[str, Any]) -> Ended:
    """The end of the run, from its line. ValueError for what is none."""
    at, how, undone = body.get("at"), body.get("how"), body.get("undone", [])
    if not (_ACCEPTS[float](at) and _ACCEPTS[str](how) and _ACCEPTS[tuple[str, ...]](undone)):
        raise ValueError("not readable as end of the run")
    return Ended(float(at), str(how), tuple(undone))  # type: ignore[arg-type]
