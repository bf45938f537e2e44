"""Pins the caps on a sheet and that a message names the row."""

from __future__ import annotations

import pytest

from scanner.paper import table
from scanner.paper.table import PaperError, Row, Table, check_size, gather_rows


def test_rows_are_trimmed_and_empty_ones_left_out_with_their_numbers_kept() -> None:
    rows = gather_rows([(1, ["", " "]), (2, ["a  b", "", ""]), (5, ["", "c"])], "f")
    assert rows == (Row(2, ("a b",)), Row(5, ("", "c")))
    assert Table("f", rows).width == 2
    assert rows[0].cell(1) == rows[0].cell(None) == ""


def test_a_huge_cell_is_refused_with_its_place() -> None:
    with pytest.raises(PaperError, match=r"f, row 3, column 2: a cell of 40000 characters"):
        gather_rows([(3, ["a", "x" * 40_000])], "f")


def test_too_many_columns_and_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PaperError, match="201 columns"):
        gather_rows([(1, ["x"] * 201)], "f")
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    assert len(gather_rows([(1, ["a"]), (2, ["a"])], "f")) == 2
    with pytest.raises(PaperError, match="split the file"):
        gather_rows([(n, ["a"]) for n in range(3)], "f")


def test_empty_and_oversized_files_are_refused() -> None:
    with pytest.raises(PaperError, match="is empty"):
        check_size(b" \n", "f")
    with pytest.raises(PaperError, match="split the file"):
        check_size(b"a" * (table.LARGEST_FILE + 1), "f")
