"""No cell starts a formula, wherever a spreadsheet cuts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.spreadsheet import CELL_CAP, neutral, write_rows


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'␉=1"),
        ("\r=1", "'␍=1"),
        ("\tplain", "'␉plain"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("＝1", "'＝1"),
        ("x;=1+1", "x;'=1+1"),
        ("x; =1+1", "x;' =1+1"),
        ("x,=1", "x,'=1"),
        ("V5.5-190220", "V5.5-190220"),
        ("a=b", "a=b"),
        ("\x1b[31m", "␛[31m"),
        ("two\nlines", "two␊lines"),
        ("", ""),
    ],
)
def test_no_cell_can_start_a_formula(cell, safe):
    assert neutral(cell) == safe


@given(st.text())
def test_whatever_a_device_says_no_part_of_a_cell_is_a_formula(text):
    for separator in (None, ";", ","):
        for part in [neutral(text)] if separator is None else neutral(text).split(separator):
            assert not part.strip().lstrip("\"'").startswith(tuple("=+-@")) or part.lstrip('" ').startswith("'")
            assert not part.startswith(tuple("=+-@\t\r\n"))


def test_a_cell_is_cut_where_a_spreadsheet_would_cut_it_silently():
    assert len(neutral("x" * 40_000)) == CELL_CAP + 1


def test_rows_become_lines_one_by_one_and_no_formulas() -> None:
    rows = iter([("a", "=b", 'c"d'), ("e,f", "", "g;h")])
    lines = write_rows(rows, ";")
    assert next(lines) == 'a;\'=b;"c""d"\r\n'
    assert [*lines] == ['e,f;;"g;h"\r\n']
