"""SIP messages (RFC 3261), GB28181 registrations among them, to their parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.codec.challenges import parse_challenges
from scanner.codec.http1 import Head, parse_headers
from scanner.codec.text import cut_field
from scanner.dissect.message import LINES_CAP, list_header, split_message
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_HEADERS: Final = (
    ("sip.server", "server"),
    ("sip.user-agent", "user-agent"),
    ("sip.www-authenticate", "www-authenticate"),
)
_HEAD_LINES: Final = 5 * LINES_CAP


def read_message(observation: Observation) -> Found:
    """A response or a request: who speaks, and with which challenge."""
    head = _read_head(observation.value)
    for name, header in _HEADERS:
        for value in list_header(head, header):
            yield name, value


def _read_head(text: str) -> Head:
    first, _, rest = text.partition("\n")
    if first.rstrip().endswith("SIP/2.0"):
        return Head("SIP/2.0", 0, "", parse_headers(rest.split("\n")[:_HEAD_LINES]))
    return split_message(text)[0]


def read_challenge(observation: Observation) -> Found:
    """The realms of a challenge header."""
    for challenge in parse_challenges(observation.value):
        yield "sip.realm", cut_field(challenge.realm or "")
