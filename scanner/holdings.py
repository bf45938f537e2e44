"""A record to be read twice: once from end to end, then one observation after the other, by place; judges nothing.

A record in memory and one on disk are read alike. Of a large one on disk nothing is held: it has gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from scanner.model import Attempt, Observation
from scanner.record import Record, RecordPlaces, RecordReader


class Holdings(Protocol):
    """What a run sensed."""

    def read(self) -> Iterator[tuple[int, Observation | Attempt]]:
        """Every observation and attempt with its place, in the order of the record."""

    def frame(self) -> Record:
        """All the rest, once everything was read: without observations and attempts."""

    def take(self, place: int) -> Observation | Attempt:
        """What stands at a place that `read` gave."""


class HeldRecord:
    """A record in memory."""

    def __init__(self, record: Record) -> None:
        self._record: Final = record
        self._values: Final[tuple[Observation | Attempt, ...]] = (*record.observations, *record.attempts)

    def read(self) -> Iterator[tuple[int, Observation | Attempt]]:
        return enumerate(self._values)

    def frame(self) -> Record:
        return self._record

    def take(self, place: int) -> Observation | Attempt:
        return self._values[place]


HELD_BYTES: Final = 64 << 20
"""Of a record up to this size, what was read is held until it is taken: a sixth of the time of judging some thousand
devices goes into reading twice."""

OVERHEAD: Final = 600
"""Bytes that an observation or attempt takes beside its value."""


class StoredRecord:
    """A record on disk. Raises RecordError naming file and line; the seal is checked when all was read."""

    def __init__(self, path: Path) -> None:
        self._reader: Final = RecordReader(path)
        self._path: Final = path
        self._places: RecordPlaces | None = None
        self._held: dict[int, Observation | Attempt] = {}

    def read(self) -> Iterator[tuple[int, Observation | Attempt]]:
        left = HELD_BYTES
        for place, value in self._reader:
            if left > 0:
                left -= OVERHEAD + (len(value.value) if isinstance(value, Observation) else 0)
                self._held[place] = value
            elif self._held:
                self._held = {}
            yield place, value

    def frame(self) -> Record:
        return self._reader.frame()

    def take(self, place: int) -> Observation | Attempt:
        value = self._held.get(place)
        if value is not None:
            return value
        if self._places is None:
            self._places = RecordPlaces(self._path)
        return self._places.take(place)

    def close(self) -> None:
        """Let go of the file."""
        if self._places is not None:
            self._places.close()
