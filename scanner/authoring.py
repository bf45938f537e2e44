"""Begins a fingerprint from one observation: text for its author to finish. Writes no file and judges nothing.

The skeleton is sound and weak: its author says why it may weigh more. The checker refuses it for as long as a text that
its author has to give still stands there as it was begun.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection
from typing import Final

from scanner.anonymise import Anonymiser
from scanner.codec.macs import normalise_mac, oui
from scanner.model import Observation
from scanner.rule_faults import PLACEHOLDERS

SHORT: Final = 200
"""Characters up to which the whole value becomes the pattern; of longer text one line does."""

_ABOUT, _REASON, _REFERENCE, _ORIGIN, _NEAREST, _WHOSE = PLACEHOLDERS

_META: Final = re.compile(r"([.^$*+?{}\[\]\\|()])")
_LONG_NUMBER: Final = re.compile(r"\d{4,}")
_HEX_RUN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f]*\d)(?=[0-9A-Fa-f]*[A-Fa-f])[0-9A-Fa-f]{8,}(?![0-9A-Za-z])"
)
_VERSION: Final = re.compile(r"\d+(?:\.\d+){1,4}")
_BLOCK: Final = re.compile(r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}\1[0-9A-Fa-f]{2}")
_NO_MARKS: Final = str.maketrans("", "", ":-.")
_UNFIT: Final = re.compile(r"[^a-z0-9]+")


def new_rule(observation: Observation, maker: str, taken: Collection[str] = ()) -> str:
    """YAML of a fingerprint file with one rule that hits `observation`, serial numbers and addresses masked.

    `taken` are the ids that other rules have.
    """
    seen = Anonymiser().mask_observation(observation)
    name = _find_free(_UNFIT.sub("-", f"{maker}-{seen.protocol}-{seen.field}".lower()).strip("-"), taken)
    block = read_block(seen.value) if seen.protocol == "mac" else None
    body = _pattern_rule(seen) if block is None else _block_rule(block)
    return (
        f"maker: {maker}\n"
        f"about: {_ABOUT}\n"
        "fingerprints:\n"
        f"  - id: {name}\n"
        f"{body}"
        "    strength: weak\n"
        f"    reason: {_REASON}\n"
        f"    reference: {_REFERENCE}\n"
        f"{_examples(seen.value if block is None else seen.value.lower().translate(_NO_MARKS))}"
    )


def _find_free(name: str, taken: Collection[str]) -> str:
    tries = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(each for each in tries if each not in taken)


def _pattern_rule(seen: Observation) -> str:
    return f"    field: {seen.name}\n    pattern: {_quote(_make_pattern(seen.value))}\n"


def read_block(text: str) -> str | None:
    """The 24-bit block of a hardware address, or of its first three bytes alone; None for anything else."""
    mac = normalise_mac(text)
    if mac is not None:
        return oui(mac).upper()
    return text.replace("-", ":").upper() if _BLOCK.fullmatch(text) else None


def _block_rule(block: str) -> str:
    return f'    field: mac.prefix\n    blocks: ["{block}"]\n'


def _examples(value: str) -> str:
    return (
        "    examples:\n"
        f"      - value: {_quote(value)}\n"
        f"        origin: {_ORIGIN}\n"
        "    counterexamples:\n"
        f"      - value: {_NEAREST}\n"
        f"        origin: {_WHOSE}\n"
    )


def _make_pattern(value: str) -> str:
    """The value itself with numbers and versions left open; of a long or many-lined one its longest short line."""
    if len(value) <= SHORT and "\n" not in value:
        return _generalise(value)
    lines = [line.strip() for line in value.splitlines() if 0 < len(line.strip()) <= SHORT]
    longest = max(lines, key=len, default=value.strip()[:SHORT])
    return f"(?s).*{_generalise(longest)}.*"


def _generalise(text: str) -> str:
    """Escape for RE2 and open what differs from unit to unit: versions, runs of hexadecimal digits, long numbers."""
    parts, place = [], 0
    while place < len(text):
        for pattern, open_form in ((_HEX_RUN, "[0-9A-Fa-f]{{{}}}"), (_VERSION, r"[\d.]+"), (_LONG_NUMBER, r"\d{{{}}}")):
            found = pattern.match(text, place)
            if found is not None:
                parts.append(open_form.format(len(found.group())))
                place = found.end()
                break
        else:
            parts.append(_META.sub(r"\\\1", text[place]))
            place += 1
    return "".join(parts)


def _quote(text: str) -> str:
    """A YAML scalar: single quotes, or a JSON string where control characters must be written as escapes."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)
