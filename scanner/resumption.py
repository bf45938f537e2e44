"""Takes up an interrupted run: what it heard is kept, what it asked and had answered is not asked again. Pure."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

from scanner.engine import Known
from scanner.model import Outcome
from scanner.record import Record, RecordWriter, Value, read_raw

ASKED: Final = frozenset({Outcome.ANSWERED, Outcome.REFUSED, Outcome.SILENT, Outcome.GARBLED})
"""Attempts that count as asked. A skipped or broken one is made again."""


def what_is_known(record: Record, sweeps: frozenset[str]) -> Known:
    """What need not be asked again: sweeps that ended on every interface, probes that ended, all observations."""
    interfaces = set(record.run.interfaces)
    ended: dict[str, set[str]] = defaultdict(set)
    for result in record.sweeps:
        if result.outcome is not Outcome.BROKEN:
            ended[result.sweep].add(result.interface)
    done = frozenset(name for name in sweeps if ended[name] and ended[name] >= (interfaces if interfaces else set()))
    probed = frozenset((a.by, a.address, a.port) for a in record.attempts if a.outcome in ASKED)
    return Known(done, probed, record.observations)


def replay(record: Record, writer: RecordWriter) -> None:
    """Copy what the earlier run recorded into the new record, so that it stands for itself."""
    path = Path(record.path)
    for digest, offset in record.raw.items():
        writer.write_raw(read_raw(path, offset), digest)
    values: tuple[Value, ...] = (*record.observations, *record.attempts, *record.sweeps, *record.notes)
    for value in values:
        writer.write(value)
