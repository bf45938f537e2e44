"""A hand-over file that NetBox's import accepts."""

from __future__ import annotations

import csv
import io

from reports import RenderOptions
from reports.to_netbox import COLUMNS, render
from scanner.model import replace
from tests.reports.samples import crowd, hikvision_camera, hostile, make_report


def rows(report, **options) -> list[dict[str, str]]:
    text = render(report, RenderOptions(**options)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_golden(golden):
    golden("report.netbox.csv", render(make_report(), RenderOptions(site="Tirana")))


def test_the_columns_are_those_of_the_import_and_no_mark_precedes_them():
    assert render(make_report(), RenderOptions()).startswith(b"name,role,manufacturer,device_type,serial,site,status,")
    assert set(rows(make_report())[0]) == set(COLUMNS)


def test_what_answered_from_outside_the_scope_is_left_out():
    assert len(rows(make_report())) == 9
    assert not any("192.168.1.64" in row["comments"] for row in rows(make_report()))


def test_required_columns_are_never_empty_and_names_are_unique_and_short():
    found = rows(crowd(200), site="Tirana")
    assert all(row[name] for row in found for name in ("name", "role", "manufacturer", "device_type", "site", "status"))
    assert len({row["name"] for row in found}) == 200
    assert max(len(row["name"]) for row in found) <= 64


def test_texts_that_are_too_long_for_a_column_move_to_the_comments():
    camera = replace(hikvision_camera(), identity=replace(hikvision_camera().identity, serial="9" * 60))
    row = rows(make_report((camera,)))[0]
    assert row["serial"] == ""
    assert "9" * 60 in row["comments"]
    assert len(row["description"]) <= 200


def test_a_device_cannot_write_a_formula():
    row = rows(make_report((hostile(),)))[0]
    assert row["serial"] == "'=cmd()"
    assert "\x1b" not in row["comments"]
