"""Greetings of telnet, FTP, SSH and unknown services to text; sends nothing, answers no negotiation."""

from __future__ import annotations

import re
from typing import Final

from scanner.codec.text import FIELD_CAP

_NEGOTIATION: Final = re.compile(rb"\xff(?:[\xfb-\xfe][\x00-\xff]?|\xfa[^\xff]{0,1000}(?:\xff\xf0|$)|[\xf0-\xf9]|$)")
_ESCAPED: Final = b"\xff\xff"


def read_greeting(data: bytes) -> str:
    """Decode a greeting: telnet negotiation (RFC 854, 855) taken out, no NULs, capped. Never raises.

    Line ends stay as sent: they tell servers apart.
    """
    plain = _NEGOTIATION.sub(b"", data[: 4 * FIELD_CAP]).replace(_ESCAPED, b"\xff").replace(b"\x00", b"")
    return plain.decode("utf-8", "replace")[:FIELD_CAP]
