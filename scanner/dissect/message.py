"""Splits the text of an HTTP-like answer into head and body; knows nothing of what they mean.

Lengths in the head are not believed: the text may have been masked, cut or decoded with replacement.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.codec.http1 import Head, every_header, is_chunked, parse_head, read_chunked
from scanner.codec.text import VALUE_CAP, cut_field

LINES_CAP: Final = 20
"""Headers of one name that become observations: an honest server sends three challenges at most."""

_END_OF_HEAD: Final = re.compile(r"\r?\n\r?\n")


def split_message(text: str) -> tuple[Head, str, str]:
    """Head, text of the head, and body; raises Garbled when there is no status line."""
    text = text[:VALUE_CAP].lstrip("\r\n")
    found = _END_OF_HEAD.search(text)
    head_text, body = (text[: found.start()], text[found.end() :]) if found else (text, "")
    return parse_head(head_text), head_text, body


def join_chunks(head: Head, body: str) -> str:
    """The body without chunk sizes where it has them; the body as it is otherwise."""
    if not body or not is_chunked(head.headers):
        return body
    chunked = read_chunked(body.replace("\ufffd", "?").encode("utf-8", "replace"))
    if chunked is None:
        return body
    joined = chunked[0].decode("utf-8", "replace")
    return joined if chunked[1] or 3 * len(joined) > len(body) else body


def list_header(head: Head, name: str) -> list[str]:
    """The capped values of the headers of that name that hold anything."""
    values = (cut_field(value) for value in every_header(head.headers, name)[:LINES_CAP])
    return [value for value in values if value]


def write_shape(head: Head) -> str:
    """The header names in order and case as sent, comma-separated."""
    return cut_field(",".join(name for name, _ in head.headers))
