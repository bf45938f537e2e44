"""Every problem of every file is told with its place; files without one are counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from scanner.commands.checking import check_files
from scanner.data_file import Problem
from scanner.exits import Exit


@pytest.mark.parametrize(("names", "told"), [(("a",), "1 file checked"), (("a", "b"), "2 files checked")])
def test_sound_files_are_counted(names: Sequence[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_files([*map(Path, names)], lambda path: []) is Exit.CLEAN
    assert capsys.readouterr().out == f"{told}, nothing wrong\n"


def test_all_problems_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = check_files([Path("a"), Path("b")], lambda path: [Problem(str(path), 3, "is wrong")])
    assert found is Exit.USAGE
    assert capsys.readouterr() == ("", "a:3: is wrong\nb:3: is wrong\n")
