"""Tells names that firmware ships from names that people typed; replaces nothing and contacts nobody.

A name of a known maker, of a model or of a kind of thing shows the maker and tells nothing of the owner. Any other may
be a street, a bank or a person.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from urllib.parse import unquote

from scanner.makers import spell
from scanner.makers_file import load_makers

FACTORY_NAMES: Final = frozenset({"none", "ipc-model", "mediapro", "my camera", "anonymous"})
"""Whole names that firmware ships with and that the words below do not make up."""

FACTORY_WORDS: Final = frozenset({
    "camera", "cameras", "ip", "ipc", "ipcam", "network", "net", "web", "video", "recorder", "server", "encoder",
    "decoder", "embedded", "digital", "hybrid", "nvr", "dvr", "xvr", "hcvr", "nvs", "nvt", "ptz", "dome", "bullet",
    "turret", "speed", "fisheye", "thermal", "door", "station", "doorbell", "access", "control", "terminal",
    "device", "general", "private", "onvif", "wifi", "wireless", "poe", "hd", "ir", "mini", "pro", "series",
    "model", "system", "media", "renderer", "router", "printer", "technology", "technologies", "co", "ltd", "inc",
    "corporation", "international", "security", "systems", "smart", "home", "cloud", "name", "the", "and",
})  # fmt: skip
"""Words that say what kind of thing it is."""

_WORDS: Final = re.compile(r"[^\s_,;:=()\[\]/|+]+")
_STAND_IN: Final = re.compile(r"name-\d+")


def is_factory_name(text: str) -> bool:
    """True when every word of a name is one of a maker, a model or a kind, so that nobody typed it."""
    plain = " ".join(unquote(text).split())
    if not plain or plain.lower() in FACTORY_NAMES or _STAND_IN.fullmatch(plain) or spell(plain) in _spellings():
        return True
    return all(_is_factory_word(word) for word in _WORDS.findall(plain))


def _is_factory_word(word: str) -> bool:
    if not any(char.isalpha() for char in word):
        return True
    if word.upper() == word and any(char.isdigit() for char in word):
        return True  # the form of a model name or of a serial number, which is masked as such
    bare = spell(word.strip(".-'\""))
    return bare in FACTORY_WORDS or bare in _spellings()


@cache
def _spellings() -> frozenset[str]:
    """Every name of every maker and brand, and each word of those of several; read once, it never changes."""
    makers = load_makers()
    names = [text for maker in makers.makers for text in (maker.id, maker.name)]
    names += [text for brand in makers.brands for text in (brand.id, brand.name, *brand.also)]
    return frozenset(part for name in names for part in (spell(name), *spell(name).split()) if len(part) > 1)
