"""Makes text that a device chose safe to look at; never drops a character without a trace.

A control character becomes its picture (ESC is shown as ␛), an invisible or direction-changing one its code point
(⟨U+202E⟩), so an excerpt still shows what was sent and can steer neither a terminal nor a reader's eye.
"""

from __future__ import annotations

import json
import re
from typing import Final

_PICTURES: Final = 0x2400
"""The Unicode block Control Pictures: U+2400 plus the control character."""

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls of ASCII and Latin-1, bidirectional overrides (Trojan Source), zero-width and blank letters, lone
surrogates, and the tag characters that hide text."""


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def visible(text: str) -> str:
    """Return `text` with every character that cannot be seen replaced by a sign that can."""
    if text.isascii():
        if text.isprintable():
            return text  # nearly all of the million texts of a large report: no search is needed
        text = text.replace("\r", "␍").replace("\n", "␊")
        if text.isprintable():
            return text  # lines of text, as most of the long ones are
    return _UNSEEN.sub(_picture, text)


def readable_json(value: object, *, indent: int | None = None) -> str:
    """JSON in the letters of every language, in which what cannot be seen is escaped: equal, and steers no terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    """Between the values of a JSON text stand line breaks, inside them none."""
    return "\n" if found.group() == "\n" else json.dumps(found.group())[1:-1]


def excerpt(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, made visible; a cut is said with the number left out."""
    left = len(text) - limit
    return visible(text) if left <= 0 else f"{visible(text[:limit])}… (+{left})"
