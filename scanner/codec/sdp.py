"""Reads session descriptions (RFC 8866); never contacts an address found in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.text import cut_field

LINES_CAP: Final = 1_000
"""Lines read of one description: recorders with many streams stay under 200."""


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
    lines = _read_lines(text)
    if not any(key in "vsm" for key, _ in lines):
        raise Garbled("not a session description")
    session, media = _split_sections(lines)
    return SessionDescription(
        origin=_first(session, "o"),
        name=_first(session, "s"),
        information=_first(session, "i"),
        emails=_every(session, "e"),
        connection=_first(session, "c"),
        attributes=_every(session, "a"),
        media=tuple(Media(_first(part, "m"), _every(part, "a")) for part in media),
    )


Lines = list[tuple[str, str]]


def _read_lines(text: str) -> Lines:
    lines = text.replace("\r", "\n").split("\n", LINES_CAP)[:LINES_CAP]
    return [(line[0], cut_field(line[2:])) for line in map(str.lstrip, lines) if len(line) > 2 and line[1] == "="]


def _split_sections(lines: Lines) -> tuple[Lines, list[Lines]]:
    session: Lines = []
    media: list[Lines] = []
    for line in lines:
        if line[0] == "m":
            media.append([line])
        else:
            (media[-1] if media else session).append(line)
    return session, media


def _first(lines: Lines, key: str) -> str:
    return next((value for name, value in lines if name == key), "")


def _every(lines: Lines, key: str) -> tuple[str, ...]:
    return tuple(value for name, value in lines if name == key)
