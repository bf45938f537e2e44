"""The run record: written whole lines, sealed, read back, and honest about what is missing."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import record as subject
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult
from scanner.record import RecordError, RecordLost, RecordWriter, digest_of, from_line, read_raw, read_record, to_line

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


@pytest.mark.parametrize("text", ["plain", 'é \u2028 \U0001f600 \x7f \x00 " \\ / \n', "\ud800 half a pair"])
def test_a_line_is_json_in_ascii_whatever_was_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write(Note("10.0.0.5", text, 1e-05))
    line = path.read_bytes()
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"type": "note", "subject": "10.0.0.5", "text": text, "at": 1e-05}


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


@given(st.text(max_size=200), st.one_of(st.none(), st.integers(0, 65535)), st.floats(0, 2e9))
def test_any_text_survives_the_line(value: str, port: int | None, at: float) -> None:
    seen = Observation("http", "title", value, address="10.0.0.1", port=port, at=at)
    assert from_line(json.loads(json.dumps(to_line(seen)))) == seen


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
    monkeypatch.setattr("scanner.record.os.write", disk)
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
    monkeypatch.setattr("scanner.record.os.write", disk)
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
    monkeypatch.setattr("scanner.record.os.write", FullDisk(20))
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

    monkeypatch.setattr("scanner.record.os.fsync", fail)
    with pytest.raises(RecordLost, match="the end of the record may be missing"):
        record.close(9.0)


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_quick_reader_reads_what_the_usual_one_reads(body: dict[str, object]) -> None:
    line = json.dumps({**body, "type": "x"}).encode() + b"\n"
    assert repr(subject._parse(Path("r"), 1, line)) == repr(json.loads(line))  # repr: 1, 1.0 and True are equal


@pytest.mark.parametrize(
    "text", ['{"type":"note","text":"\\ud800"}', '\ufeff{"type":"x"}', '{"type":"x","a":' + "[" * 300 + "]" * 300 + "}"]
)
def test_what_the_quick_reader_refuses_is_for_the_usual_one_to_say(text: str) -> None:
    assert subject._parse(Path("r"), 1, text.encode()) == json.loads(text.encode())


WRONG = st.sampled_from([None, True, "", "80", "é", 80, 80.0, -1, 5.5, 1e300, -1e10, 1 << 63, 1 - (1 << 63), ["x"], {}])
LINES = st.one_of(
    st.tuples(st.just(to_line(SEEN)), st.sampled_from(SEEN.__struct_fields__), WRONG),
    st.tuples(st.just(to_line(TRIED)), st.sampled_from(TRIED.__struct_fields__), WRONG),
)


@given(LINES, st.booleans())
def test_the_quickest_reader_takes_what_the_thorough_one_takes(
    change: tuple[dict[str, object], str, object], leave_out: bool
) -> None:
    """A record that one of them half believes would be judged otherwise by the next version."""
    whole, name, other = change
    body = {key: value for key, value in {**whole, name: other}.items() if not leave_out or key != name}
    try:
        expected = from_line(json.loads(json.dumps(body)))
    except (TypeError, ValueError):
        expected = None
    assert subject._decode(json.dumps(body).encode() + b"\n") == expected


@pytest.mark.parametrize("value", [SEEN, TRIED])
def test_most_lines_go_the_quickest_way(value: Observation | Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    line = subject._encode(to_line(value))
    monkeypatch.setattr(subject, "from_json", None)
    assert subject._decode(line) == value


def test_a_line_that_was_exchanged_under_the_reader_is_said(tmp_path: Path) -> None:
    places = subject.RecordPlaces(write(tmp_path / "record.jsonl"))
    with pytest.raises(RecordError, match="not what it was"):
        places.take(0)
    with pytest.raises(RecordError, match="not what it was"):
        places.take(5)
    places.close()
