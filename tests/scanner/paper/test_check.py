"""Pins a whole list from bytes to answers: the tender of the source article, in CSV and in XLSX."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from scanner.model import Status
from scanner.paper.check import PaperList, check_list, read_tables
from scanner.paper.columns import parse_mapping
from scanner.paper.knowledge import load_knowledge
from scanner.paper.table import PaperError
from scanner.policy_files import load_policies

KNOWN = load_knowledge()
POLICIES = load_policies(makers=KNOWN.makers)
TENDER = [
    ["Nr", "Përshkrimi", "Marka", "Modeli", "Sasia", "Data"],
    ["1", "Kamera bullet HDCVI Starlight 2MP", "Dahua", "DH-HAC-HFW1200R", "150", "20.11.2019"],
    ["2", "Kamera bullet IP 2MP", "Dahua", "DH-IPC-HFW1230S", "46", "20.11.2019"],
    ["3", "Regjistrues DVR 8 kanale", "Dahua", "DH-XVR5108HS", "30", "20.11.2019"],
    ["4", "Hard disk 4TB", "Dahua", "", "30", "20.11.2019"],
    ["5", "Kabllo koaksiale RG59", "", "", "9.000 m", "20.11.2019"],
    ["", "Gjithsej", "", "", "256", ""],
]


def as_csv(rows: list[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_xlsx(*sheets: list[list[str]]) -> bytes:
    book = Workbook()
    for index, rows in enumerate(sheets):
        sheet = book.active if index == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def check(data: bytes, name: str = "tender.csv", **more: object) -> PaperList:
    return check_list(data, name, POLICIES, KNOWN, date(2026, 11, 23), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("data", "name"), [(as_csv(TENDER), "tender.csv"), (as_xlsx(TENDER), "tender.xlsx")])
def test_the_tender_of_196_cameras_30_recorders_and_30_disks(data: bytes, name: str) -> None:
    paper = check(data, name)
    assert [(row.entry.row, row.entry.kind, row.entry.quantity, row.status, row.visible) for row in paper.rows] == [
        (2, "camera", 150, Status.COVERED, False),
        (3, "camera", 46, Status.COVERED, True),
        (4, "recorder", 30, Status.COVERED, True),
        (5, "storage", 30, Status.NOT_COVERED, False),
        (6, "cable", 9000, Status.NOT_COVERED, False),
    ]
    for row in paper.rows[:3]:
        assert row.findings[0].entity == "Dahua Technology Company"
        assert "bought on 2019-11-20, 99 days after the effective date 2019-08-13" in row.findings[0].reason
    assert [(skipped.row, skipped.why) for skipped in paper.skipped] == [(7, "a line of totals")]
    assert paper.counts == {Status.COVERED: 3, Status.NOT_COVERED: 2}
    assert paper.units == {Status.COVERED: 226, Status.NOT_COVERED: 0}
    assert paper.summary == (
        (
            "150 coaxial cameras on paper can never be found on the network; the channels of their recorders stand for "
            "them."
        ),
        "30 recorders on paper, behind which up to 240 cameras hide.",
        "2 rows are parts or work and no devices of their own: disks, cables, mounts, power, assembly.",
    )


def test_the_guess_of_the_columns_is_part_of_the_answer() -> None:
    (sheet,) = check(as_csv(TENDER)).sheets
    assert sheet.used
    assert "quantity: column 5, by its header 'Sasia'" in sheet.columns
    assert "read with semicolon between the cells" in sheet.notes


def test_sheets_without_a_recognised_column_are_said_not_lost() -> None:
    paper = check(as_xlsx(TENDER, [["1", "2"], ["3", "4"]]), "tender.xlsx")
    assert [sheet.used for sheet in paper.sheets] == [True, False]
    assert {s.why for s in paper.skipped if "Sheet1" in s.table} == {"no column of this sheet was recognised"}


def test_a_list_in_which_nothing_is_recognised_asks_for_a_mapping() -> None:
    with pytest.raises(PaperError, match=r"--column model=3"):
        check(b"1,2\n3,4\n")


def test_a_mapping_by_hand_is_used() -> None:
    data = b"Alpha,Beta\nDS-2CD2032-I,7\nDS-2CD2032-I,9\n"
    paper = check(data, chosen=parse_mapping(["model=Alpha", "quantity=Beta"]))
    assert [row.entry.quantity for row in paper.rows] == [7, 9]
    with pytest.raises(PaperError, match="no column 'Gamma'"):
        check(data, chosen=parse_mapping(["model=Gamma"]))


@pytest.mark.parametrize("name", ["a.xlsm", "a.XLS", "a.xlsb", "a.xltm"])
def test_workbooks_that_may_hold_macros_are_refused_by_name(name: str) -> None:
    with pytest.raises(PaperError, match="may hold macros"):
        read_tables(b"x", name)


def test_a_workbook_under_a_wrong_name_is_still_read() -> None:
    assert read_tables(as_xlsx(TENDER), "tender.csv")[0].rows[1].cells[2] == "Dahua"


def test_two_thousand_rows_are_quick(tmp_path: Path) -> None:
    rows = [TENDER[0]] + [
        [str(n), f"Kamera bullet numër {n}", "Dahua", f"DH-IPC-HFW1230S-{n}", "1", ""] for n in range(2_000)
    ]
    assert check(as_csv(rows)).counts == {Status.COVERED: 2_000}
