"""Pins the command: exit codes, forms, refusals, and that an answer file appears whole."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from scanner.commands.check_list import Wishes, check_list
from scanner.exits import Exit, UsageError
from scanner.paper.table import PaperError

TODAY = date(2026, 11, 23)


@pytest.fixture
def tender(tmp_path: Path) -> Path:
    path = tmp_path / "tender.csv"
    path.write_text("Brand,Model,Qty,Location\nDahua,IPC-HFW1230S,46,=1+1\nAxis,P3245-LVE,2,\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("none", Exit.CLEAN), ("covered", Exit.COVERED), ("suspected", Exit.CLEAN), ("covered,uncertain", Exit.COVERED)],
)
def test_exit_code_follows_what_was_asked_for(
    tender: Path, fail_on: str, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_list(tender, Wishes(fail_on=fail_on), TODAY) is code
    assert "row 2: covered: 46 × Dahua IPC-HFW1230S" in capsys.readouterr().out


def test_a_list_of_which_no_row_was_judged_is_no_clean_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("Brand,Model,Qty\n,,3\n", "utf-8")
    assert check_list(path, Wishes(fail_on="covered,suspected,uncertain"), TODAY) is Exit.UNCERTAIN
    assert check_list(path, Wishes(), TODAY) is Exit.CLEAN
    assert "No row that could be judged was found." in capsys.readouterr().out


def test_as_of_and_policy_are_obeyed(tender: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_list(tender, Wishes(policies=("us-bis-entity-list",), as_of="2019-01-01", form="json"), TODAY)
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[0]["status"] == "not_covered"
    assert "not yet named on 2019-01-01" in rows[0]["findings"][0]["reason"]


def test_csv_cells_are_no_formulas(tender: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.csv"
    check_list(tender, Wishes(form="csv", out=out), TODAY)
    text = out.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["status"] == "covered"
    assert not rows[0]["location"].startswith("=")


def test_control_characters_of_a_list_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.csv"
    path.write_text("Brand,Model\nDahua,\x1b[2JIPC-HFW1230S\n", "utf-8")
    check_list(path, Wishes(), TODAY)
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        (Wishes(form="xml"), UsageError),
        (Wishes(fail_on="maybe"), UsageError),
        (Wishes(as_of="yesterday"), UsageError),
        (Wishes(columns=("modell=3",)), PaperError),
        (Wishes(columns=("model=Nobody",)), PaperError),
    ],
)
def test_wrong_wishes_are_refused_and_nothing_is_written(
    tender: Path, tmp_path: Path, wishes: Wishes, error: type[Exception]
) -> None:
    out = tmp_path / "answer"
    with pytest.raises(error):
        check_list(
            tender, Wishes(wishes.policies, wishes.as_of, wishes.columns, None, wishes.form, out, wishes.fail_on), TODAY
        )
    assert not out.exists()


def test_a_file_that_is_missing_or_huge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match="cannot be read"):
        check_list(tmp_path / "none.csv", Wishes(), TODAY)
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)
    with pytest.raises(PaperError, match="split the file"):
        check_list(tmp_path / "huge.csv", Wishes(), TODAY)
