"""`camcensus explain`: why a device got its status, down to the bytes. Touches no network."""

from __future__ import annotations

import sys
from pathlib import Path

from reports.visible import visible
from scanner.commands.judge import make_report
from scanner.exits import Exit
from scanner.explanation import explain_device, find_device
from scanner.outputs import find_record
from scanner.record import find_raw, read_raw


def explain(run: Path, device: str, policies: tuple[str, ...], as_of: str | None) -> int:
    """Print the reasoning for one device."""
    path = find_record(run)
    report = make_report(path, policies, as_of)
    try:
        found = find_device(report, device)
    except LookupError as error:
        print(f"camcensus: {error.args[0]}", file=sys.stderr)
        return Exit.USAGE
    offsets = find_raw(path)

    def raw(digest: str) -> bytes | None:
        return read_raw(path, offsets[digest]) if digest in offsets else None

    sys.stdout.writelines(f"{visible(line)}\n" for line in explain_device(found, raw))
    return Exit.CLEAN
