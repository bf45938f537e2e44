"""Pins encodings and separators, with the note that says what was guessed; garbage gives the one error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.paper.csv_table import decode_text, guess_separator, read_csv
from scanner.paper.table import PaperError

TEXT = "Përshkrimi;Sasia\nKamerë;196\n"
CYRILLIC = "Опис;Количина\nКамера за надзор;196\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1250"])
def test_encodings_of_latin_text(encoding: str) -> None:
    rows = read_csv(TEXT.encode(encoding), "t.csv").rows
    assert [row.cells for row in rows] == [("Përshkrimi", "Sasia"), ("Kamerë", "196")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_encodings_of_cyrillic_text(encoding: str) -> None:
    assert read_csv(CYRILLIC.encode(encoding), "t.csv").rows[1].cells == ("Камера за надзор", "196")


def test_a_guessed_encoding_is_said() -> None:
    assert decode_text(TEXT.encode("cp1250"), "f")[1] == (
        "not UTF-8, read as cp1250; check that names with accents look right",
    )
    assert decode_text(TEXT.encode("utf-16"), "f")[1] == ("read as UTF-16",)
    assert decode_text(TEXT.encode(), "f")[1] == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["Произвођач;Тип\r\nДахуа;Камера\r\n", "品牌,型号\n海康威视,网络摄像机\n", "Marka;Modeli\nDahua;X\n"]
)
def test_utf_16_without_a_mark_is_known_in_every_script(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), "f") == (text, (f"read as {encoding.upper()}",))


@pytest.mark.parametrize("separator", list(",;\t|"))
def test_separators(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6")))
    table = read_csv(text.encode(), "t.csv")
    assert table.rows[1].cells == ("1", "2", "3")
    assert table.notes[0].startswith("read with ")


def test_numbers_with_commas_and_quoted_semicolons_do_not_mislead() -> None:
    assert guess_separator('a;b\n"x, y, z";1,5\n"p, q, r";2,5\n') == ";"
    assert guess_separator('name,note\n"a;b;c",x\n"d;e;f",y\n') == ","
    assert guess_separator("one column\nonly\n") == ","


def test_the_first_line_of_excel_names_the_separator() -> None:
    table = read_csv(b"sep=;\r\na;b,c\r\n1;2,3\r\n", "t.csv")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("a", "b,c")), (3, ("1", "2,3"))]


def test_line_breaks_inside_quotes_stay_in_the_cell() -> None:
    assert read_csv(b'a,b\n"x\ny",2\n', "t.csv").rows[1].cells == ("x y", "2")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\n,,\n", "has no rows"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "not readable as CSV"),
        (b"a,b\n" + b"x" * 40_000 + b",1\n", "row 2, column 1: a cell of 40000"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
        (b"\xff\xfea\x00b", "broken at byte"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(PaperError, match=says):
        read_csv(data, "t.csv")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_the_one_error(data: bytes) -> None:
    try:
        table = read_csv(data, "f")
    except PaperError:
        return
    assert table.rows
