"""Hostile devices: attacks on whoever asks, as personas that stand in an estate under the name `hostile/…`.

They answer whoever asks and nobody else. `python -m simulator.hostile` writes the table of docs/hostile.md.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from simulator.hostile import discovery, documents, elsewhere, lies, link, names, streams, tls, web
from simulator.hostile.case import PREFIX, Case, OnLink, OnTcp, OnUdp, Part, Shown
from simulator.persona import Persona
from simulator.yaml_text import FileError

CASES: Final[tuple[Case, ...]] = (
    *web.CASES,
    *documents.CASES,
    *tls.CASES,
    *streams.CASES,
    *discovery.CASES,
    *elsewhere.CASES,
    *names.CASES,
    *lies.CASES,
    *link.CASES,
)
"""Every hostile device, by family."""

__all__ = ["CASES", "PREFIX", "Case", "OnLink", "OnTcp", "OnUdp", "Shown", "find_case", "find_part", "find_persona"]


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Case]:
    return {case.id: case for case in CASES}


def find_case(name: str) -> Case:
    """The case of a persona's name, `hostile/http-endless-body`; FileError when there is none."""
    case = _by_id().get(name.removeprefix(PREFIX))
    if case is None:
        raise FileError(f"there is no hostile device {name!r}: see docs/hostile.md")
    return case


@lru_cache(maxsize=256)
def find_persona(name: str) -> Persona:
    """The persona of a hostile device."""
    return find_case(name).persona


def find_part(script: str) -> Part:
    """The part that a script service of such a persona names: "http-endless-body 0"."""
    name, _, number = script.rpartition(" ")
    return find_case(name).parts[int(number)]
