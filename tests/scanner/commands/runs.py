"""A small record for the tests of commands: a Hikvision camera, an Axis one, and whatever is added."""

from __future__ import annotations

from pathlib import Path

from scanner.model import Observation, Outcome, RunInfo, SweepResult
from scanner.record_writer import RecordWriter

HIKVISION = Observation(
    "sadp", "raw",
    "<ProbeMatch><Types>inquiry</Types><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>"
    "<DeviceSN>DS-2CD2042WD-I20170612AAWR700000000</DeviceSN><MAC>44-19-b6-00-00-01</MAC></ProbeMatch>",
    address="127.0.0.5", port=37020, request="inquiry", at=1_700_000_001.0, by="sadp-sweep",
)  # fmt: skip
AXIS = Observation(
    "http", "www-authenticate", 'Digest realm="AXIS_ACCC8E000002"', address="127.0.0.6", port=80,
    at=1_700_000_001.0, by="http-banner",
)  # fmt: skip


def write_run(folder: Path, *seen: Observation, complete: bool = True) -> Path:
    """Write a sealed record of these observations into a new folder and return the folder."""
    folder.mkdir(parents=True)
    info = RunInfo("r1", "0.1.0", 1_700_000_000.0, None, "scan", "normal", ("lo",), ("127.0.0.0/24",), (), "me")
    with RecordWriter(folder / "record.jsonl") as writer:
        writer.write_run(info)
        for item in seen:
            writer.write(item)
        if not complete:
            writer.write(SweepResult("arp-sweep", "lo", Outcome.SKIPPED, "lo has no hardware addresses to ask for"))
        writer.close(1_700_000_002.0)
    return folder
