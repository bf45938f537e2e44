"""Writes a JSON document one list of which is very long, item by item; holds one item at a time, and changes no byte.

What comes out is what the whole document would be written as, so that no reader sees how it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

_ENCODE: Final = json.JSONEncoder(indent=2, ensure_ascii=True, allow_nan=False).encode
_STEP: Final = 2


def write_with(document: Mapping[str, object], name: str, items: Iterable[object]) -> Iterator[str]:
    """The document with the items in its first empty list of that name. No text can hold what names the list."""
    before, opening, after = _ENCODE(document).partition(f'"{name}": []')
    if not opening:
        raise ValueError(f"the document has no empty list {name!r}")
    margin = " " * (len(before) - before.rfind("\n") - 1)
    inner = "\n" + margin + " " * _STEP
    yield f"{before}{opening[:-1]}"
    between, end = "", "]"
    for item in items:
        yield between + inner + _ENCODE(item).replace("\n", inner)
        between, end = ",", f"\n{margin}]"
    yield f"{end}{after}\n"
