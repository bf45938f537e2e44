"""Sorts kinds of things into the classes official lists speak of; judges no maker.

A list that names a maker for video surveillance and telecommunications equipment does not speak of a bare disk or
a cable. A list that names the company as such does not say what of its goods is meant: there the answer stays open.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Goods(StrEnum):
    """What an official list may speak of."""

    SURVEILLANCE = "video-surveillance"
    TELECOMMUNICATIONS = "telecommunications"
    COMPUTING = "computing"
    DISPLAY = "display"
    PART = "part"  # storage, cable, mount, power: bought with a system, no equipment of its own
    UNKNOWN = "unknown"
    ANY = "any"  # in a list: the company is named, whatever it makes


class Within(StrEnum):
    """Whether a list speaks of such goods."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


CLASSES: Final[dict[Goods, frozenset[str]]] = {
    Goods.SURVEILLANCE: frozenset(
        {"camera", "recorder", "door-station", "access-control", "thermal", "encoder", "intercom", "alarm"}
    ),
    Goods.TELECOMMUNICATIONS: frozenset({"switch", "router", "access-point", "radio", "phone"}),
    Goods.COMPUTING: frozenset({"server", "nas", "printer", "media", "software"}),
    Goods.DISPLAY: frozenset({"display"}),
    Goods.PART: frozenset({"storage", "cable", "mount", "power", "accessory", "service"}),
}
"""Kinds as fingerprints (`scanner.fingerprint.KINDS`) and the paper check name them."""

_CLASS_OF: Final = {kind: goods for goods, kinds in CLASSES.items() for kind in kinds}


def goods_of(kind: str | None) -> Goods:
    """The class of a kind; UNKNOWN for a kind that is not known or too general."""
    return _CLASS_OF.get(kind or "", Goods.UNKNOWN)


def within(listed: Collection[Goods], goods: Goods) -> Within:
    """Whether a list of those classes speaks of such goods. An unknown thing of a named maker counts as meant."""
    if Goods.ANY in listed:
        return Within.OPEN if goods is Goods.PART else Within.YES
    if goods in listed or goods is Goods.UNKNOWN:
        return Within.YES
    return Within.OPEN if goods in (Goods.DISPLAY, Goods.COMPUTING) else Within.NO
