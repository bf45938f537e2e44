"""RTSP OPTIONS and DESCRIBE out, responses in; never SETUP, never PLAY, never a credential. RFC 2326 and RFC 7826."""

from __future__ import annotations

from scanner.codec.http1 import Response


def build_options(url: str, cseq: int) -> bytes:
    """Build an OPTIONS request; ValueError for a URL with a credential or a control character."""
    raise NotImplementedError


def build_describe(url: str, cseq: int) -> bytes:
    """Build a DESCRIBE request that accepts a session description; ValueError as build_options."""
    raise NotImplementedError


def read_response(data: bytes) -> tuple[Response, int] | None:
    """Read the first response and say how many bytes it took; None when more are needed; raises Garbled.

    A server that ignores the version and answers as HTTP is read too. Without Content-Length there is no body.
    """
    raise NotImplementedError


def read_partial(data: bytes) -> Response | None:
    """Read what there is of a response that the peer never finished (`complete` is false); None when no status line."""
    raise NotImplementedError
