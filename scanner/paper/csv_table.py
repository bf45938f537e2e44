"""Reads a CSV file whatever its encoding and separator; guesses within bounds and says what it guessed.

The library's own sniffer takes quoted semicolons for separators and has no bound, so the guess is made here.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from typing import Final

from scanner.paper.table import LONGEST_CELL, PaperError, Table, check_size, gather_rows

SEPARATORS: Final = ",;\t|"
"""Comma in English, semicolon wherever the comma stands in numbers, tab from a spreadsheet's clipboard."""

SAMPLE: Final = 64 * 1024
"""Characters looked at to guess the separator."""

SAMPLE_ROWS: Final = 60
"""Rows looked at to guess the separator."""

LEAST_PLAIN: Final = 20
"""Of so many characters of a sheet one at least is ASCII: separators, line ends, digits."""

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_csv(data: bytes, name: str) -> Table:
    """The sheet in a CSV file. Raises PaperError, nothing else."""
    check_size(data, name)
    text, notes = decode_text(data, name)
    separator, body = _take_separator_line(text)
    if separator is None:
        separator = guess_separator(body)
    skipped = text.count("\n") - body.count("\n")
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
        numbered = ((number + skipped, cells) for number, cells in enumerate(reader, 1))
        rows = gather_rows(numbered, name)
    except csv.Error as error:
        raise PaperError(
            f"{name}: not readable as CSV ({error}); a cell holds at most {LONGEST_CELL} characters, "
            "and a quote that opens must close"
        ) from error
    if not rows:
        raise PaperError(f"{name} has no rows")
    shown = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[separator]
    return Table(name, rows, (*notes, f"read with {shown} between the cells"))


def decode_text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of the bytes and a note on the encoding where it was not UTF-8."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, encoding, name), (() if encoding == "utf-8-sig" else (f"read as {encoding.upper()}",))
    wide = _wide_without_mark(data)
    if wide is not None:
        return _decode(data, wide, name), (f"read as {wide.upper()}",)
    if b"\x00" in data[:SAMPLE]:
        raise PaperError(f"{name} is not a text file; give a .csv or an .xlsx")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        encoding = _guess_code_page(data)
        note = f"not UTF-8, read as {encoding}; check that names with accents look right"
        return data.decode(encoding, "replace"), (note,)


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PaperError(f"{name}: begins like {encoding.upper()} and is broken at byte {error.start}") from error


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark, in any script: of the two byte orders the one in which the separators are separators."""
    head = data[: min(SAMPLE, len(data) // 2 * 2)]
    if b"\x00" not in head:
        return None
    plain = {encoding: _count_plain(head, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(plain, key=lambda encoding: plain[encoding])
    return best if plain[best] * LEAST_PLAIN >= len(head) // 2 else None


def _count_plain(head: bytes, encoding: str) -> int:
    """ASCII characters of the text; 0 where it is none: control characters, or signs that no script has."""
    text = head.decode(encoding, "replace").rstrip("\ufffd")  # the sample may end inside a pair
    if any(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\r\n\t" for c in text):
        return 0
    return sum(c.isascii() for c in text)


def _guess_code_page(data: bytes) -> str:
    """Cyrillic text is mostly high bytes, Latin text has a few; code page 1250 serves Albanian, Serbian and German."""
    head = data[:SAMPLE]
    high = sum(byte >= 0xC0 for byte in head)
    letters = sum(chr(byte).isalpha() for byte in head if byte < 0x80)
    return "cp1251" if high > letters / 2 else "cp1250"


def _take_separator_line(text: str) -> tuple[str | None, str]:
    """Excel writes "sep=;" as the first line of some files."""
    first, newline, rest = text.partition("\n")
    stripped = first.strip().lower()
    if newline and stripped.startswith("sep=") and len(stripped) == 5 and stripped[4] in SEPARATORS:
        return stripped[4], rest
    if newline and first.strip("\r") == "sep=\t":
        return "\t", rest
    return None, text


def guess_separator(text: str) -> str:
    """The separator that gives the most cells in the most rows alike; comma where none gives two."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        score = _score(text[:SAMPLE], separator)
        if score > best_score:
            best, best_score = separator, score
    return best


def _score(sample: str, separator: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=separator)):
            if number >= SAMPLE_ROWS:
                break
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    except csv.Error:
        return 0.0
    rows = widths.total()
    alike = max(((count, width) for width, count in widths.items() if width > 1), default=(0, 1))
    return alike[0] / rows * min(alike[1], 12) if rows else 0.0
