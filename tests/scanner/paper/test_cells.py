"""Pins how single cells are read, and what is refused instead of guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.paper.cells import parse_date, parse_mac, parse_quantity
from scanner.paper.table import PaperError


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("196", 196),
        ("196 copë", 196),
        ("196,00", 196),
        ("196.0", 196),
        ("1.200 kom", 1200),
        ("9.000 m", 9000),
        ("9 000", 9000),
        ("1,200,000", 1_200_000),
        ("30x", 30),
        ("", None),
        ("a lot", None),
        ("1.5", None),
        ("99999999", None),
        ("-3", None),
    ],
)
def test_quantity(text: str, number: int | None) -> None:
    assert parse_quantity(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-11-20", date(2019, 11, 20)),
        ("2019/11/20", date(2019, 11, 20)),
        ("20.11.2019", date(2019, 11, 20)),
        ("20.11.2019.", date(2019, 11, 20)),
        ("20. 11. 2019.", date(2019, 11, 20)),
        ("5/4/2019", date(2019, 4, 5)),
        ("11/20/2019", date(2019, 11, 20)),
        ("2019-11-20 10:30:00", date(2019, 11, 20)),
        ("", None),
        ("-", None),
        ("n/a", None),
    ],
)
def test_date(text: str, day: date | None) -> None:
    assert parse_date(text).day == day


@pytest.mark.parametrize("text", ["2019", "11/2019", "2019-11", "11.2019."])
def test_a_month_or_a_year_alone_gives_no_day_and_says_so(text: str) -> None:
    found = parse_date(text)
    assert found.day is None
    assert "not the day" in found.words


@pytest.mark.parametrize("text", ["soon", "32.1.2019", "2019-02-30", "13/13/2019", "20.11.19", "1" * 500])
def test_a_date_in_no_known_form_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(PaperError, match=r"YYYY-MM-DD or DD\.MM\.YYYY"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("44:19:B6:00:00:01", "44:19:b6:00:00:01"),
        ("44-19-B6-00-00-01", "44:19:b6:00:00:01"),
        ("4419b6000001", "44:19:b6:00:00:01"),
        ("4419.b600.0001", "44:19:b6:00:00:01"),
        ("44:19:B6", None),
        ("none", None),
    ],
)
def test_mac(text: str, mac: str | None) -> None:
    assert parse_mac(text) == mac


@given(st.text(max_size=60))
def test_any_cell_is_read_or_refused(text: str) -> None:
    parse_quantity(text)
    parse_mac(text)
    try:
        parse_date(text)
    except PaperError:
        return
