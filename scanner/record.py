"""The run record: JSON Lines, each line valid by itself, closed by a seal. Writes what was sensed and reads it back.

Never changes a line once written and never judges. A record whose seal is missing (the run was killed) is read to its
last whole line and called incomplete; one that was altered is refused with the line.

Lines are objects with a "type": run, raw, observation, attempt, sweep, note, end, seal. Format: docs/record-format.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Final, NoReturn, Self, get_type_hints

from msgspec import DecodeError, Struct
from msgspec.json import Decoder
from msgspec.structs import astuple
from pydantic_core import PydanticSerializationError, from_json, to_json

from scanner.model import EARLIEST, LATEST, WIDEST, Attempt, Note, Observation, Outcome, RunInfo, SweepResult, replace

FORMAT: Final = "camcensus.record/1"

LINE_CAP: Final = 4 << 20
"""Bytes of one line: a raw answer is at most 64 kB, a TLS chain a few hundred; longer is not one of ours."""

PIECE: Final = 1 << 20
"""Bytes of a record that are hashed at a time."""

PRIVATE_MODE: Final = 0o600
"""Records hold serial numbers and network plans: for the auditor's eyes."""


class RecordError(ValueError):
    """The record cannot be read or written; the message names the file, the line and what to do."""


class RecordLost(RecordError):
    """The disk took no more in the middle of a run; the lines written before it stand and can be read."""


Value = RunInfo | Observation | Attempt | SweepResult | Note
_KINDS: Final[dict[str, type[Any]]] = {
    "run": RunInfo,
    "observation": Observation,
    "attempt": Attempt,
    "sweep": SweepResult,
    "note": Note,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}
_FIELDS: Final = {kind: kind.__struct_fields__ for kind in _KINDS.values()}
_DEFAULTS: Final = {
    kind: {one.name: one.default for one in signature(kind).parameters.values() if one.default is not one.empty}
    for kind in _KINDS.values()
}
_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Ended:
    """How the sensing stopped: "done" or "interrupted", and what was not done because of it."""

    at: float
    how: str
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read. `raw` holds the byte offsets of the raw lines, the bytes stay in the file."""

    path: str
    run: RunInfo
    observations: tuple[Observation, ...]
    attempts: tuple[Attempt, ...]
    sweeps: tuple[SweepResult, ...]
    notes: tuple[Note, ...]
    ended: Ended | None
    sealed: bool
    raw: Mapping[str, int]


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
    for kind in _KINDS.values()
}


def digest_of(data: bytes) -> str:
    """The name raw bytes go by: lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def _encode(body: Mapping[str, Any]) -> bytes:
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
    kind = _KINDS[body["type"]]
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


class _Raw(Struct, frozen=True, tag_field="type", tag="raw"):
    """A raw line: its bytes stay in the file."""

    digest: str


_DECODE: Final[Callable[[bytes], Observation | Attempt | _Raw]] = Decoder(Observation | Attempt | _Raw).decode
"""Reads the lines that there are very many of, in a tenth of the time of `from_line`, and refuses what that refuses."""


def _decode(line: bytes) -> Observation | Attempt | _Raw | None:
    """The value of a line of the three frequent kinds that is in order; None for all else, which `from_line` judges."""
    try:
        return _DECODE(line)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return None


class RecordWriter:
    """Appends lines to a new file. A line is handed to the kernel whole, so a killed run leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE)
        except FileExistsError:
            raise RecordError(f"{path} exists already: name another folder with --out") from None
        except OSError as error:
            raise RecordError(f"{path} cannot be written: {error.strerror}") from None
        self._hash = hashlib.sha256()
        self._lines = 0
        self._size = 0
        self._raw: set[str] = set()
        self._open = True
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why nothing more is written; empty while the disk takes it."""
        return self._trouble

    def write(self, value: Value) -> None:
        """Append one value. Raises RecordLost when the disk does not take it, then and ever after."""
        self._append(to_line(value))

    def write_run(self, run: RunInfo) -> None:
        """The first line."""
        self._append({"type": "run", "format": FORMAT, **{k: v for k, v in to_line(run).items() if k != "type"}})

    def write_raw(self, data: bytes, digest: str | None = None) -> str:
        """Append raw bytes once and return their digest."""
        digest = digest or digest_of(data)
        if digest not in self._raw:
            self._raw.add(digest)
            self._append({"type": "raw", "digest": digest, "base64": base64.b64encode(data).decode()})
        return digest

    def close(self, at: float, how: str = "done", undone: tuple[str, ...] = ()) -> None:
        """Write the end and the seal (line count and SHA-256 of everything before it) and close. Idempotent.

        Tried even where the disk took no more: two short lines often still fit. Raises RecordLost where they do not.
        """
        if not self._open:
            return
        self._open = False
        self._trouble = ""
        try:
            self._append({"type": "end", "at": at, "how": how, "undone": list(undone)})
            self._append({"type": "seal", "lines": self._lines, "sha256": self._hash.hexdigest()})
            self._sync()
        finally:
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            os.close(self._descriptor)
            self._open = False

    def _append(self, body: dict[str, Any]) -> None:
        if self._trouble:
            raise RecordLost(self._trouble)
        line = _encode(body) + b"\n"
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self._cut_back(error)
        self._hash.update(line)
        self._lines += 1
        self._size += len(line)

    def _cut_back(self, error: OSError) -> NoReturn:
        """Take the piece of a line back that did get to the disk: a later line must not stand behind half of one."""
        self._trouble = f"{self.path}: {error.strerror}; {self._lines} lines are kept"
        try:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
        except OSError as worse:
            self._trouble += f", and an unfinished one ({worse.strerror})"
        raise RecordLost(self._trouble) from None

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:  # a network or failing disk says so only now
            raise RecordLost(f"{self.path}: {error.strerror}; the end of the record may be missing") from None


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read: its number, its byte offset and its object."""

    number: int
    offset: int
    body: Mapping[str, Any]


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines; an unfinished last line ends the record, any other broken line raises RecordError."""
    for number, offset, line in _walk(path):
        yield Line(number, offset, _parse(path, number, line))


def _walk(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Number, byte offset and bytes of every whole line."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}") from None
    with stream:
        offset = 0
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                return
            if len(line) > LINE_CAP:
                raise RecordError(f"{path}:{number}: line of {len(line):,} bytes, not a record of ours")
            yield number, offset, line
            offset += len(line)


def _parse(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
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


class RecordReader:
    """Reads a record from end to end, once, and gives what fills it: observations and attempts, each with its place.

    The rest, which a reader has when they have all been given, is little. Raises RecordError naming file and line.
    `keep`: for who keeps all he is given. The raw lines are then noted, and equal texts are one: devices of one model
    say the same pages.
    """

    def __init__(self, path: Path, *, keep: bool = False) -> None:
        self._path: Final = path
        self._keep: Final = keep
        self._texts: Final[dict[str, str]] = {}
        self._raw: Final[dict[str, int]] = {}
        self._ended: Ended | None = None
        self._seal: Line | None = None
        self._runs: list[RunInfo] = []
        self._sweeps: list[SweepResult] = []
        self._notes: list[Note] = []

    def __iter__(self) -> Iterator[tuple[int, Observation | Attempt]]:
        for number, offset, data in _walk(self._path):
            value = _decode(data)
            if value is None:
                value = self._read(Line(number, offset, _parse(self._path, number, data)))
            elif self._seal is not None:
                self._refuse(number)
            if isinstance(value, Observation | Attempt):
                yield offset, _share(value, self._texts) if self._keep else value
            elif isinstance(value, _Raw) and self._keep:
                self._raw[value.digest] = offset
        if not self._runs:
            raise RecordError(
                f"{self._path}: no run line, so this is not a run record (or it was cut before its first line)"
            )
        if self._seal is not None:
            _check_seal(self._path, self._seal)

    def _read(self, line: Line) -> Observation | Attempt | _Raw | None:
        """The value of a line that fills the record; what frames it is kept."""
        kind = line.body["type"]
        if self._seal is not None:
            self._refuse(line.number)
        if kind == "raw":
            return _Raw(str(line.body.get("digest")))
        if kind == "end":
            self._ended = _read_end(self._path, line)
        elif kind == "seal":
            self._seal = line
        elif kind in _KINDS:
            value = _value(self._path, line)
            if isinstance(value, Observation | Attempt):
                return value
            self._hold(value)
        return None

    def _refuse(self, number: int) -> NoReturn:
        raise RecordError(f"{self._path}:{number}: lines after the seal; the record was altered")

    def _hold(self, value: RunInfo | SweepResult | Note) -> None:
        if isinstance(value, RunInfo):
            self._runs.append(value)
        elif isinstance(value, SweepResult):
            self._sweeps.append(value)
        else:
            self._notes.append(value)

    def frame(self) -> Record:
        """What was read, without the observations and attempts that were given away."""
        return Record(
            str(self._path), self._runs[0], (), (), tuple(self._sweeps), tuple(self._notes), self._ended,
            self._seal is not None, self._raw,
        )  # fmt: skip


def read_record(path: Path) -> Record:
    """Read a whole record and check its seal. Raises RecordError naming file and line."""
    reader = RecordReader(path, keep=True)
    observations: list[Observation] = []
    attempts: list[Attempt] = []
    for _, value in reader:
        if isinstance(value, Observation):
            observations.append(value)
        else:
            attempts.append(value)
    return replace(reader.frame(), observations=tuple(observations), attempts=tuple(attempts))


def _share(value: Observation | Attempt, texts: dict[str, str]) -> Observation | Attempt:
    """The value with texts that were read before in place of equal ones."""
    make: Callable[..., Observation | Attempt] = type(value)
    return make(*[texts.setdefault(item, item) if type(item) is str else item for item in astuple(value)])


def _value(path: Path, line: Line) -> Value:
    if line.body["type"] == "run" and line.body.get("format") != FORMAT:
        raise RecordError(f"{path}:{line.number}: format {line.body.get('format')!r}, this version reads {FORMAT}")
    try:
        return from_line(line.body)
    except (TypeError, ValueError) as error:
        raise RecordError(f"{path}:{line.number}: not readable as {line.body['type']}: {error}") from None


def _read_end(path: Path, line: Line) -> Ended:
    at, how, undone = line.body.get("at"), line.body.get("how"), line.body.get("undone", [])
    if not (_ACCEPTS[float](at) and _ACCEPTS[str](how) and _ACCEPTS[tuple[str, ...]](undone)):
        raise RecordError(f"{path}:{line.number}: not readable as end of the run")
    return Ended(float(at), str(how), tuple(undone))  # type: ignore[arg-type]


def _check_seal(path: Path, seal: Line) -> None:
    hashed = hashlib.sha256()
    left = seal.offset
    with path.open("rb") as stream:
        while left > 0 and (piece := stream.read(min(left, PIECE))):  # a record of a large site has gigabytes
            hashed.update(piece)
            left -= len(piece)
    if seal.body.get("lines") != seal.number - 1 or seal.body.get("sha256") != hashed.hexdigest():
        raise RecordError(f"{path}:{seal.number}: the seal does not fit; the record was altered after the run")


class RecordPlaces:
    """Gives single observations and attempts of a record that was read, by their places."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path
        self._stream: Final = path.open("rb")

    def take(self, place: int) -> Observation | Attempt:
        """The value whose line begins there. Raises RecordError when there is none."""
        self._stream.seek(place)
        line = self._stream.readline(LINE_CAP)
        value = _decode(line) or self._take_slowly(line)
        if not isinstance(value, Observation | Attempt):
            raise RecordError(f"{self._path}: the line at byte {place} is not what it was; the record was altered")
        return value

    def _take_slowly(self, line: bytes) -> Value | None:
        try:
            return from_line(_parse(self._path, 0, line))
        except (KeyError, TypeError, ValueError):
            return None

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def read_raw(path: Path, offset: int) -> bytes:
    """The raw bytes whose line begins at `offset` (from Record.raw). Raises RecordError when they do not fit."""
    with path.open("rb") as stream:
        stream.seek(offset)
        line = stream.readline(LINE_CAP)
    try:
        body = json.loads(line)
        data = base64.b64decode(body["base64"], validate=True)
    except (KeyError, TypeError, ValueError, RecursionError):  # ValueError: no JSON, or no base64
        raise RecordError(f"{path}: raw line at byte {offset} is damaged") from None
    if digest_of(data) != body.get("digest"):
        raise RecordError(f"{path}: raw line at byte {offset} does not fit its digest")
    return data
