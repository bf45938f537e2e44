"""Pins that the shared copy is a valid, sealed record without raw bytes, and that the source stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.model import Observation, RunInfo
from scanner.record import read_record
from scanner.record_line import Ended, RecordError
from scanner.record_writer import RecordWriter
from scanner.sharing import write_shared_copy

RUN = RunInfo("r1", "0.1", 1.0, None, "camcensus scan 8.8.8.8", "gentle", ("eth0",), ("8.8.8.8",), (), "J. Doe")


def write_source(path: Path) -> Path:
    with RecordWriter(path) as writer:
        writer.write_run(RUN)
        digest = writer.write_raw(b"Login to 3C00F12PAN7A2B9")
        writer.write(Observation("http", "realm", "Login to 3C00F12PAN7A2B9", address="8.8.8.8", digest=digest))
        writer.close(2.0)
    return path


def test_the_copy_is_sealed_masked_and_without_raw_bytes(tmp_path: Path) -> None:
    source = write_source(tmp_path / "record.jsonl")
    before = source.read_bytes()
    assert write_shared_copy(source, tmp_path / "shared.jsonl") == 1
    shared = read_record(tmp_path / "shared.jsonl")
    assert shared.sealed
    assert shared.raw == {}
    assert shared.observations[0].value == "Login to 3C00F12PAN00000"
    assert shared.observations[0].address == "192.0.2.1"
    assert shared.run.authorised_by == "somebody"
    assert b"7A2B9" not in (tmp_path / "shared.jsonl").read_bytes()
    assert source.read_bytes() == before


def test_the_copy_of_a_run_that_was_cut_short_says_so_too(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "record.jsonl") as writer:
        writer.write_run(RUN)
        writer.close(2.0, "interrupted", ("8.8.8.8 was not examined to the end",))
    write_shared_copy(tmp_path / "record.jsonl", tmp_path / "shared.jsonl")
    ended = read_record(tmp_path / "shared.jsonl").ended
    assert ended == Ended(2.0, "interrupted", ("192.0.2.1 was not examined to the end",))


@pytest.mark.parametrize("left", [1, 4])
def test_the_copy_of_a_run_that_was_killed_is_no_finished_one(tmp_path: Path, left: int) -> None:
    """Whether its end is missing, or only the seal behind it: of such a record nobody knows what was asked."""
    source = write_source(tmp_path / "record.jsonl")
    source.write_bytes(b"".join(source.read_bytes().splitlines(keepends=True)[:left]))
    write_shared_copy(source, tmp_path / "shared.jsonl")
    assert read_record(tmp_path / "shared.jsonl").ended == Ended(1.0, "broken")


def test_a_file_that_stands_there_is_not_overwritten(tmp_path: Path) -> None:
    source = write_source(tmp_path / "record.jsonl")
    target = tmp_path / "shared.jsonl"
    target.write_text("mine")
    with pytest.raises(RecordError, match="exists already"):
        write_shared_copy(source, target)
    assert target.read_text() == "mine"
