"""Pins how rows become entries, what is skipped and why, and what is read out of prose."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.paper.columns import guess_columns
from scanner.paper.csv_table import read_csv
from scanner.paper.entries import Entry, Skipped, read_entries
from scanner.paper.knowledge import load_knowledge
from scanner.paper.table import PaperError

KNOWN = load_knowledge()
HEADER = "Description;Brand;Model;Qty;Date;Serial;MAC;IP;Location\n"


def read(rows: str, header: str = HEADER) -> list[Entry | Skipped]:
    table = read_csv((header + rows).encode(), "t.csv")
    return list(read_entries(table, guess_columns(table, KNOWN), KNOWN))


def entry(row: str) -> Entry:
    (found,) = read(row)
    assert isinstance(found, Entry)
    return found


def test_all_columns_are_read() -> None:
    found = entry("Dome;Dahua;IPC-HDBW1230E;4;20.11.2019;4D0000000000000;90-02-A9-00-00-01;10.0.0.7;Gate\n")
    assert (found.brand, found.model, found.quantity, found.acquired) == (
        "Dahua",
        "IPC-HDBW1230E",
        4,
        date(2019, 11, 20),
    )
    assert (found.serial, found.mac, found.address) == ("4D0000000000000", "90:02:a9:00:00:01", "10.0.0.7")
    assert (found.location, found.kind, found.coaxial, found.row) == ("Gate", "camera", False, 2)


def test_totals_empty_lines_and_letterheads_are_skipped_with_the_reason() -> None:
    found = read("Gjithsej;;;12\n;;;5\n", header="Ministry\n" + HEADER)
    assert [(s.row, s.why) for s in found if isinstance(s, Skipped)] == [
        (1, "above the header"), (3, "a line of totals"), (4, "no brand, no model and no description"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "brand", "model", "kind", "coaxial", "channels"),
    [
        ("Kamera Dahua HDCVI DH-HAC-HFW1200R 2MP", "dahua", "DH-HAC-HFW1200R", "camera", True, None),
        ("Kamera analoge AHD pa markë", "", "", "camera", True, None),
        ("Recorder Hikvision DS-7732NI-I4, with 4TB HDD", "hikvision", "DS-7732NI-I4", "recorder", False, 32),
        ("Snimač 16 kanala", "", "", "recorder", False, 16),
        ("Hard disk for NVR5216-4KS2", "", "", "storage", False, None),
        ("Coaxial cable RG59", "", "", "cable", False, None),
    ],
)
def test_prose_is_read(row: str, brand: str, model: str, kind: str, coaxial: bool, channels: int | None) -> None:
    found = entry(f'"{row}";;;1\n')
    assert (found.brand, found.model, found.kind) == (brand, model, kind)
    assert (found.coaxial, found.channels) == (coaxial, channels)


def test_placeholders_are_empty() -> None:
    found = entry("Camera;-;n/a;1;-;?;x;/\n")
    assert (found.brand, found.model, found.serial, found.mac, found.address, found.acquired) == (
        "",
        "",
        "",
        None,
        None,
        None,
    )
    assert found.notes == ()


def test_an_unreadable_date_names_the_row_and_the_way_out() -> None:
    with pytest.raises(PaperError, match=r"t\.csv, row 2: 'soon' is not a date.*date=none"):
        read("Dome;Dahua;IPC-HDBW1230E;4;soon\n")


def test_what_was_not_used_is_noted() -> None:
    notes = " ".join(entry("NDAA compliant dome;Dahua;X;many;2019;;nomac\n").notes)
    for part in (
        "only '2019' is known",
        "'nomac' is no MAC address",
        "'many' is no quantity",
        "five companies of s.889",
    ):
        assert part in notes
