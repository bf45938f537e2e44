"""Pins how partial dates become spans and how distances are worded."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.dates import DateError, parse_span


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2019-08-13", date(2019, 8, 13), date(2019, 8, 13)),
    ],
)
def test_partial_date_is_the_span_it_may_mean(text: str, first: date, last: date) -> None:
    assert parse_span(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-00", "2023-02-30", "0000", "2023-2", "2023-02-14T00", "x", "2023\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        parse_span(text)
