"""Pins what a workbook gives, and that macros, bombs and broken archives are refused before the library sees them."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from scanner.paper import xlsx_table
from scanner.paper.table import PaperError
from scanner.paper.xlsx_table import read_xlsx


def workbook(fill: Callable[[Workbook], None]) -> bytes:
    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def simple(book: Workbook) -> None:
    sheet = book.active
    assert sheet is not None
    sheet.append(["Brand", "Model", "Qty", "Date"])
    sheet.append(["Dahua", "DH-HAC-HFW1200R", 196, datetime.datetime(2019, 11, 20)])  # noqa: DTZ001
    sheet.append(["Dahua", None, 1.5, datetime.date(2019, 11, 21)])


def rewrite(data: bytes, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = change(item.filename, old.read(item))
            if content is not None:
                new.writestr(item.filename, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def keep(_: str, content: bytes) -> bytes:
    return content


def test_cells_are_text_as_a_person_sees_them() -> None:
    (table,) = read_xlsx(workbook(simple), "t.xlsx")
    assert [row.cells for row in table.rows] == [
        ("Brand", "Model", "Qty", "Date"),
        ("Dahua", "DH-HAC-HFW1200R", "196", "2019-11-20"),
        ("Dahua", "", "1.5", "2019-11-21"),
    ]


def test_all_sheets_are_read_hidden_ones_too_and_empty_ones_left_out() -> None:
    def fill(book: Workbook) -> None:
        simple(book)
        hidden = book.create_sheet("Lot 2")
        hidden.append(["x"])
        hidden.sheet_state = "hidden"
        book.create_sheet("Empty")

    tables = read_xlsx(workbook(fill), "t.xlsx")
    assert [table.name for table in tables] == ["t.xlsx, sheet Sheet", "t.xlsx, sheet Lot 2"]
    assert tables[1].notes == ("this sheet is hidden in the workbook",)


def test_a_sheet_that_claims_to_be_huge_is_not_believed() -> None:
    def widen(name: str, content: bytes) -> bytes:
        return content.replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"') if name.endswith("sheet1.xml") else content

    changed = rewrite(workbook(simple), widen)
    assert len(read_xlsx(changed, "t.xlsx")[0].rows) == 3


@pytest.mark.parametrize("member", ["xl/vbaProject.bin", "xl/vbaProjectSignature.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(member: str) -> None:
    with pytest.raises(PaperError, match="macros"):
        read_xlsx(rewrite(workbook(simple), keep, {member: b"x"}), "t.xlsx")


def test_a_macro_workbook_under_another_name_is_refused() -> None:
    def declare(name: str, content: bytes) -> bytes:
        plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return (
            content.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
            if "Types" in name
            else content
        )

    with pytest.raises(PaperError, match="macros"):
        read_xlsx(rewrite(workbook(simple), declare), "t.xlsx")


@pytest.mark.parametrize("word", [b"<!DOCTYPE x [", b"<!ENTITY a 'b'>"])
def test_declarations_are_refused_wherever_they_stand(word: bytes) -> None:
    for pad in (0, xlsx_table.CHUNK - 5):
        extra = {"xl/extra.xml": b"<a>" + b" " * pad + word}
        with pytest.raises(PaperError, match="declares a document type or an entity"):
            read_xlsx(rewrite(workbook(simple), keep, extra), "t.xlsx")


def test_an_encoding_that_could_hide_a_declaration_is_refused() -> None:
    declared = [
        f'<?xml version="1.0" {spaces}encoding="{name}"?>' for spaces in ("", " \n") for name in ("cp037", "x-mine")
    ]
    hidden = [text.encode() + "<!DOCTYPE a>".encode("cp037") for text in declared]
    for text in (*hidden, "<a><!DOCTYPE x>".encode("utf-16"), "<a>".encode("utf-16-le")):
        with pytest.raises(PaperError, match="not in UTF-8"):
            read_xlsx(rewrite(workbook(simple), keep, {"xl/extra.xml": text}), "t.xlsx")


def test_bombs_are_refused_by_what_they_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "LARGEST_MEMBER", 100_000)
    bomb = rewrite(workbook(simple), keep, {"xl/big.bin": b"\0" * 100_001})
    assert len(bomb) < 20_000
    with pytest.raises(PaperError, match=r"xl/big.bin unpacks to 100001 bytes"):
        read_xlsx(bomb, "t.xlsx")
    monkeypatch.setattr(xlsx_table, "LARGEST_SUM", 150_000)
    many = rewrite(workbook(simple), keep, {f"xl/{n}.bin": b"\0" * 90_000 for n in range(2)})
    with pytest.raises(PaperError, match="unpacks to"):
        read_xlsx(many, "t.xlsx")
    monkeypatch.setattr(xlsx_table, "MOST_MEMBERS", 20)
    with pytest.raises(PaperError, match="files"):
        read_xlsx(rewrite(workbook(simple), keep, {f"x{n}": b"" for n in range(30)}), "t.xlsx")


def test_a_cell_of_a_hundred_megabytes_is_refused_by_its_member() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/sharedStrings.xml", "w") as stream:
            for _ in range(100):
                stream.write(b"x" * (1 << 20))
    with pytest.raises(PaperError, match=r"sharedStrings.xml unpacks to 104857600 bytes"):
        read_xlsx(out.getvalue(), "t.xlsx")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, r"old \.xls or protected"),
        (b"PK\x03\x04 broken", "not readable as .xlsx"),
        (rewrite(workbook(simple), lambda n, c: None if "Types" in n else c), "no workbook"),
        (rewrite(workbook(simple), lambda n, c: None if "workbook.xml" in n else c), "not readable as .xlsx"),
        (rewrite(workbook(simple), lambda n, c: c[:200] if "sheet1" in n else c), "not readable as .xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(PaperError, match=says):
        read_xlsx(data, "t.xlsx")


def test_flipped_bytes_give_a_table_or_the_one_error() -> None:
    data = workbook(simple)
    rng = random.Random(7)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            read_xlsx(bytes(broken), "t.xlsx")
        except PaperError:
            continue


def test_flipped_bytes_inside_the_members_give_a_table_or_the_one_error() -> None:
    rng = random.Random(11)
    data = workbook(simple)

    def flip(_: str, content: bytes) -> bytes:
        broken = bytearray(content)
        for _n in range(3):
            broken[rng.randrange(len(broken))] = rng.randrange(32, 127)
        return bytes(broken)

    for _ in range(60):
        try:
            read_xlsx(rewrite(data, flip), "t.xlsx")
        except PaperError:
            continue
