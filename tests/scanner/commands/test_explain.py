"""What a device chose to say is shown in an explanation and steers nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.commands.explain import explain
from scanner.exits import Exit
from scanner.model import replace
from tests.scanner.commands.runs import HIKVISION, write_run

LIAR = replace(HIKVISION, value=HIKVISION.value.replace("DS-2CD2042WD-I<", "DS-2CD2042WD-I\u009b2J\u202e<"))


def test_a_device_writes_no_lines_and_no_controls_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", LIAR)
    assert explain(run, "127.0.0.5", (), None) is Exit.CLEAN
    told = capsys.readouterr().out
    assert "Status: covered\n" in told
    assert "Model: DS-2CD2042WD-I⟨U+009B⟩2J⟨U+202E⟩\n" in told
    assert told.replace("\n", "").isprintable()


def test_who_is_not_there_is_a_wrong_argument(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(write_run(tmp_path / "run", HIKVISION), "127.0.0.9", (), None) is Exit.USAGE
    assert "no device of this run is called '127.0.0.9'" in capsys.readouterr().err
