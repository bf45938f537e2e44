"""Begins a fingerprint from one observation: text for its author to finish. Writes no file and judges nothing.

The skeleton is sound as it stands (the checker takes it), and weak: its author says why it may weigh more.
"""

from __future__ import annotations

import json
import re
from typing import Final

from scanner.anonymise import Anonymiser
from scanner.codec.macs import normalise_mac, oui
from scanner.model import Observation

SHORT: Final = 200
"""Characters up to which the whole value becomes the pattern; of longer text one line does."""

_META: Final = re.compile(r"([.^$*+?{}\[\]\\|()])")
_LONG_NUMBER: Final = re.compile(r"\d{4,}")
_HEX_RUN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f]*\d)(?=[0-9A-Fa-f]*[A-Fa-f])[0-9A-Fa-f]{8,}(?![0-9A-Za-z])"
)
_VERSION: Final = re.compile(r"\d+(?:\.\d+){1,4}")
_UNFIT: Final = re.compile(r"[^a-z0-9]+")


def new_rule(observation: Observation, maker: str) -> str:
    """YAML of a fingerprint file with one rule that hits `observation`, serial numbers and addresses masked."""
    seen = Anonymiser().mask_observation(observation)
    name = _UNFIT.sub("-", f"{maker}-{seen.protocol}-{seen.field}".lower()).strip("-")
    mac = normalise_mac(seen.value) if seen.protocol == "mac" else None
    body = _block_rule(mac) if mac is not None else _pattern_rule(seen)
    return (
        f"maker: {maker}\n"
        "about: Who this maker is, in one sentence.\n"
        "fingerprints:\n"
        f"  - id: {name}\n"
        f"{body}"
        "    strength: weak\n"
        "    reason: Why it weighs that much, and who else might send it (resellers, other firmware).\n"
        "    reference: Where it was seen or is documented.\n"
        f"{_examples(mac.replace(':', '') if mac is not None else seen.value)}"
    )


def _pattern_rule(seen: Observation) -> str:
    return f"    field: {seen.name}\n    pattern: {_quote(_make_pattern(seen.value))}\n"


def _block_rule(mac: str) -> str:
    return f'    field: mac.prefix\n    blocks: ["{oui(mac).upper()}"]\n'


def _examples(value: str) -> str:
    return (
        "    examples:\n"
        f"      - value: {_quote(value)}\n"
        "        origin: Which device, which firmware, who saw it.\n"
        "    counterexamples:\n"
        "      - value: Put the nearest thing that another maker sends here.\n"
        "        origin: Whose it is.\n"
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
