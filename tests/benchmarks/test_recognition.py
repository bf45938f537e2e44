"""Pins the command: it prints and writes the page, and says what is wrong with a file it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.recognition import main

OWN = Path(__file__).parents[1] / "data" / "observations" / "own.jsonl"


def test_the_page_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "accuracy.md"
    assert main([str(OWN), "--write", str(page), "--banners", "0"]) == 0
    text = page.read_text("utf-8")
    assert capsys.readouterr().out.strip() == text.strip()
    assert "False alarms on near misses" in text
    assert "## What a confidence is worth" in text
    assert "## Speed" not in text
    assert str(tmp_path) not in text


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "missing.jsonl")]) == 2
    assert "missing.jsonl" in capsys.readouterr().err


def test_a_page_that_this_one_falls_under_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "accuracy.md"
    assert main([str(OWN), "--write", str(page), "--banners", "0"]) == 0
    assert main([str(OWN), "--against", str(page), "--banners", "0"]) == 0
    row = "Makers other than those two, named rightly | "
    page.write_text(page.read_text("utf-8").replace(row, f"{row}9"), "utf-8")
    assert main([str(OWN), "--against", str(page), "--banners", "0"]) == 1
    assert "worse than" in capsys.readouterr().err


def test_a_page_of_another_set_is_no_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "accuracy.md"
    page.write_text("5 labelled observations of 5 devices", "utf-8")
    assert main([str(OWN), "--against", str(page), "--banners", "0"]) == 2
    assert "another set" in capsys.readouterr().err
