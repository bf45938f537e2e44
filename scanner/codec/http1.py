"""HTTP/1 requests out and responses in, museum pieces included; never sends a credential, never decompresses.

Sources: RFC 9112 for the grammar; for the deviations the table of what old camera web servers say (bare LF, no reason,
HTTP/0.9 bodies, `Server : x`, duplicate Content-Length, folded headers, lines without a colon, RTSP/ICY status lines).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

USER_AGENT: Final = "camcensus/0.1 (read-only inventory)"
"""Says who asks, so that the operators of a device find us in its log."""

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """One response. `headers` are in order and case as sent; `body` is de-chunked; `complete`: nothing is missing."""

    version: str  # "HTTP/1.1", "RTSP/1.0", "ICY"; "HTTP/0.9" for a body without a head
    status: int  # 0 where there was none
    reason: str
    headers: tuple[Header, ...]
    body: bytes
    complete: bool

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; None when it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def every(self, name: str) -> tuple[str, ...]:
        """All headers of that name in the order sent."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    @property
    def shape(self) -> str:
        """The header names in order and case as sent, comma-separated."""
        return ",".join(key for key, _ in self.headers)


def build_request(method: str, path: str, host: str, headers: Iterable[Header] = (), body: bytes = b"") -> bytes:
    """Build one request that closes its connection; ValueError for a credential header or a control character.

    `host` is the text of the Host header, with a port where it is not the default one.
    """
    raise NotImplementedError


def read_response(data: bytes, *, eof: bool, method: str = "GET") -> Response | None:
    """Read one response from all bytes so far; None when more are needed, never None once `eof` is true.

    `eof` means that nothing more will come: the peer closed, the cap was reached or the time is over.
    Raises Garbled when the bytes are neither a response nor the text of an HTTP/0.9 body.
    """
    raise NotImplementedError
