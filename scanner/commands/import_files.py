"""`camcensus import`: what another tool saw becomes a run record. Touches no network."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from scanner.exits import Exit
from scanner.fingerprint_files import load_library
from scanner.importing.files import Imported, read_file
from scanner.model import Note, RunInfo
from scanner.outputs import RECORD_NAME, make_folder
from scanner.record_writer import RecordWriter


def import_files(files: Sequence[Path], out: Path | None) -> int:
    """Write one record of all files, and say where it is; what was left out is said and stands in the record."""
    fields = load_library().groups
    imported = [read_file(path, fields) for path in files]
    now = time.time()
    path = make_folder(out, now) / RECORD_NAME
    seen = write_record(path, [str(one) for one in files], imported, now)
    for remark in dict.fromkeys(remark for one in imported for remark in one.remarks):
        print(f"Note: {remark}", file=sys.stderr)
    print(f"Record: {path} ({seen} observations)\nJudge it with: camcensus judge {path.parent}")
    return Exit.CLEAN


def write_record(path: Path, names: Sequence[str], imported: Sequence[Imported], now: float) -> int:
    """Write the record and seal it; returns the number of observations, each fact of a file once."""
    with RecordWriter(path) as record:
        record.write_run(
            RunInfo(
                id=uuid.uuid4().hex,
                version=version("camcensus"),
                started=now,
                ended=None,
                command="camcensus import " + " ".join(names),
                pace="",
                interfaces=(),
                scope=(),
                excluded=(),
                authorised_by="",
                source="import",
            )
        )
        observations = dict.fromkeys(seen for one in imported for heard in one.heard for seen in heard.observations)
        for one in imported:
            for heard in one.heard:
                for digest, data in heard.raw:
                    record.write_raw(data, digest)
            for remark in one.remarks:
                record.write(Note("import", remark, now))
        for seen in observations:
            record.write(seen)
        record.close(now)
    return len(observations)
