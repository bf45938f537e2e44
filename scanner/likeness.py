"""Tells whether two web ports of one host show the same page, so that it need not be asked the same twice. Pure.

Never takes two pages for one that differ in anything but time, session and challenge; an empty page is like no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from scanner.dissect import dissect
from scanner.model import Observation

FRONT: Final = "GET /"
"""What the observation of a front page was asked by."""

TELLING: Final = 64
"""Characters a page must have to be known again by it; what is shorter many servers say."""

_PASSING: Final = frozenset({"http.set-cookie", "http.www-authenticate"})
"""Hold what is made anew for each answer; the name of the cookie and the realm are compared."""

_Look = frozenset[tuple[str, str]]


def find_twin(told: Iterable[Observation], port: int) -> int | None:
    """The port that was asked first and has the same front page as this one; None where there is none."""
    fronts: dict[int, Observation] = {}
    for seen in told:
        if seen.name == "http.raw" and seen.request == FRONT and seen.port is not None:
            fronts.setdefault(seen.port, seen)
    own = fronts.pop(port, None)
    if own is None or not fronts:
        return None
    look = _look_at(own)
    if not _is_telling(look):
        return None
    return next((other for other, front in fronts.items() if _look_at(front) == look), None)


def answers_on(told: Iterable[Observation], port: int) -> Mapping[str, str]:
    """What was answered on a port, by what was asked."""
    return {seen.request: seen.value for seen in told if seen.name == "http.raw" and seen.port == port}


def _look_at(page: Observation) -> _Look:
    """Status, headers that tell makers apart, their names in order, the whole body, and all that is read from these."""
    return frozenset((seen.name, seen.value) for seen in dissect(page) if seen.name not in _PASSING)


def _is_telling(look: _Look) -> bool:
    served = ("http.status", "200") in look
    return any(
        name == "http.realm" or (served and name == "http.body" and len(value.strip()) >= TELLING)
        for name, value in look
    )
