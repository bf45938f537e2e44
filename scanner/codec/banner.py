"""Greetings of telnet, FTP, SSH and unknown services to text; sends nothing, answers no negotiation."""

from __future__ import annotations


def read_greeting(data: bytes) -> str:
    """Decode a greeting: telnet negotiation (RFC 854, 855) taken out, CRLF to LF, no NULs, capped. Never raises."""
    raise NotImplementedError
