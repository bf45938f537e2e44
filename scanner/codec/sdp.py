"""Reads session descriptions (RFC 8866); never contacts an address found in one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """One m= section."""

    line: str  # "video 0 RTP/AVP 96"
    attributes: tuple[str, ...]  # a= values in order


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A session description; absent lines are empty text."""

    origin: str  # o=
    name: str  # s=
    information: str  # i=
    emails: tuple[str, ...]  # e=
    connection: str  # c=
    attributes: tuple[str, ...]  # a= values of the session part, in order
    media: tuple[Media, ...]


def parse_sdp(text: str) -> SessionDescription:
    """Read a session description, line ends of any kind; Garbled when there is neither a v=, an s= nor an m= line."""
    raise NotImplementedError
