"""The CSV report is RFC 4180 and runs nothing."""

from __future__ import annotations

import csv
import io

from reports import RenderOptions
from reports.to_csv import COLUMNS, render
from tests.reports.samples import crowd, hostile, make_report


def rows(data: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))


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


def test_every_device_is_there():
    assert len(rows(render(crowd(500), RenderOptions()))) == 500
