"""Recognises a credential, or the first leg of a login, in what a device was sent. Knows no password; sends nothing."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rb"^(?:proxy-)?authorization[ \t]*:.*",
        rb"^(?:cookie|sessiontag|x-(?:auth|csrf|access)[\w-]*)[ \t]*:.*",
        rb"^(?:USER|PASS|AUTH|LOGIN|REGISTER)[ \t]+\S.*",  # FTP, POP3, IMAP, SIP
        rb"[?&;](?:user(?:name)?|login|loginuse|pass(?:word|wd)?|loginpas|pwd|auth|token|session)=",
        rb"^[A-Z]+ \w+://[^/\s@]+@",  # a user in the URL of a request line
        rb"/(?:RPC2_Login|OutsideCmd|sessionLogin|userCheck|doLogin|login\.cgi)\b",
        rb'"method"\s*:\s*"global\.\w+"',  # Dahua's login over HTTP or DHIP
        rb"<(?:\w+:)?(?:Security|UsernameToken|Password|userName)\b",  # WS-Security, ISAPI
    )
)
"""What stands in text. No request of an honest inventory has any of it."""

_DAHUA: Final = re.compile(rb"\A[\xa0-\xa1][\x00-\x05]\x00[\x00\x60]")
"""The 32-byte head of Dahua's binary login (frame code 0xA0, 0xA1)."""

_XIONGMAI: Final = re.compile(rb"\A\xff[\x00\x01].{12}\xe8\x03", re.DOTALL)
"""The 20-byte head of Xiongmai's login, message 1000."""


def find_logins(said: bytes) -> list[str]:
    """Every sign of a login in one message, as text; empty for a message without any."""
    found = [match[0] for sign in _SIGNS for match in sign.finditer(said)]
    found += [said[:20] for head in (_DAHUA, _XIONGMAI) if head.match(said)]
    return [sign.decode("latin-1").strip()[:200] for sign in found]
