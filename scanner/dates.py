"""Dates as sources give them, down to the day, the month or only the year; reads no clock.

A partial date is a span. Whatever compares with it must hold for the whole span, or the answer is open.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


class DateError(ValueError):
    """The text is no date in the form YYYY, YYYY-MM or YYYY-MM-DD."""


def parse_span(text: str) -> tuple[date, date]:
    """First and last day that `text` ("2023", "2023-02", "2023-02-14") may mean. Raises DateError."""
    found = _PARTIAL.match(text)
    if found is None:
        raise DateError(f"{text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        assert year is not None, "the pattern has a year"
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError as error:  # month 13, 30 February, year 0; calendar.IllegalMonthError is a ValueError too
        raise DateError(f"{text!r} is not a date that exists") from error
