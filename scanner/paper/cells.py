"""Reads single cells: quantities, dates, addresses; refuses what it cannot read instead of guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from scanner.paper.table import LONGEST_SHOWN, PaperError

HARDWARE_ADDRESS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
"""A MAC address with colons, dashes, Cisco's dots, or bare."""

ADDRESS: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
"""An IPv4 address."""

LARGEST_QUANTITY: Final = 10_000_000
"""More of one thing than any state owns; a larger number is a price or a code."""

EMPTY: Final = frozenset({"", "-", "--", "–", "/", "n/a", "na", "none", "?", "x"})
"""What people write into a cell that they leave empty."""

_THOUSANDS: Final = re.compile(r"(\d{1,3}(?:[., '’]\d{3})+)(?![\d.,])")
_NUMBER: Final = re.compile(r"(\d{1,9})(?:[.,]0+)?(?![\d.,])")


@dataclass(frozen=True, slots=True)
class PaperDate:
    """A date as written: `day` where the day is known, else the words of what is known."""

    day: date | None
    words: str = ""


def parse_quantity(text: str) -> int | None:
    """ "196", "196 copë", "1.200 kom", "9 000 m" as a number; None where there is none."""
    found = _THOUSANDS.match(text.strip()) or _NUMBER.match(text.strip())
    if found is None:
        return None
    number = int(re.sub(r"\D", "", found.group(1)))
    return number if number <= LARGEST_QUANTITY else None


_YEAR_FIRST: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T].*)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-./] ?(\d{1,2})[-./] ?(\d{4})\.?(?: .*)?")
_MONTH_ONLY: Final = re.compile(r"(?:(\d{1,2})[-./](\d{4})|(\d{4})[-./](\d{1,2}))\.?")
_YEAR_ONLY: Final = re.compile(r"((?:19|20)\d{2})\.?")


def parse_date(text: str) -> PaperDate:
    """ "2019-11-20", "20.11.2019.", "20/11/2019"; month or year alone give no day.

    Day before month, as everywhere the tool is used; 11/20/2019 can only be the other way round and is taken so.
    Raises PaperError on any other form.
    """
    bare = text.strip()
    if bare.lower() in EMPTY:
        return PaperDate(None)
    if found := _YEAR_FIRST.fullmatch(bare):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(bare):
        day, month = int(found[1]), int(found[2])
        if month > 12 >= day:
            day, month = month, day
        return _day(text, int(found[3]), month, day)
    if _MONTH_ONLY.fullmatch(bare) or _YEAR_ONLY.fullmatch(bare):
        return PaperDate(None, f"only {bare!r} is known, not the day")
    raise _unreadable(text)


def _day(text: str, year: int, month: int, day: int) -> PaperDate:
    try:
        return PaperDate(date(year, month, day))
    except ValueError as error:
        raise _unreadable(text) from error


def _unreadable(text: str) -> PaperError:
    shown = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return PaperError(f"{shown!r} is not a date; write YYYY-MM-DD or DD.MM.YYYY")


def parse_mac(text: str) -> str | None:
    """A MAC address in lower case with colons; None for anything else."""
    if HARDWARE_ADDRESS.fullmatch(text.strip()) is None:
        return None
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))
