"""A run record is read back as it was written, and honest about what is missing or was altered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner import record as subject
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult, replace
from scanner.record import read_lines, read_raw, read_record
from scanner.record_line import RecordError, digest_of, to_line
from scanner.record_writer import RecordWriter

RUN = RunInfo("r1", "0.1.0", 1.0, None, "camcensus scan", "normal", ("eth0",), ("10.0.0.0/24",), (), "the auditor")
SEEN = Observation("http", "raw", "HTTP/1.1 200 OK", address="10.0.0.5", port=80, request="GET /", digest="d" * 64)
TRIED = Attempt("http-banner", "10.0.0.5", 80, Outcome.ANSWERED, requests=1)
SWEPT = SweepResult("arp", "eth0", Outcome.ANSWERED, asked=254, answered=3)


def write(path: Path, *, close: bool = True) -> Path:
    with RecordWriter(path) as record:
        record.write_run(RUN)
        record.write_raw(b"HTTP/1.1 200 OK")
        record.write(SEEN)
        record.write(TRIED)
        record.write(SWEPT)
        record.write(Note("10.0.0.5", "slow"))
        if close:
            record.close(9.0)
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    record = read_record(write(tmp_path / "record.jsonl"))
    assert (record.run, record.observations, record.attempts, record.sweeps) == (RUN, (SEEN,), (TRIED,), (SWEPT,))
    assert record.notes == (Note("10.0.0.5", "slow"),)
    assert record.sealed
    assert record.ended is not None
    assert record.ended.how == "done"


def test_raw_bytes_stand_once_and_are_found_by_digest(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write_run(RUN)
        assert record.write_raw(b"abc") == record.write_raw(b"abc") == digest_of(b"abc")
    held = read_record(path)
    assert len(path.read_bytes().splitlines()) == 2
    assert read_raw(path, held.raw[digest_of(b"abc")]) == b"abc"


def test_every_cut_leaves_a_readable_and_incomplete_record(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.jsonl").read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole)):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(whole[:cut])
        assert not read_record(path).sealed


def test_an_altered_line_breaks_the_seal(tmp_path: Path) -> None:
    path = write(tmp_path / "record.jsonl")
    path.write_bytes(path.read_bytes().replace(b"10.0.0.5", b"10.0.0.6", 1))
    with pytest.raises(RecordError, match="the seal does not fit"):
        read_record(path)


def test_a_removed_line_breaks_the_seal(tmp_path: Path) -> None:
    path = write(tmp_path / "record.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(RecordError, match="the seal does not fit"):
        read_record(path)


def test_a_line_after_the_seal_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "record.jsonl")
    with path.open("ab") as stream:
        stream.write(json.dumps(to_line(SEEN)).encode() + b"\n")
    with pytest.raises(RecordError, match="after the seal"):
        read_record(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "no run line"),
        (b"hello\n", ":1: not a line"),
        (b"[1]\n", ":1: not a line"),
        (b'{"type":"run","format":"other/9"}\n', "format 'other/9'"),
        (b'{"type":"run","format":"camcensus.record/1"}\n', ":1: not readable as run"),
        (b'{"type":"observation","protocol":"http","field":"raw","value":"x"}\n', "no run line"),
    ],
)
def test_what_is_no_record_is_refused_with_its_line(text: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    path.write_bytes(text)
    with pytest.raises(RecordError, match=says):
        read_record(path)


def test_a_missing_record_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be read"):
        read_record(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"type": "observation", "protocol": "http", "field": "raw", "value": 1}, "value is 1"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "\ud800"}, "value is"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "x", "port": "80"}, "port is '80'"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "x", "port": True}, "port is True"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "x", "at": float("nan")}, "at is nan"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "x", "at": 1e300}, "at is 1e"),
        ({"type": "observation", "protocol": "http", "field": "raw", "value": "x", "derived": 1}, "derived is 1"),
        ({"type": "observation", "protocol": "http", "field": "raw"}, "value"),
        ({"type": "attempt", "by": "x", "address": "a", "port": None, "outcome": "won"}, "outcome is 'won'"),
        ({"type": "attempt", "by": "x", "address": "a", "port": 1 << 63, "outcome": "silent"}, "port is"),
        ({"type": "attempt", "by": "x", "address": "a", "port": 1, "outcome": ["silent"]}, "outcome is"),
        ({"type": "end", "how": "done"}, "end of the run"),
        ({"type": "end", "at": 1.0, "how": "done", "undone": "x"}, "end of the run"),
        ({"type": "end", "at": "now", "how": "done"}, "end of the run"),
    ],
)
def test_a_line_of_the_wrong_shape_is_refused_by_its_number(
    line: dict[str, object], words: str, tmp_path: Path
) -> None:
    """A damaged or crafted record must not be half believed, nor break the reports that are made of it."""
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write_run(RUN)
    with path.open("a") as stream:
        stream.write(json.dumps(line) + "\n")
    with pytest.raises(RecordError, match=rf"record.jsonl:2: not readable as .*{words}"):
        read_record(path)


def test_a_newer_record_with_further_fields_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write_run(RUN)
    with path.open("a") as stream:
        stream.write(json.dumps({**to_line(SEEN), "mood": ["new"]}) + "\n" + json.dumps({"type": "weather"}) + "\n")
    assert read_record(path).observations == (SEEN,)


@pytest.mark.parametrize("line", [b"{}\n", b"[" * 100_000 + b"\n", b'{"base64": 1}\n', b'{"base64": "!"}\n', b"x\n"])
def test_a_damaged_raw_line_is_refused(line: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(line)
    with pytest.raises(RecordError, match="is damaged"):
        read_raw(tmp_path / "x", 0)


def test_a_line_that_was_exchanged_under_the_reader_is_said(tmp_path: Path) -> None:
    places = subject.RecordPlaces(write(tmp_path / "record.jsonl"))
    with pytest.raises(RecordError, match="not what it was"):
        places.take(0)
    with pytest.raises(RecordError, match="not what it was"):
        places.take(5)
    places.close()


@pytest.mark.parametrize("length", [10, 2_000, 2_100, 70_000, 1 << 20, (1 << 20) + 2_048])
def test_a_line_of_any_length_is_taken_from_its_place(length: int, tmp_path: Path) -> None:
    long = replace(SEEN, value="x" * length)
    with RecordWriter(tmp_path / "record.jsonl") as record:
        record.write(TRIED)
        record.write(long)
        record.write(TRIED)
    second = (tmp_path / "record.jsonl").read_bytes().index(b"\n") + 1
    places = subject.RecordPlaces(tmp_path / "record.jsonl")
    assert (places.take(second), places.take(0)) == (long, TRIED)
    places.close()


def test_an_unfinished_last_line_is_nothing_to_take(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_bytes(b'{"type":"observation"')
    places = subject.RecordPlaces(tmp_path / "record.jsonl")
    with pytest.raises(RecordError, match="not what it was"):
        places.take(0)
    places.close()


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_that_no_record_has_is_refused_and_never_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    path = tmp_path / "record.jsonl"
    path.write_bytes(b'{"type":"note"}\n' + b"x" * 100 + end)
    monkeypatch.setattr("scanner.record.LINE_CAP", 50)
    with pytest.raises(RecordError, match=r"record\.jsonl:2: line of more than 50 bytes, not a record of ours"):
        list(read_lines(path))
