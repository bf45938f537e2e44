"""Outputs appear whole or not at all, and a run never lands on another."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.outputs import OutputError, find_record, make_folder, write_whole


def test_a_file_appears_whole_and_private(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", "old")
    write_whole(tmp_path / "report.json", b"new")
    assert (tmp_path / "report.json").read_bytes() == b"new"
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_whole(tmp_path / "report.json", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_the_default_folder_is_named_for_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert make_folder(None, 0.0).name == "camcensus-19700101T000000Z"
    with pytest.raises(OutputError, match="exists already"):
        make_folder(None, 0.0)


def test_a_folder_with_a_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").touch()
    with pytest.raises(OutputError, match="holds a run already"):
        make_folder(tmp_path, 0.0)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        make_folder(tmp_path / "file" / "out", 0.0)


def test_a_run_is_a_file_or_its_folder(tmp_path: Path) -> None:
    assert find_record(tmp_path) == tmp_path / "record.jsonl"
    assert find_record(tmp_path / "x.jsonl") == tmp_path / "x.jsonl"
