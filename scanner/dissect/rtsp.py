"""RTSP answers and session descriptions to their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.codec.challenges import parse_challenges
from scanner.codec.sdp import parse_sdp
from scanner.codec.text import cut_field
from scanner.dissect.message import list_header, split_message, write_shape
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_HEADERS: Final = (
    ("rtsp.server-header", "server"),
    ("rtsp.www-authenticate", "www-authenticate"),
    ("rtsp.public", "public"),
    ("rtsp.content-base", "content-base"),
)
_DATE: Final = re.compile(r"^date:([^\r\n]{0,200})", re.IGNORECASE | re.MULTILINE)
_NEXT: Final = re.compile(r"^(?=RTSP/1\.0 [0-9]{3})", re.MULTILINE)


def read_answer(observation: Observation) -> Found:
    """A whole answer; where several stand one after the other, each of them."""
    head, head_text, body = split_message(observation.value)
    if head.status:
        yield "rtsp.status", str(head.status)
    for name, header in _HEADERS:
        for value in list_header(head, header):
            yield name, value
    yield "rtsp.header-shape", write_shape(head)
    date = _DATE.search(head_text)
    if date is not None:
        yield "rtsp.date", date[1]  # with its blanks: two after the colon are a mark
    following = _NEXT.search(body)
    description = body[: following.start()] if following else body
    if description.lstrip("\ufeff\r\n\t ").startswith("v="):
        yield "rtsp.sdp", description.strip("\r\n") + "\r\n"
    if following is not None:
        yield "rtsp.raw", body[following.start() :]


def read_challenge(observation: Observation) -> Found:
    """The realms of a challenge header."""
    for challenge in parse_challenges(observation.value):
        yield "rtsp.realm", cut_field(challenge.realm or "")


def read_description(observation: Observation) -> Found:
    """The name of a session."""
    yield "rtsp.session-name", parse_sdp(observation.value).name
