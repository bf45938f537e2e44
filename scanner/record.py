"""Reads a run record: JSON Lines, each line valid by itself, closed by a seal; never judges.

A record whose seal is missing (the run was killed) is read to its last whole line and called incomplete; one that was
altered is refused with the line. Lines: scanner/record_line.py.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from msgspec.structs import astuple

from scanner.model import Attempt, Note, Observation, RunInfo, SweepResult, replace
from scanner.record_line import (
    FORMAT,
    KINDS,
    LINE_CAP,
    Ended,
    Raw,
    RecordError,
    Value,
    decode,
    digest_of,
    from_line,
    parse,
    read_end,
)

PIECE: Final = 1 << 20
"""Bytes of a record that are hashed at a time, or read of a long line."""

HEAP: Final = 4_096
"""Bytes read at a place: what a probe told of a host at once, in most cases."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read: its number, its byte offset and its object."""

    number: int
    offset: int
    body: Mapping[str, Any]


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines; an unfinished last line ends the record, any other broken line raises RecordError."""
    for number, offset, line in _walk(path):
        yield Line(number, offset, parse(path, number, line))


def _walk(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Number, byte offset and bytes of every whole line."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}") from None
    with stream:
        offset = 0
        for number, line in enumerate(iter(functools.partial(stream.readline, LINE_CAP + 1), b""), 1):
            if len(line) > LINE_CAP:  # and perhaps without end: it is never held
                raise RecordError(f"{path}:{number}: line of more than {LINE_CAP:,} bytes, not a record of ours")
            if not line.endswith(b"\n"):
                return
            yield number, offset, line
            offset += len(line)


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
            value = decode(data)
            if value is None:
                value = self._read(Line(number, offset, parse(self._path, number, data)))
            elif self._seal is not None:
                self._refuse(number)
            if isinstance(value, Observation | Attempt):
                yield offset, _share(value, self._texts) if self._keep else value
            elif isinstance(value, Raw) and self._keep:
                self._raw[value.digest] = offset
        if not self._runs:
            raise RecordError(
                f"{self._path}: no run line, so this is not a run record (or it was cut before its first line)"
            )
        if self._seal is not None:
            _check_seal(self._path, self._seal)

    def _read(self, line: Line) -> Observation | Attempt | Raw | None:
        """The value of a line that fills the record; what frames it is kept."""
        kind = line.body["type"]
        if self._seal is not None:
            self._refuse(line.number)
        if kind == "raw":
            return Raw(str(line.body.get("digest")))
        if kind == "end":
            self._ended = _read_end(self._path, line)
        elif kind == "seal":
            self._seal = line
        elif kind in KINDS:
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
    try:
        return read_end(line.body)
    except ValueError as error:
        raise RecordError(f"{path}:{line.number}: {error}") from None


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
        self._begin, self._piece = 0, b""  # what was read last, and where it stands

    def take(self, place: int) -> Observation | Attempt:
        """The value whose line begins there. Raises RecordError when there is none."""
        line = self._read_line(place)
        value = decode(line) or self._take_slowly(line)
        if not isinstance(value, Observation | Attempt):
            raise RecordError(f"{self._path}: the line at byte {place} is not what it was; the record was altered")
        return value

    def _read_line(self, place: int) -> bytes:
        """A host's lines stand in small heaps far from each other: so much is read as often holds the next one, too."""
        start = place - self._begin
        end = self._piece.find(b"\n", start) if start >= 0 else -1
        if end < 0:
            start, self._begin = 0, place
            self._piece = os.pread(self._stream.fileno(), HEAP, place)
            end = self._piece.find(b"\n")
        while end < 0 and len(self._piece) < LINE_CAP:
            more = os.pread(self._stream.fileno(), PIECE, place + len(self._piece))
            if not more:
                break
            self._piece += more
            end = self._piece.find(b"\n")
        return self._piece[start : end + 1]

    def _take_slowly(self, line: bytes) -> Value | None:
        try:
            return from_line(parse(self._path, 0, line))
        except (KeyError, TypeError, ValueError):
            return None

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def find_raw(path: Path) -> Mapping[str, int]:
    """Where the raw lines begin, by digest, and nothing else of the record. Raises RecordError as reading does."""
    reader = RecordReader(path, keep=True)
    deque(reader, maxlen=0)
    return reader.frame().raw


def read_raw(path: Path, offset: int) -> bytes:
    """The raw bytes whose line begins at `offset` (from `find_raw`). Raises RecordError when they do not fit."""
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
