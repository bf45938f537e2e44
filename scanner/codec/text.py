"""Bytes from a device to capped text, and numbers from its fields; never raises, whatever comes in.

Text is UTF-8 with replacement: the raw bytes stand in the record, so nothing is lost by it.
"""

from __future__ import annotations

from typing import Final

VALUE_CAP: Final = 64 * 1024
"""Characters kept of a whole reply: as much as the link reads of any answer."""

FIELD_CAP: Final = 4 * 1024
"""Characters kept of one field. The longest honest ones, scope lists and certificate subjects, stay under 2 kB."""


def decode_text(data: bytes, cap: int = VALUE_CAP) -> str:
    """Decode a whole reply: UTF-8 with replacement, UTF-16 where a byte order mark says so, cut to `cap` characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[: 2 * cap].decode("utf-16", "replace")[:cap]
    return data[: 4 * cap].decode("utf-8", "replace")[:cap]


def encode_hex(data: bytes, cap: int = VALUE_CAP) -> str:
    """The lower-case hexadecimal text that stands for the raw answer of a binary protocol; cut to `cap` characters."""
    return data[: cap // 2].hex()


def cut_field(text: str, cap: int = FIELD_CAP) -> str:
    """Cut one field to the cap and strip NULs and blanks at its ends."""
    return text[:cap].strip("\x00 \t\r\n")
