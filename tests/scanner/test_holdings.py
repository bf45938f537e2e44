"""A record in memory and the same one on disk give the same, place by place."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from scanner import holdings as subject
from scanner.holdings import HeldRecord, StoredRecord
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult, replace
from scanner.record import read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter

RUN = RunInfo("r1", "0.1.0", 1.0, None, "camcensus scan", "normal", ("eth0",), ("10.0.0.0/24",), (), "the auditor")
SEEN = Observation("http", "raw", "HTTP/1.1 200 OK é", address="10.0.0.5", port=80, request="GET /", at=2.5)
TRIED = Attempt("http-banner", "10.0.0.5", 80, Outcome.ANSWERED, requests=1)


def write(path: Path) -> Path:
    with RecordWriter(path) as record:
        record.write_run(RUN)
        record.write(SEEN)
        record.write_raw(b"HTTP/1.1 200 OK")
        record.write(TRIED)
        record.write(replace(SEEN, address="10.0.0.6"))
        record.write(SweepResult("arp", "eth0", Outcome.ANSWERED, asked=254, answered=3))
        record.write(Note("10.0.0.5", "slow"))
        record.close(9.0)
    return path


@pytest.mark.parametrize("most", [0, 1_000, 1 << 20], ids=["nothing held", "too much to hold", "all held"])
def test_both_give_the_same(most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HELD_BYTES", most)
    path = write(tmp_path / "record.jsonl")
    held = HeldRecord(read_record(path))
    with closing(StoredRecord(path)) as stored:
        places = list(stored.read())
        assert {value for _, value in places} == {value for _, value in held.read()}
        assert [stored.take(place) for place, _ in reversed(places)] == [value for _, value in reversed(places)]
        assert [held.take(place) for place, _ in held.read()] == [value for _, value in held.read()]
        frame = stored.frame()
        assert replace(held.frame(), observations=(), attempts=(), raw={}) == frame
        assert frame.sealed


def test_a_record_that_was_altered_is_refused_at_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "record.jsonl")
    path.write_bytes(path.read_bytes().replace(b"10.0.0.6", b"10.0.0.7"))
    with pytest.raises(RecordError, match="seal does not fit"):
        list(StoredRecord(path).read())


def test_a_line_that_is_another_than_it_was_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HELD_BYTES", 0)
    path = write(tmp_path / "record.jsonl")
    with closing(StoredRecord(path)) as stored:
        place = next(place for place, _ in stored.read())
        path.write_bytes(path.read_bytes().replace(b'"observation"', b'"obliterated"'))
        with pytest.raises(RecordError, match="altered"):
            stored.take(place)
        with pytest.raises(RecordError, match="altered"):
            stored.take(place + 3)


def test_of_a_large_record_nothing_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HELD_BYTES", 2 * subject.OVERHEAD)
    with closing(StoredRecord(write(tmp_path / "record.jsonl"))) as stored:
        held = [len(stored._held) for _ in stored.read()]
    assert held == [1, 2, 0]
