"""HTTP/1 requests out and responses in, museum pieces included; never sends a credential, never decompresses.

Sources: RFC 9112 for the grammar; for the deviations what old camera web servers say: bare LF, no reason phrase,
HTTP/0.9 bodies, `Server : x`, duplicate Content-Length, folded headers, lines without a colon, RTSP and ICY answers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from scanner.codec import Garbled

USER_AGENT: Final = "camcensus/0.1 (read-only inventory)"
"""Says who asks, so that the operators of a device find us in its log."""

HEAD_CAP: Final = 64 * 1024
"""Bytes of status line and headers: as much as the link reads; servers of every kind stay under 16 kB."""

HEADERS_CAP: Final = 200
"""Header lines kept; an honest camera sends under 20."""

CHUNKS_CAP: Final = 8_192
"""Chunks of one body: 64 kB in chunks of eight bytes. One-byte chunks are an attack on our time."""

INTERIM_CAP: Final = 4
"""Responses of class 1xx before the final one."""

Header = tuple[str, str]

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
"""Begins with the byte that is rare: a search for an optional CR first looks at every byte twice."""

_STATUS_LINE: Final = re.compile(
    r"(HTTP(?:/[0-9.]{1,5})?|RTSP/[0-9.]{1,5}|SIP/[0-9.]{1,5}|ICY) +([0-9]{3})(?!\S)[ ]*(.*)"
)
_PROTOCOLS: Final = (b"HTTP", b"RTSP/", b"ICY ", b"SIP/")
_PLAIN_STATUS: Final = re.compile(rb"HTTP/1\.[01] (?!204|304)[2-5][0-9][0-9]")
_ONE_LENGTH: Final = re.compile(rb"\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r?\n(?![ \t])")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_OWN: Final = frozenset(("host", "user-agent", "connection", "content-length", "transfer-encoding"))
_SECRET: Final = frozenset(("authorization", "proxy-authorization", "cookie", "x-auth-token", "x-csrf-token"))
_SECRET_QUERY: Final = re.compile(r"[?&](?:user(?:name)?|loginuse|loginpas|pass(?:word|wd)?|pwd|auth|token)=", re.I)


class Response(Struct, frozen=True, gc=False):
    """One response. `headers` are in order and case as sent; `body` is de-chunked; `complete`: nothing is missing."""

    version: str  # "HTTP/1.1", "RTSP/1.0", "ICY"; "HTTP/0.9" for a body without a head
    status: int  # 0 where there was none
    reason: str
    headers: tuple[Header, ...]
    body: bytes
    complete: bool

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; None when it is absent."""
        return find_header(self.headers, name)

    def every(self, name: str) -> tuple[str, ...]:
        """All headers of that name in the order sent."""
        return every_header(self.headers, name)

    @property
    def shape(self) -> str:
        """The header names in order and case as sent, comma-separated."""
        return ",".join(key for key, _ in self.headers)


class Head(Struct, frozen=True, gc=False):
    """A status line and its headers."""

    version: str
    status: int
    reason: str
    headers: tuple[Header, ...]


def find_header(headers: Iterable[Header], name: str) -> str | None:
    """The first header of that name, whatever its case; None when it is absent."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return None


def every_header(headers: Iterable[Header], name: str) -> tuple[str, ...]:
    """All headers of that name, whatever its case, in the order sent."""
    wanted = name.lower()
    return tuple([value for key, value in headers if key.lower() == wanted])


def build_request(method: str, path: str, host: str, headers: Iterable[Header] = (), body: bytes = b"") -> bytes:
    """Build one request that closes its connection; ValueError for a credential header or a control character.

    `host` is the text of the Host header, with a port where it is not the default one.
    """
    before, after = frame_request(method, path, tuple(headers), len(body))
    if _CONTROL.search(host) or not host.isascii() or not host:
        raise ValueError(f"{host!r} is not a host")
    return f"{before}{host}{after}".encode("ascii") + body


@functools.lru_cache(maxsize=256)
def frame_request(method: str, path: str, headers: tuple[Header, ...], size: int) -> tuple[str, str]:
    """What `build_request` puts before and after the host: the same few requests go to every device."""
    if not _TOKEN.fullmatch(method):
        raise ValueError(f"{method!r} is not a method")
    if not path.startswith("/") or _CONTROL.search(path) or not path.isascii():
        raise ValueError(f"{path!r} is not a path: it begins with / and holds no blank")
    if _SECRET_QUERY.search(path):
        raise ValueError(f"{path!r} carries a credential: none is ever sent")
    lines = ["", f"User-Agent: {USER_AGENT}"]
    lines += [_header_line(name, value) for name, value in headers]
    lines += [f"Content-Length: {size}"] if size else []
    lines += ["Connection: close", "", ""]
    return f"{method} {path} HTTP/1.1\r\nHost: ", "\r\n".join(lines)


def _header_line(name: str, value: str) -> str:
    if name.lower() in _SECRET:
        raise ValueError(f"{name} carries a credential: none is ever sent")
    if name.lower() in _OWN:
        raise ValueError(f"{name} is set by build_request itself")
    if not _TOKEN.fullmatch(name) or not value.isascii() or not value.isprintable():
        raise ValueError(f"{name!r}: {value!r} is not a header")
    return f"{name}: {value}"


def read_response(data: bytes, *, eof: bool, method: str = "GET") -> Response | None:
    """Read one response from all bytes so far; None when more are needed, never None once `eof` is true.

    `eof` means that nothing more will come: the peer closed, the cap was reached or the time is over.
    Raises Garbled when the bytes are neither a response nor the text of an HTTP/0.9 body.
    """
    data = data.lstrip(b"\r\n")
    for _ in range(INTERIM_CAP):
        if not _may_be_status_line(data):
            return _read_bare(data, eof=eof)
        found = _END_OF_HEAD.search(data, 0, HEAD_CAP)
        if found is None and not eof:
            if len(data) >= HEAD_CAP:
                raise Garbled("headers without an end")
            return None
        head_end, body_start = found.span() if found else (len(data), len(data))
        head = parse_head(data[:head_end].removesuffix(b"\r").decode("utf-8", "replace"))
        if found is None or not 100 <= head.status < 200 or head.status == 101:
            return _read_body(head, data[body_start:], method, eof=eof, cut=found is None)
        data = data[body_start:]
    raise Garbled("interim responses without an end")


def is_whole(data: bytes, method: str = "GET") -> bool:
    """True when no more bytes are needed; as `read_response` without the end says, Garbled as well.

    Nearly every answer has a head in which only one line speaks of its length: then no line need be read.
    """
    found = _END_OF_HEAD.search(data, 0, HEAD_CAP) if _PLAIN_STATUS.match(data) and method != "HEAD" else None
    if found is not None:
        head = data[: found.end()].lower()
        length = _ONE_LENGTH.search(head)
        if (
            length is not None
            and head.count(b"content-length") == 1
            and b"transfer-encoding" not in head
            and (len(head) < 2 * HEADERS_CAP or head.count(b"\n") <= HEADERS_CAP)  # no line of a head is empty
        ):
            return len(data) - found.end() >= int(length[1])
    return read_response(data, eof=False, method=method) is not None


def _may_be_status_line(data: bytes) -> bool:
    return data.startswith(_PROTOCOLS) or any(name.startswith(data) for name in _PROTOCOLS)


def _read_bare(data: bytes, *, eof: bool) -> Response | None:
    """An HTTP/0.9 body: markup or JSON from the first byte on, ended by the close."""
    start = data[:16].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] not in (b"<", b"{"):
        raise Garbled(f"not HTTP: it begins with {data[:16].hex()}")
    return Response("HTTP/0.9", 0, "", (), data, complete=True) if eof else None


def parse_head(text: str) -> Head:
    """Read a status line and headers from text without the blank line; raises Garbled when there is no status line.

    A status that is no number is 0. A header line without a colon is kept as a name without a value.
    """
    lines = text.split("\n", HEADERS_CAP + 1)
    found = _STATUS_LINE.match(lines[0])
    if found is not None:
        version, status, reason = found[1], int(found[2]), found[3].strip()
    elif lines[0].startswith(("HTTP/", "RTSP/", "ICY ", "SIP/")):
        version, _, reason = lines[0].strip().partition(" ")
        status = 0
    else:
        raise Garbled("no status line")
    return Head(version, status, reason, parse_headers(lines[1 : HEADERS_CAP + 1]))


def parse_headers(lines: Sequence[str]) -> tuple[Header, ...]:
    """Read header lines; a folded one is joined to the line before it by one blank."""
    headers: list[Header] = []
    for line in lines:
        text = line.rstrip("\r")
        if text[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {text.strip()}".strip())
        elif text.strip():
            name, _, value = text.partition(":")
            headers.append((name.strip(), value.strip()))
    return tuple(headers)


def _read_body(head: Head, rest: bytes, method: str, *, eof: bool, cut: bool) -> Response | None:
    if method == "HEAD" or head.status in (101, 204, 304):
        return _respond(head, b"", complete=not cut)
    if is_chunked(head.headers):
        chunked = read_chunked(rest)
        if chunked is not None and (chunked[0] or chunked[1] or not eof):
            body, ended = chunked
            return _respond(head, body, complete=ended) if ended or eof else None
    length = declared_length(head.headers)
    if length is None:
        return _respond(head, rest, complete=not cut) if eof else None
    if len(rest) >= length:
        return _respond(head, rest[:length], complete=not cut)
    return _respond(head, rest, complete=False) if eof else None


def _respond(head: Head, body: bytes, *, complete: bool) -> Response:
    return Response(head.version, head.status, head.reason, head.headers, body, complete)


def is_chunked(headers: Iterable[Header]) -> bool:
    """True when the headers announce chunks."""
    return "chunked" in (find_header(headers, "transfer-encoding") or "").lower()


def declared_length(headers: Iterable[Header]) -> int | None:
    """The Content-Length; None when it is absent, no number, or when two of them differ (then the close decides)."""
    values = every_header(headers, "content-length")
    texts = {part.strip() for value in values for part in value.split(",")} if values else ()
    if len(texts) != 1:
        return None
    (text,) = texts
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def read_chunked(data: bytes) -> tuple[bytes, bool] | None:
    """De-chunk what there is: the body so far and whether its end was seen; None when the first line is no chunk size.

    A chunk size that makes no sense later on ends the body, which then counts as incomplete.
    """
    pieces: list[bytes] = []
    at = 0
    for _ in range(CHUNKS_CAP):
        end = data.find(b"\n", at, at + 100)
        if end < 0:
            unfinished = len(data) - at < 100
            return (b"".join(pieces), False) if pieces or unfinished else None
        size = _chunk_size(data[at:end])
        if size is None:
            return (b"".join(pieces), False) if pieces else None
        if size == 0:
            return b"".join(pieces), _trailer_ended(data, end + 1)
        pieces.append(data[end + 1 : end + 1 + size])
        at = end + 1 + size
        at += 2 if data[at : at + 2] == b"\r\n" else 1
    return b"".join(pieces), False


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    if not 1 <= len(digits) <= 8:
        return None
    return int(digits, 16) if all(byte in b"0123456789abcdefABCDEF" for byte in digits) else None


def _trailer_ended(data: bytes, at: int) -> bool:
    rest = data[at : at + HEAD_CAP]
    return rest.startswith((b"\r\n", b"\n")) or _END_OF_HEAD.search(rest) is not None
