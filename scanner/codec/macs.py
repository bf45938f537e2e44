"""Hardware addresses in any spelling to one; never guesses an owner."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"[0-9a-f]{12}")
_SEPARATORS: Final = str.maketrans("", "", "-:. \t\r\n")
_NOBODY: Final = frozenset(("000000000000", "ffffffffffff"))


def normalise_mac(text: str) -> str | None:
    """Return "aa:bb:cc:dd:ee:ff" for dashes, dots, colons, blanks, any case or bare digits; None when it is no MAC.

    Groups of one digit ("0:8:d:…") are filled up. All zeros and all ones are no address of a device and give None.
    """
    if len(text) > 40:
        return None
    text = text.strip().lower()
    groups = text.replace("-", ":").split(":")
    if len(groups) == 6 and all(1 <= len(group) <= 2 for group in groups):
        text = "".join(group.zfill(2) for group in groups)
    digits = text.translate(_SEPARATORS)
    if _DIGITS.fullmatch(digits) is None or digits in _NOBODY:
        return None
    return write_mac(digits)


def write_mac(digits: str) -> str:
    """Put colons between twelve bare digits."""
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:6]}:{digits[6:8]}:{digits[8:10]}:{digits[10:12]}"


def is_local(mac: str) -> bool:
    """True when a normalised MAC was made up by software (the locally administered bit is set)."""
    return bool(int(mac[:2], 16) & 0x02)


def is_group(mac: str) -> bool:
    """True when a normalised MAC is a multicast address, which no device has for its own."""
    return bool(int(mac[:2], 16) & 0x01)


def oui(mac: str) -> str:
    """The first three bytes of a normalised MAC, "aa:bb:cc"."""
    return mac[:8]


def prefix(mac: str) -> str:
    """A normalised MAC as bare digits, for matching blocks of 24, 28 and 36 bits."""
    return mac.replace(":", "")
