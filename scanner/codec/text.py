"""Bytes from a device to capped text, and numbers from its fields; never raises, whatever comes in.

Text is UTF-8 with replacement: the raw bytes stand in the record, so nothing is lost by it.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Final

from scanner.codec import Garbled

VALUE_CAP: Final = 64 * 1024
"""Characters kept of a whole reply: as much as the link reads of any answer."""

FIELD_CAP: Final = 4 * 1024
"""Characters kept of one field. The longest honest ones, scope lists and certificate subjects, stay under 2 kB."""

FIELDS_CAP: Final = 256
"""Fields kept of one structured answer: the richest honest one, a DHDiscover description, has some 50."""

JSON_DEPTH_CAP: Final = 8
"""Levels read of a JSON answer: those of cameras have four."""

NAMES_KEPT: Final = 1_024
"""Names of fields whose secrecy is remembered: devices of one make use the same few dozen in every answer."""

NAME_KEPT: Final = 64
"""Characters of the longest name remembered."""

_SENSITIVE: Final = "salt|passw|pwd|secret|token|verif|random|nonce|credential|private"
_SECRET: Final = re.compile(_SENSITIVE, re.IGNORECASE)
_XML_SECRET: Final = re.compile(
    rf"(<[\w:.-]{{0,60}}(?:{_SENSITIVE})[\w:.-]{{0,60}}(?:\s[^<>]{{0,200}})?>(?:<!\[CDATA\[)?)([^<]+)".encode(),
    re.IGNORECASE,
)
_JSON_SECRET: Final = re.compile(
    rf'("[^"]{{0,60}}(?:{_SENSITIVE})[^"]{{0,60}}"\s{{0,9}}:\s{{0,9}})("(?:[^"\\]|\\.)*"?|[\w.+-]+)'.encode(),
    re.IGNORECASE,
)


def decode_text(data: bytes, cap: int = VALUE_CAP) -> str:
    """Decode a whole reply: UTF-8 with replacement, UTF-16 where a byte order mark says so, cut to `cap` characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[: 2 * cap].decode("utf-16", "replace")[:cap]
    return data[: 4 * cap].decode("utf-8", "replace")[:cap]


def encode_hex(data: bytes, cap: int = VALUE_CAP) -> str:
    """The lower-case hexadecimal text that stands for the raw answer of a binary protocol; cut to `cap` characters."""
    return data[: cap // 2].hex()


def cut_field(text: str, cap: int = FIELD_CAP) -> str:
    """Cut one field to the cap; NULs, lone surrogates (JSON can name them) and blanks at the ends are taken out."""
    text = text[:cap]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text.strip()


def decode_padded(data: bytes) -> str:
    """A fixed-length field of a binary answer up to its first NUL."""
    return cut_field(data.partition(b"\x00")[0].decode("utf-8", "replace"))


def read_number(text: str | None, *, highest: int = 65_535) -> int | None:
    """A decimal number from 0 to `highest`; None for anything else."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    number = int(text)
    return number if number <= highest else None


def write_network(address: str, mask: str, gateway: str, dhcp: str) -> str:
    """The value of a network field: "192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false", absent parts left out."""
    parts = [f"{address}/{mask}" if mask else address] if address else []
    parts += [f"gateway {gateway}"] if gateway else []
    parts += [f"dhcp {dhcp.lower()}"] if dhcp else []
    return " ".join(parts)


def is_secret(name: str) -> bool:
    """True for the name of a field that may carry a credential or what protects one: it is dropped unread."""
    return _is_secret(name) if len(name) <= NAME_KEPT else _SECRET.search(name) is not None


@lru_cache(maxsize=NAMES_KEPT)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


def mask_xml(data: bytes) -> bytes:
    """The same bytes with the text of every secret element turned to asterisks: what may be stored as evidence."""
    return _XML_SECRET.sub(_mask, data)


def mask_json(data: bytes) -> bytes:
    """The same bytes with the value of every secret member turned to asterisks; lengths and the rest stay."""
    return _JSON_SECRET.sub(_mask, data)


def _mask(found: re.Match[bytes]) -> bytes:
    before, value = bytes(found[1]), bytes(found[2])
    opening = b'"' if value.startswith(b'"') else b""
    closing = next((end for end in (b"]]>", b'"') if value.endswith(end) and len(value) > len(opening)), b"")
    return before + opening + b"*" * (len(value) - len(opening) - len(closing)) + closing


def read_json(text: str) -> dict[str, object]:
    """Read the JSON object at the start of `text`, whatever follows it; raises Garbled."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"no JSON: {str(error)[:60]}") from None
    if not isinstance(value, dict):
        raise Garbled("JSON that is no object")
    return value


def flatten_json(value: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """The scalars of a JSON object as (dotted name, text), secrets dropped, capped in depth and number."""
    found: list[tuple[str, str]] = []
    _flatten(value, "", JSON_DEPTH_CAP, found)
    return tuple(found[:FIELDS_CAP])


def _flatten(value: dict[str, object], before: str, depth: int, found: list[tuple[str, str]]) -> None:
    for key, item in value.items():
        if len(found) >= FIELDS_CAP or is_secret(key):
            continue
        name = before + cut_field(key, 100)
        if isinstance(item, dict):
            if depth > 1:
                _flatten(item, f"{name}.", depth - 1, found)
        elif isinstance(item, bool):
            found.append((name, "true" if item else "false"))
        elif isinstance(item, str | int | float):
            found.append((name, cut_field(str(item))))
