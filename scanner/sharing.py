"""Writes an anonymised copy of a run record, for others to test with; the record itself is never touched.

Raw bytes are left out: what hides in them cannot be masked with certainty. Everything else goes through
scanner/anonymise.py, with one set of stand-ins for the whole record.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from scanner.anonymise import mask_lines
from scanner.model import RunInfo
from scanner.record import read_record
from scanner.record_writer import RecordWriter


def write_shared_copy(source: Path, target: Path) -> int:
    """Write the masked copy of `source` to the new file `target`; return its observations. Raises RecordError."""
    record = read_record(source)
    lines = mask_lines(chain([record.run], record.observations, record.attempts, record.sweeps, record.notes))
    with RecordWriter(target) as writer:
        for line in lines:
            if isinstance(line, RunInfo):
                writer.write_run(line)
            else:
                writer.write(line)
        ended = record.ended
        writer.close(ended.at if ended is not None else record.run.started, ended.how if ended is not None else "done")
    return len(record.observations)
