"""The shared copy is written beside the run, to a new file only, and says what to do with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.commands.anonymise import anonymise
from scanner.exits import Exit
from scanner.model import Observation, RunInfo
from scanner.record import read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter

RUN = RunInfo("r1", "0.1", 1.0, None, "camcensus scan", "gentle", ("eth0",), ("10.0.0.0/24",), (), "J. Doe")


def test_a_run_is_copied_without_what_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordWriter(tmp_path / "record.jsonl") as writer:
        writer.write_run(RUN)
        writer.write(Observation("http", "realm", "Login to 3C00F12PAN7A2B9", address="10.0.0.5"))
        writer.close(2.0)
    out = tmp_path / "shared.jsonl"
    assert anonymise(tmp_path, out) == Exit.CLEAN
    assert read_record(out).sealed
    assert out.stat().st_mode & 0o777 == 0o600
    assert b"J. Doe" not in out.read_bytes()
    assert "Look through it before you give it away" in capsys.readouterr().out
    with pytest.raises(RecordError, match="exists already"):
        anonymise(tmp_path, out)
