"""The first look at what was sensed: which hosts there are, which may be one device, and where their words stand. Pure.

Of a device only places are kept, some hundred bytes: what it said is read again when its turn comes.
"""

from __future__ import annotations

import marshal
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from scanner.coverage import Failures
from scanner.devices import (
    STATING,
    Host,
    Source,
    Statement,
    Survey,
    assign_hosts,
    find_kin,
    state,
    state_fact,
    survey_hosts,
)
from scanner.dissect import Dissector, Facts, derive
from scanner.holdings import Holdings
from scanner.model import Attempt, Observation
from scanner.shelf import Shelf

_WIDE: Final = "q"
"""Places are whole numbers of 64 bits: records of large sites have gigabytes."""


@dataclass(slots=True)
class _Heard:
    """What one source said: places of observations; a negative one is that of what the last was dissected into."""

    places: array[int] = field(default_factory=lambda: array(_WIDE))
    stated: set[Statement] = field(default_factory=set)
    inside: bool = False


class Gathering:
    """Hosts, who may belong together, and the way back to what they said."""

    def __init__(self, holdings: Holdings, dissector: Dissector, shelf: Shelf) -> None:
        self._holdings: Final = holdings
        self._dissector: Final = dissector
        self._shelf: Final = shelf
        self._heard: Final[dict[Source, _Heard]] = {}
        self._attempts: Final[dict[str, array[int]]] = {}
        self.failures: Final = Failures(Counter(), set())
        for place, value in holdings.read():
            if isinstance(value, Observation):
                self._note(place, value)
            else:
                self._attempts.setdefault(value.address, array(_WIDE)).append(place)
                self.failures.add(value)
        self._hosts: Final = assign_hosts(self._heard)
        self.survey: Final = self._survey()
        self.kin: Final = find_kin(self._stated(), self.survey)

    def _note(self, place: int, seen: Observation) -> None:
        source = seen.address, seen.mac
        heard = self._heard.get(source)
        if heard is None:
            heard = self._heard[source] = _Heard()
        heard.places.append(place)
        if seen.scope != "off":
            heard.inside = True
        if seen.protocol in STATING:
            facts = self._dissector.read(seen)
            stated = (state(seen), *(state_fact(*fact) for fact in facts))
            heard.stated.update(filter(None, stated))
            if facts:  # taking it apart is the most work of all: done once
                heard.places.append(-1 - self._shelf.put(marshal.dumps(facts)))

    def _survey(self) -> Survey:
        outside = [host for host, held in self._hosts.items() if not any(self._heard[source].inside for source in held)]
        return survey_hosts(self._hosts, frozenset(outside))

    def _stated(self) -> dict[Host, set[Statement]]:
        return {
            host: set().union(*(self._heard[source].stated for source in held)) for host, held in self._hosts.items()
        }

    def expand(self, host: Host) -> list[Observation]:
        """What a host said, each once, and all that can be dissected from it."""
        known: set[Observation] = set()
        found: list[Observation] = []
        for source in self._hosts[host]:
            places = self._heard[source].places
            for place, shelved in zip(places, (*places[1:], 0), strict=True):
                if place < 0:
                    continue
                seen = self._holdings.take(place)
                assert isinstance(seen, Observation), "its place was noted as that of an observation"
                if seen not in known:
                    known.add(seen)
                    found.append(seen)
                    found += derive(seen, self._facts(seen, shelved))
        return found

    def _facts(self, seen: Observation, shelved: int) -> Facts:
        if shelved >= 0:
            return self._dissector.read(seen)
        facts: Facts = marshal.loads(self._shelf.take(-1 - shelved))  # noqa: S302  written by `_note`
        return facts

    def attempts(self, address: str) -> Iterator[Attempt]:
        """How the attempts at an address ended, in the order of the record."""
        for place in self._attempts.get(address, ()):
            tried = self._holdings.take(place)
            assert isinstance(tried, Attempt), "its place was noted as that of an attempt"
            yield tried
