"""Writes an anonymised copy of a run record, for others to test with; the record itself is never touched.

Raw bytes are left out: what hides in them cannot be masked with certainty. Everything else goes through
scanner/anonymise.py, with one set of stand-ins for the whole record. A run that was cut short stays cut short in it:
the copy has a seal of its own, and a seal says nothing of what was asked.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from scanner.anonymise import Anonymiser, mask_lines
from scanner.model import RunInfo
from scanner.record import read_record
from scanner.record_writer import RecordWriter


def write_shared_copy(source: Path, target: Path) -> int:
    """Write the masked copy of `source` to the new file `target`; return its observations. Raises RecordError."""
    record = read_record(source)
    masks = Anonymiser()
    lines = mask_lines(chain([record.run], record.observations, record.attempts, record.sweeps, record.notes), masks)
    ended = record.ended
    with RecordWriter(target) as writer:
        for line in lines:
            if isinstance(line, RunInfo):
                writer.write_run(line)
            else:
                writer.write(line)
        if ended is None or not record.sealed:
            writer.close(record.run.started, "broken")
        else:
            writer.close(ended.at, ended.how, tuple(map(masks.mask_text, ended.undone)))
    return len(record.observations)
