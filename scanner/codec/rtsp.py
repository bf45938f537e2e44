"""RTSP OPTIONS and DESCRIBE out, responses in; never SETUP, never PLAY, never a credential. RFC 2326 and RFC 7826."""

from __future__ import annotations

import re
from typing import Final

from scanner.codec import Garbled
from scanner.codec.http1 import HEAD_CAP, USER_AGENT, Response, declared_length, parse_head

BODY_CAP: Final = 64 * 1024
"""Bytes of a session description: honest ones stay under 4 kB."""

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_URL: Final = re.compile(r"rtsp://[^\s@/\x00-\x1f\x7f]+(?:/[\x21-\x7e]*)?")
_STARTS: Final = (b"RTSP/", b"HTTP/")


def build_options(url: str, cseq: int) -> bytes:
    """Build an OPTIONS request; ValueError for a URL with a credential or a control character."""
    return _build("OPTIONS", url, cseq)


def build_describe(url: str, cseq: int) -> bytes:
    """Build a DESCRIBE request that accepts a session description; ValueError as build_options."""
    return _build("DESCRIBE", url, cseq, "Accept: application/sdp\r\n")


def _build(method: str, url: str, cseq: int, extra: str = "") -> bytes:
    if not _URL.fullmatch(url) or not url.isascii():
        raise ValueError(f"{url!r} is not an rtsp:// URL without a user name")
    return f"{method} {url} RTSP/1.0\r\nCSeq: {cseq}\r\n{extra}User-Agent: {USER_AGENT}\r\n\r\n".encode("ascii")


def read_response(data: bytes) -> tuple[Response, int] | None:
    """Read the first response and say how many bytes it took; None when more are needed; raises Garbled.

    A server that ignores the version and answers as HTTP is read too. Without Content-Length there is no body.
    """
    start = _start(data)
    if start is None:
        return None
    found = _END_OF_HEAD.search(data, start, start + HEAD_CAP)
    if found is None:
        if len(data) - start >= HEAD_CAP:
            raise Garbled("RTSP headers without an end")
        return None
    head = parse_head(data[start : found.start()].decode("utf-8", "replace"))
    length = declared_length(head.headers) or 0
    if length > BODY_CAP:
        raise Garbled(f"an RTSP body of {length} bytes was announced")
    end = found.end() + length
    if len(data) < end:
        return None
    return Response(head.version, head.status, head.reason, head.headers, data[found.end() : end], complete=True), end


def read_partial(data: bytes) -> Response | None:
    """Read what there is of a response that the peer never finished (`complete` is false).

    None when there is not even a status line; raises Garbled when it is not RTSP.
    """
    start = _start(data)
    if start is None or b"\n" not in data[start:]:
        return None
    found = _END_OF_HEAD.search(data, start, start + HEAD_CAP)
    head_end, body_start = found.span() if found else (min(len(data), start + HEAD_CAP), len(data))
    head = parse_head(data[start:head_end].decode("utf-8", "replace"))
    body = data[body_start : body_start + BODY_CAP]
    return Response(head.version, head.status, head.reason, head.headers, body, complete=False)


def _start(data: bytes) -> int | None:
    """Where the status line begins, after line ends left over from the answer before; None when no byte is there."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    head = data[start : start + 5]
    if not head:
        return None
    if not any(name.startswith(head) for name in _STARTS):
        raise Garbled(f"not RTSP: it begins with {data[start : start + 16].hex()}")
    return start
