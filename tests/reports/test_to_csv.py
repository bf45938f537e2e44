"""The CSV report is RFC 4180 and runs nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import RenderOptions
from reports.to_csv import CELL_CAP, COLUMNS, neutral, render
from tests.reports.samples import crowd, hostile, make_report


def rows(data: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))


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


def test_golden(golden):
    golden("report.csv", render(make_report(), RenderOptions()))


def test_it_is_rfc_4180_with_a_mark_and_one_line_a_device():
    data = render(make_report(), RenderOptions())
    assert data.startswith(b"\xef\xbb\xbfdevice,status,")
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == 11
    assert [row["status"] for row in rows(data)].count("covered") == 4
    assert set(rows(data)[0]) == set(COLUMNS)


def test_a_semicolon_can_separate():
    data = render(make_report(), RenderOptions(separator=";"))
    assert rows(data, ";") == rows(render(make_report(), RenderOptions()))


def test_hostile_texts_arrive_as_text():
    row = rows(render(make_report((hostile(),)), RenderOptions()))[0]
    assert row["serial"] == "'=cmd()"
    assert row["model"] == "<script>alert(1)</script>"
    assert "\x1b" not in row["names"]


def test_a_cell_is_cut_where_a_spreadsheet_would_cut_it_silently():
    assert len(neutral("x" * 40_000)) == CELL_CAP + 1


def test_every_device_is_there():
    assert len(rows(render(crowd(500), RenderOptions()))) == 500
