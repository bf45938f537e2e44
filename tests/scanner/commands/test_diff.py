"""Differences of two runs as text and as JSON: neither lets a device steer a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.commands.diff import diff
from scanner.exits import Exit, UsageError
from scanner.model import replace
from tests.scanner.commands.runs import AXIS, HIKVISION, write_run

LIAR = replace(HIKVISION, value=HIKVISION.value.replace("DS-2CD2042WD-I<", "DS-2CD2042WD-Ië\u009b2J<"))


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    return [write_run(tmp_path / "a", AXIS), write_run(tmp_path / "b", AXIS, LIAR)]


def test_who_appeared_is_told_with_the_reason(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(runs, (), None, as_json=False) is Exit.CLEAN
    first, reason = capsys.readouterr().out.splitlines()
    assert first.startswith("appeared: hikvision DS-2CD2042WD-Ië⟨U+009B⟩2J  127.0.0.5  covered  (dev-")
    assert reason == "    it was not there when everything in scope was asked last time"


def test_as_json_it_is_readable_and_steers_nothing(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    changed = [runs[1], write_run(runs[1].parent / "c", AXIS, HIKVISION)]
    assert diff(changed, (), None, as_json=True) is Exit.CLEAN
    told = capsys.readouterr().out
    assert told.replace("\n", "").isprintable()
    assert "Ië\\u009b2J became DS-2CD2042WD-I" in told
    (item,) = json.loads(told)
    assert item["reasons"] == ["the device changed: model: DS-2CD2042WD-Ië\u009b2J became DS-2CD2042WD-I"]


def test_equal_runs_and_a_single_one(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert diff([runs[0], runs[0]], (), None, as_json=False) is Exit.CLEAN
    assert capsys.readouterr().out == "No differences.\n"
    with pytest.raises(UsageError, match="two runs are needed"):
        diff(runs[:1], (), None, as_json=False)
