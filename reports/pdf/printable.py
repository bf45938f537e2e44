"""What the fonts of the PDF can show; never lets a character through that they lack, and never drops one.

PDF/A demands a glyph for every character. The fonts stand inside the compiler, so that the same report gives the same
bytes on every machine; what they lack is written as its code point, as `reports/visible.py` does with what is unseen.
"""

from __future__ import annotations

import re
from typing import Final

SHOWN: Final = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF),  # Latin, without the soft hyphen
    (0x386, 0x386), (0x388, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE),  # Greek
    (0x400, 0x477), (0x490, 0x4C4),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin, more
    (0x2010, 0x2027), (0x2030, 0x2037), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122),
    (0x2190, 0x21FF), (0x2500, 0x257F), (0x25A0, 0x25FF),  # arrows, boxes, shapes
    (0x27E8, 0x27E9), (0xFFFD, 0xFFFD),
)  # fmt: skip
"""Characters that the two fonts of the template have; a test prints every one of them."""

_CONTROLS: Final = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS",
    "US", "SP", "DEL",
)  # fmt: skip
"""ASCII names of the control characters, in the order of their pictures from U+2400 on."""

_PICTURES: Final = 0x2400

_UNSHOWN: Final = re.compile("[^\n\u200b{}]".format("".join(f"{chr(first)}-{chr(last)}" for first, last in SHOWN)))

_WORD: Final = re.compile(r"\S{17,}")
"""A word too long for a narrow column; a place to break it is made after every STEP characters."""

STEP: Final = 12

BREAK: Final = "\u200b"
"""A blank without width: the only character beyond SHOWN that is let through, since it needs no glyph."""


def _name(found: re.Match[str]) -> str:
    code = ord(found.group())
    name = _CONTROLS[code - _PICTURES] if 0 <= code - _PICTURES < len(_CONTROLS) else f"U+{code:04X}"
    return f"\u27e8{name}\u27e9"


def printable(text: str) -> str:
    """The text with everything that the fonts lack written as its code point."""
    return _UNSHOWN.sub(_name, text)


def breakable(text: str) -> str:
    """The text with places to break in words that no column holds."""
    return _WORD.sub(lambda found: BREAK.join(_steps(found.group())), text)


def _steps(word: str) -> list[str]:
    return [word[start : start + STEP] for start in range(0, len(word), STEP)]
