"""From raw and compound observations to the finer fields of fingerprints/fields.yaml; contacts and judges nothing.

Broken input never raises: it yields nothing more, and the raw observation stays. One file per protocol family holds the
rules; `rules.py` is the table of them by observation name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from scanner.codec import Garbled
from scanner.codec.text import VALUE_CAP
from scanner.dissect.hosts import CONTROL_PATH, CONTROL_REQUEST, dissect_host
from scanner.dissect.rules import RULES
from scanner.model import Observation

__all__ = ["CONTROL_PATH", "CONTROL_REQUEST", "DERIVED_CAP", "dissect", "dissect_all", "dissect_host"]

DERIVED_CAP: Final = 400
"""Observations derived from one: a full HTTP answer gives some 30, an answer for 64 cameras some 300."""


def dissect(observation: Observation) -> tuple[Observation, ...]:
    """Derive every finer observation from one, transitively; an empty tuple when there is nothing to derive.

    Never raises. Derived ones keep address, port, time, origin, request and digest, and are marked as derived.
    """
    pending = [(observation.name, observation)]
    known: set[tuple[str, str]] = set()
    for name, item in pending:
        rule = RULES.get(name)
        if rule is None:
            continue
        try:
            found = list(rule(item))
        except Garbled:
            continue
        for derived, text in found:
            value = text[:VALUE_CAP]
            if derived and value and (derived, value) not in known and len(known) < DERIVED_CAP:
                known.add((derived, value))
                pending.append((derived, _derive(observation, derived, value)))
    return tuple(item for _, item in pending[1:])


def _derive(source: Observation, name: str, value: str) -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(
        protocol,
        field,
        value,
        source.address,
        source.port,
        source.mac,
        source.interface,
        source.request,
        source.at,
        source.by,
        source.digest,
        derived=True,
        scope=source.scope,
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
