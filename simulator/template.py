"""Fills `{name}` and `{name:spec}` in persona texts; a brace that holds no known name stays as it is. Never evaluates.

JSON, CSS and scripts are full of braces, so only names that are known are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

Value = str | int | Callable[[str], str]
"""What a name stands for: text, a number (the spec formats it), or a function of the spec."""

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::([0-9A-Za-z]+))?\}")


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str | tuple[str, str, str], ...]:
    """Cut a text into literals and (name, spec, as written)."""
    out: list[str | tuple[str, str, str]] = []
    at = 0
    for found in _PLACE.finditer(text):
        out += [text[at : found.start()], (found[1], found[2] or "", found[0])]
        at = found.end()
    return (*out, text[at:])


def fill(text: str, *values: Mapping[str, Value]) -> str:
    """Return the text with every known name replaced; the first mapping that has a name wins."""
    return "".join(part if isinstance(part, str) else _value(part, values) for part in _parts(text))


def _value(part: tuple[str, str, str], values: tuple[Mapping[str, Value], ...]) -> str:
    name, spec, written = part
    for mapping in values:
        if name in mapping:
            value = mapping[name]
            return value(spec) if callable(value) else format(value, spec)
    return written
