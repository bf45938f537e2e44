"""`judge` from a record to files and an exit code, and the gate that fails only on what is new."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scanner import beside, census
from scanner.commands import judge as subject
from scanner.commands.judge import Verdict, judge
from scanner.exits import Exit, UsageError
from scanner.model import Observation, replace
from tests.scanner.commands.runs import AXIS, HIKVISION, write_run


def test_reports_stand_beside_the_record_and_the_code_says_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", HIKVISION, AXIS)
    assert judge(run, None, Verdict()) is Exit.COVERED
    assert {path.name for path in run.iterdir()} == {"record.jsonl", "report.json", "report.csv", "report.html"}
    out = capsys.readouterr().out
    assert out.startswith("1 of 2 devices seen is covered")
    assert out.endswith(f"\nReport: {run / 'report.html'}\n")
    assert "\n\n\nReport" not in out, "one blank line, not two"


def test_another_language_is_another_page_and_the_same_data(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", HIKVISION)
    judge(run, tmp_path / "en", Verdict())
    judge(run, tmp_path / "sq", Verdict(locale="sq"))
    assert (tmp_path / "en" / "report.json").read_bytes() == (tmp_path / "sq" / "report.json").read_bytes()
    assert 'lang="sq"' in (tmp_path / "sq" / "report.html").read_text("utf-8")


def test_many_devices_are_written_by_two_processes_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run", HIKVISION, AXIS)
    judge(run, tmp_path / "one", Verdict())
    monkeypatch.setattr(subject, "BESIDE_FROM", 2)
    monkeypatch.setattr(beside, "_processors", lambda: {0, 1})
    forked = []
    monkeypatch.setattr(os, "fork", lambda fork=os.fork: forked.append(1) or fork())
    judge(run, tmp_path / "two", Verdict())
    assert forked == [1]
    for name in ("report.json", "report.csv", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_devices_that_were_put_aside_are_read_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "run", HIKVISION, AXIS)
    monkeypatch.setattr(subject, "BESIDE_FROM", 2)
    monkeypatch.setattr(beside, "_processors", lambda: {0, 1})
    monkeypatch.setattr(census, "HELD_WHOLE", 1)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("two would share the position in the file"))
    assert judge(run, None, Verdict()) is Exit.COVERED


def moved(item: Observation) -> Observation:
    return replace(item, address="127.0.0.77")


def test_the_gate_passes_what_was_told_before_at_whatever_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write_run(tmp_path / "before", HIKVISION)
    assert judge(before, None, Verdict()) is Exit.COVERED
    after = write_run(tmp_path / "after", moved(HIKVISION))
    for given in (before, before / "report.json"):
        assert judge(after, None, Verdict(baseline=given)) is Exit.CLEAN
    assert "New since the baseline: 0 covered, 0 suspected" in capsys.readouterr().out
    assert json.loads((after / "report.json").read_bytes())["summary"]["covered"] == 1, "the report stays whole"


def test_the_gate_fails_on_a_second_unit(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", HIKVISION)
    judge(before, None, Verdict())
    second = replace(HIKVISION, value=HIKVISION.value.replace("00-01<", "00-02<").replace("R70", "R71"))
    after = write_run(tmp_path / "after", HIKVISION, moved(second))
    assert judge(after, None, Verdict(baseline=before)) is Exit.COVERED
    assert judge(after, None, Verdict(baseline=before, fail_on="uncertain")) is Exit.CLEAN


def test_a_baseline_excuses_no_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = write_run(tmp_path / "before", HIKVISION, complete=False)
    judge(before, None, Verdict())
    after = write_run(tmp_path / "after", HIKVISION, complete=False)
    assert judge(after, None, Verdict(baseline=before)) is Exit.UNCERTAIN
    assert "no baseline excuses" in capsys.readouterr().out


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(fail_on="maybe"),
        Verdict(locale="xx"),
        Verdict(as_of="yesterday"),
        Verdict(baseline=Path("nowhere.json")),
    ],
)
def test_wrong_wishes_are_refused_before_anything_is_written(tmp_path: Path, verdict: Verdict) -> None:
    run = write_run(tmp_path / "run", HIKVISION)
    with pytest.raises(UsageError):
        judge(run, None, verdict)
    assert [path.name for path in run.iterdir()] == ["record.jsonl"]
