"""Puts faults of a fingerprint file into words for its author; reads no file and decides nothing.

A fault comes as pydantic found it: its kind, and the place in the file, as ("fingerprints", 3, "reason").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

PLACEHOLDERS: Final = (
    "Who this maker is, in one sentence.",
    "Why it weighs that much, and who else might send it (resellers, other firmware).",
    "Where it was seen or is documented.",
    "Which device, which firmware, who saw it.",
    "Put the nearest thing that another maker sends here.",
    "Whose it is.",
)
"""What a begun rule says where its author has to: about, reason, reference, origin, counterexample, its origin."""

LIKENESS: Final = 0.75
"""From so like on (difflib's ratio) a word is taken for a misspelling of another."""

Place = tuple[str | int, ...]


def say_fault(item: Mapping[str, Any], value: object, known: Mapping[int, Collection[str]]) -> str:
    """One fault as a sentence. `value` is the file; `known` the keys that a node of that depth may have."""
    place: Place = tuple(item["loc"])
    where = _name_place(place, value)
    match item["type"]:
        case "missing":
            return f"{_name_place(place[:-1], value)}: the key {place[-1]!r} is missing"
        case "extra_forbidden":
            keys = known.get(len(place), ())
            hint = suggest(str(place[-1]), keys) or f"; known are {', '.join(keys)}"
            return f"{_name_place(place[:-1], value)}: unknown key {place[-1]!r}{hint}"
        case "model_type" | "model_attributes_type" if not place:
            return "a fingerprint file holds the keys maker, about and fingerprints"
        case "value_error":
            return f"{where}: {str(item['msg']).removeprefix('Value error, ')}"
    return f"{where}: {item['msg']}"


def find_placeholders(texts: Iterable[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Texts that a begun rule came with and that its author left as they were."""
    left = "this still says what `fingerprints new` put there; say it of your device"
    return [(place, left) for place, text in texts if " ".join(text.split()) in PLACEHOLDERS]


def suggest(word: str, known: Iterable[str]) -> str:
    """ " (did you mean 'title'?)" for a misspelt word; empty where none is near."""
    near = get_close_matches(word, list(known), 1, LIKENESS)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _name_place(place: Place, value: object) -> str:
    """ "axis-server, examples 1, origin" for ("fingerprints", 0, "examples", 0, "origin"); the file for ()."""
    parts: list[str] = []
    node = value
    for step in place:
        node = _step(node, step)
        if isinstance(step, str):
            parts.append(step)
        elif parts == ["fingerprints"]:
            parts = [str(node.get("id") or f"rule {step + 1}") if isinstance(node, dict) else f"rule {step + 1}"]
        elif parts:
            parts[-1] += f" {step + 1}"
    return ", ".join(parts) or "the file"


def _step(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None
