"""A record is written in whole lines, sealed once, never over another one, and honest about a disk that fails."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from scanner.model import Note
from scanner.record import read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordLost, RecordWriter
from tests.scanner.test_record import RUN, SEEN, TRIED, write


@pytest.mark.parametrize("text", ["plain", 'é \u2028 \U0001f600 \x7f \x00 " \\ / \n', "\ud800 half a pair"])
def test_a_line_is_json_in_ascii_whatever_was_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write(Note("10.0.0.5", text, 1e-05))
    line = path.read_bytes()
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"type": "note", "subject": "10.0.0.5", "text": text, "at": 1e-05}


def test_an_existing_record_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "record.jsonl")
    with pytest.raises(RecordError, match="exists already"):
        RecordWriter(path)


def test_a_record_is_for_the_auditors_eyes(tmp_path: Path) -> None:
    assert write(tmp_path / "record.jsonl").stat().st_mode & 0o777 == 0o600


def test_closing_twice_seals_once(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write_run(RUN)
        record.close(2.0)
        record.close(3.0)
    assert read_record(path).sealed


class FullDisk:
    """Takes so many bytes of a write, and then no more."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write = os.write

    def __call__(self, descriptor: int, data: bytes | memoryview) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self.write(descriptor, bytes(data)[: self.room])
        self.room -= taken
        return taken


def test_a_full_disk_leaves_whole_lines_and_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.jsonl"
    record = RecordWriter(path)
    record.write_run(RUN)
    whole = path.read_bytes()
    disk = FullDisk(10)
    monkeypatch.setattr("scanner.record_writer.os.write", disk)
    with pytest.raises(RecordLost, match="No space left on device; 1 lines are kept"):
        record.write(SEEN)
    assert path.read_bytes() == whole
    disk.room = 1 << 20  # somebody made room: what was lost in between must not be passed over in silence
    with pytest.raises(RecordLost):
        record.write(TRIED)
    assert path.read_bytes() == whole
    assert record.trouble


def test_the_seal_is_tried_on_a_full_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.jsonl"
    record = RecordWriter(path)
    record.write_run(RUN)
    disk = FullDisk(10)
    monkeypatch.setattr("scanner.record_writer.os.write", disk)
    with pytest.raises(RecordLost):
        record.write(SEEN)
    disk.room = 400
    record.close(9.0, "broken", ("sweep arp was not finished",))
    held = read_record(path)
    assert held.sealed
    assert held.ended is not None
    assert (held.ended.how, held.ended.undone) == ("broken", ("sweep arp was not finished",))


def test_a_disk_too_full_for_the_seal_leaves_a_readable_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.jsonl"
    record = RecordWriter(path)
    record.write_run(RUN)
    record.write(SEEN)
    monkeypatch.setattr("scanner.record_writer.os.write", FullDisk(20))
    with pytest.raises(RecordLost):
        record.close(9.0)
    record.close(9.0)  # closed it is, whatever became of the seal
    held = read_record(path)
    assert (held.sealed, held.ended, held.observations) == (False, None, (SEEN,))


def test_a_disk_that_fails_at_the_end_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = RecordWriter(tmp_path / "record.jsonl")
    record.write_run(RUN)

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("scanner.record_writer.os.fsync", fail)
    with pytest.raises(RecordLost, match="the end of the record may be missing"):
        record.close(9.0)
