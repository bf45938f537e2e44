"""Hardware addresses in any spelling to one; never guesses an owner."""

from __future__ import annotations


def normalise_mac(text: str) -> str | None:
    """Return "aa:bb:cc:dd:ee:ff" for dashes, dots, colons, blanks, any case or bare digits; None when it is no MAC.

    All zeros and all ones are no address of a device and give None.
    """
    raise NotImplementedError


def is_local(mac: str) -> bool:
    """True when a normalised MAC was made up by software (the locally administered bit is set)."""
    raise NotImplementedError


def is_group(mac: str) -> bool:
    """True when a normalised MAC is a multicast address, which no device has for its own."""
    raise NotImplementedError


def oui(mac: str) -> str:
    """The first three bytes of a normalised MAC, "aa:bb:cc"."""
    return mac[:8]


def prefix(mac: str) -> str:
    """A normalised MAC as bare digits, for matching blocks of 24, 28 and 36 bits."""
    return mac.replace(":", "")
