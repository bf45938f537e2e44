"""From raw and compound observations to the finer fields of fingerprints/fields.yaml; contacts and judges nothing.

Broken input never raises: it yields nothing more, and the raw observation stays. One file per protocol family holds the
rules; `rules.py` is the table of them by observation name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from scanner.codec import Garbled
from scanner.codec.text import VALUE_CAP
from scanner.dissect.hosts import CONTROL_PATH, CONTROL_REQUEST, dissect_host
from scanner.dissect.rules import RULES
from scanner.model import Observation

__all__ = [
    "CONTROL_PATH",
    "CONTROL_REQUEST",
    "DERIVED_CAP",
    "Dissector",
    "Facts",
    "derive",
    "dissect",
    "dissect_all",
    "dissect_host",
    "find_refusal",
]

DERIVED_CAP: Final = 400
"""Observations derived from one: a full HTTP answer gives some 30, an answer for 64 cameras some 300."""

MEMO_VALUES: Final = 4_096
"""Values a dissector remembers its answer for: all that a hundred hosts in examination say."""

MEMO_LENGTH: Final = 8_192
"""Longest value, in characters, that is remembered: front pages of cameras, so at most some 64 MB in all."""

BY_SENDER: Final = frozenset({"onvif-wsd.raw"})
"""Names whose rule looks at who said it; the others look at the value, the request, and whether it was derived."""


Facts = tuple[tuple[str, str, str], ...]
"""Protocol, field and text of what was derived from one value, in the order found."""


class Dissector:
    """Dissects, and remembers what short values gave: an estate says few different things very often."""

    def __init__(self) -> None:
        self._remember: Final = lru_cache(maxsize=MEMO_VALUES)(_read)

    def __call__(self, observation: Observation) -> tuple[Observation, ...]:
        """As `dissect`, with equal answers."""
        return derive(observation, self.read(observation))

    def read(self, observation: Observation) -> Facts:
        """What follows from the observation, to be made observations of by `derive`."""
        name = observation.name
        if name not in RULES:
            return ()
        value = observation.value
        read = self._remember if len(value) <= MEMO_LENGTH else _read
        address = observation.address if name in BY_SENDER else None
        return read(name, value, observation.request, address, derived=observation.derived)


def dissect(observation: Observation) -> tuple[Observation, ...]:
    """Derive every finer observation from one, transitively; an empty tuple when there is nothing to derive.

    Never raises. Derived ones keep address, port, time, origin, request and digest, and are marked as derived.
    """
    name = observation.name
    if name not in RULES:
        return ()
    facts = _read(name, observation.value, observation.request, observation.address, derived=observation.derived)
    return derive(observation, facts)


def find_refusal(observation: Observation) -> str:
    """Why the value cannot be taken apart at all, in a few words; empty when it can, or when there is nothing to do."""
    rule = RULES.get(observation.name)
    if rule is None:
        return ""
    try:
        deque(rule(observation), maxlen=0)
    except Garbled as problem:
        return str(problem)
    return ""


def _read(name: str, value: str, request: str, address: str | None, *, derived: bool) -> Facts:
    """Everything that follows from one value, transitively."""
    pending = [(name, _stand_in(name, value, request, address, derived=derived))]
    facts: dict[tuple[str, str], tuple[str, str, str]] = {}
    for source, item in pending:
        try:
            found = list(RULES[source](item))
        except Garbled:
            continue
        for fact, whole in found:
            text = whole[:VALUE_CAP]
            if fact and text and (fact, text) not in facts and len(facts) < DERIVED_CAP:
                protocol, _, field = fact.partition(".")
                facts[fact, text] = (protocol, field, text)
                if fact in RULES:
                    pending.append((fact, _stand_in(fact, text, request, address, derived=True)))
    return tuple(facts.values())


def _stand_in(name: str, value: str, request: str, address: str | None, *, derived: bool) -> Observation:
    """An observation with what rules look at and nothing else."""
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, value, address, request=request, derived=derived)


def derive(source: Observation, facts: Facts) -> tuple[Observation, ...]:
    """The facts as observations of the one that they were read from."""
    address, port, mac, interface = source.address, source.port, source.mac, source.interface
    request, at, by, digest, scope = source.request, source.at, source.by, source.digest, source.scope
    return tuple(
        [
            Observation(protocol, field, text, address, port, mac, interface, request, at, by, digest, True, scope)
            for protocol, field, text in facts
        ]
    )


def dissect_all(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The observations of one host with everything derived from each and from all of them, each fact once."""
    facts: dict[tuple[str, str, str | None, int | None, str, str], Observation] = {}

    def keep(item: Observation) -> None:
        facts.setdefault((item.name, item.value, item.address, item.port, item.request, item.digest), item)

    for observation in observations:
        keep(observation)
        for item in dissect(observation):
            keep(item)
    for item in dissect_host(facts.values()):
        keep(item)
    return tuple(facts.values())
