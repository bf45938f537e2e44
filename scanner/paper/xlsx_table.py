"""Reads the sheets of an .xlsx file after holding the archive against caps; runs no macro, follows no link.

A workbook is a ZIP of XML from a stranger. Before the library sees it: no macros, no document type declarations, no
member and no sum of members over the caps. The library is imported here only, and when needed.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from scanner.paper.table import MOST_COLUMNS, PaperError, Table, check_size, gather_rows

LARGEST_MEMBER: Final = 48 * 1024 * 1024
"""Bytes of one member unpacked; a sheet of 100,000 rows has about 20 MB."""

LARGEST_SUM: Final = 96 * 1024 * 1024
"""Bytes of all members unpacked: a bomb unpacks to gigabytes."""

MOST_MEMBERS: Final = 1_000
"""Members of the archive; a workbook with many sheets and pictures has a hundred."""

MOST_SHEETS: Final = 100
"""Sheets read."""

CHUNK: Final = 64 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0"
_DECLARATIONS: Final = (b"<!DOCTYPE", b"<!ENTITY")
_ENCODING: Final = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']""")

_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    LookupError,  # a key, an index, or an encoding that nobody knows
    AttributeError,
    TypeError,
    ValueError,
    SyntaxError,  # what the XML parsers raise is a kind of it
    NotImplementedError,  # a compression method that zipfile lacks
    RuntimeError,  # an encrypted member
)
"""What the library raises on broken files. It has no error of its own for them."""


def read_xlsx(data: bytes, name: str) -> tuple[Table, ...]:
    """All sheets with content, hidden ones too. Raises PaperError, nothing else."""
    check_size(data, name)
    if data.startswith(_OLE):
        raise PaperError(f"{name} is an old .xls or protected by a password; save it as .xlsx without one")
    try:
        _check_archive(data, name)
        return tuple(_read_sheets(data, name))
    except PaperError:
        raise
    except _BROKEN as error:
        raise PaperError(f"{name}: not readable as .xlsx ({type(error).__name__}: {error})") from error


def _check_archive(data: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise PaperError(f"{name} holds {len(members)} files (at most {MOST_MEMBERS}); this is no workbook")
        for member in members:
            _check_member(member, name)
        total = sum(member.file_size for member in members)
        if total > LARGEST_SUM:
            raise PaperError(
                f"{name} unpacks to {total} bytes (at most {LARGEST_SUM}); save the list alone in a new file"
            )
        if "[Content_Types].xml" not in archive.namelist():
            raise PaperError(f"{name} is a ZIP archive and no workbook")
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                _check_xml(archive, member, name)


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    if "vbaproject" in member.filename.lower() or "/macrosheets/" in f"/{member.filename.lower()}":
        raise PaperError(f"{name} holds macros ({member.filename}); save it as .xlsx without them")
    if member.file_size > LARGEST_MEMBER:
        raise PaperError(
            f"{name}: {member.filename} unpacks to {member.file_size} bytes (at most {LARGEST_MEMBER}); "
            "save the list alone in a new file"
        )


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Refuse declarations, which no spreadsheet program writes and XML bombs need, and encodings that hide them."""
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            if not tail and b"\x00" in chunk[:4]:
                raise PaperError(f"{name}: {member.filename} is not in UTF-8; save the file again")
            if not tail and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise PaperError(f"{name}: {member.filename} is not in UTF-8; save the file again")
            if not tail and (said := _ENCODING.match(chunk)) and said[1].lower() not in (b"utf-8", b"us-ascii"):
                raise PaperError(f"{name}: {member.filename} is not in UTF-8; save the file again")
            if b"macroEnabled" in tail + chunk and member.filename == "[Content_Types].xml":
                raise PaperError(f"{name} is a workbook with macros; save it as .xlsx without them")
            if any(word in tail + chunk for word in _DECLARATIONS):
                raise PaperError(f"{name}: {member.filename} declares a document type or an entity; not opened")
            tail = chunk[-16:]


def _read_sheets(data: bytes, name: str) -> Iterator[Table]:
    from openpyxl import load_workbook  # 0.2 s, and only for those who bring a workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of styles and validations that no list needs
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        yield from _read_book(book, name)


def _read_book(book: Any, name: str) -> Iterator[Table]:
    try:
        sheets = book.worksheets[:MOST_SHEETS]
        for sheet in sheets:
            label = f"{name}, sheet {sheet.title}" if len(sheets) > 1 else name
            sheet.reset_dimensions()  # what the file says of its size is not believed
            rows = gather_rows(_cells(sheet), label)
            if rows:
                hidden = () if sheet.sheet_state == "visible" else ("this sheet is hidden in the workbook",)
                yield Table(label, rows, hidden)
    finally:
        book.close()


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
        yield number, [_text(value) for value in values]


def _text(value: object) -> str:
    """A cell as a person sees it: whole numbers without a point, days as ISO dates."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
