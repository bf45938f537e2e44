"""Fills `{name}` and `{name:spec}` in persona texts; a brace that holds no known name stays as it is. Never evaluates.

JSON, CSS and scripts are full of braces, so only names that are known are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

Value = str | int | Callable[[str], str]
"""What a name stands for: text, a number (the spec formats it), or a function of the spec."""

Part = str | tuple[str, str, str]
"""A literal, or a place: name, spec, and both as written."""

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::([0-9A-Za-z]+))?\}")


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[Part, ...]:
    """Cut a text into literals and (name, spec, as written)."""
    out: list[Part] = []
    at = 0
    for found in _PLACE.finditer(text):
        out += [text[at : found.start()], (found[1], found[2] or "", found[0])]
        at = found.end()
    return (*out, text[at:])


def fill_known(text: str, values: Mapping[str, Value], later: Collection[str]) -> tuple[Part, ...]:
    """The text in parts, all that never changes filled in; what is computed, and the names of `later`, stay open."""
    out: list[Part] = []
    for cut in _parts(text):
        stays_open = not isinstance(cut, str) and (cut[0] in later or callable(values.get(cut[0])))
        part = cut if isinstance(cut, str) or stays_open else _value(cut, (values,))
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        else:
            out.append(part)
    return tuple(out)


def join(parts: Iterable[Part], *values: Mapping[str, Value]) -> str:
    """What `fill` gives, from the parts of a text that was filled in part."""
    return "".join([part if isinstance(part, str) else _value(part, values) for part in parts])


def fill(text: str, *values: Mapping[str, Value]) -> str:
    """Return the text with every known name replaced; the first mapping that has a name wins."""
    return join(_parts(text), *values)


def _value(part: tuple[str, str, str], values: tuple[Mapping[str, Value], ...]) -> str:
    name, spec, written = part
    for mapping in values:
        if name in mapping:
            value = mapping[name]
            return value(spec) if callable(value) else format(value, spec)
    return written
