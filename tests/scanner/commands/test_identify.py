"""The command as a filter: answers on standard output, what is wrong on standard error, and an exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from scanner.commands.identify import identify
from scanner.exits import Exit

GOOD = b'{"protocol":"http","field":"server-header","data":"App-webs/","id":"good"}\n'


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> tuple[int, list[str], list[str]]:
    """Exit code, ids answered, complaints without the path."""
    path = tmp_path / "seen.jsonl"
    path.write_bytes(data)
    code = identify(str(path), ())
    out, err = capsys.readouterr()
    return code, [json.loads(line)["id"] for line in out.splitlines()], err.replace(str(path), "FILE").splitlines()


def test_good_lines_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capsys, GOOD * 2) == (Exit.CLEAN, ["good", "good"], [])


def test_a_bad_line_is_named_like_a_compiler_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, ids, said = run(tmp_path, capsys, GOOD + b"{\n" + GOOD)
    assert (code, ids) == (Exit.USAGE, ["good", "good"])
    assert said == ["FILE:2: not JSON; each line is one object"]


def test_half_a_character_pair_does_not_end_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = b'{"protocol":"http","field":"title","data":"\\ud800","id":"\\udc00"}\n'
    code, ids, said = run(tmp_path, capsys, line + GOOD)
    assert (code, ids, len(said)) == (Exit.USAGE, ["?", "good"], 1)


@pytest.mark.parametrize("data", [b"", b"\n \r\n"])
def test_a_file_that_holds_nothing_is_not_passed_over(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, ids, said = run(tmp_path, capsys, data)
    assert (code, ids) == (Exit.USAGE, [])
    assert "FILE holds no observation" in said[0]


def test_standard_input_is_called_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{\n" + GOOD)))
    assert identify("-", ()) == Exit.USAGE
    assert capsys.readouterr().err.startswith("standard input:1: not JSON")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert identify(str(tmp_path / "none"), ()) == Exit.USAGE
    assert "none cannot be read: No such file" in capsys.readouterr().err


def test_a_folder_of_rules_with_an_error_is_refused_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text("maker: axis\nabout: words\nfingerprints: 5\n", "utf-8")
    assert identify(str(tmp_path / "none"), (tmp_path,)) == Exit.USAGE
    assert "own.yaml:3:" in capsys.readouterr().err


def test_answers_survive_a_terminal_that_knows_ascii_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seen.jsonl"
    path.write_bytes(GOOD.replace(b"good", "ë".encode()))
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert identify(str(path), ()) == Exit.CLEAN
    terminal.seek(0)
    assert json.loads(terminal.read())["id"] == "ë"
