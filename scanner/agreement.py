"""Says whether two hosts that state one identity may be one device: never where what they are contradicts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.fingerprint import Library
from scanner.identify import add_together
from scanner.judging import Maker, judge_maker
from scanner.matching import match_observations
from scanner.model import Observation


@dataclass(slots=True)
class Agreement:
    """Judges each host once, by the list of its dissected observations, which it keeps. Of the shape of `Agree`."""

    library: Library
    _judged: dict[int, tuple[Sequence[Observation], Maker]] = field(default_factory=dict)

    def __call__(self, one: Sequence[Observation], other: Sequence[Observation]) -> bool:
        """True when neither contradicts itself, and both have the same maker or one has none."""
        first, second = self._judge(one), self._judge(other)
        if first.contradicted or second.contradicted:
            return False
        return first.name == second.name or None in (first.name, second.name)

    def _judge(self, observations: Sequence[Observation]) -> Maker:
        known = self._judged.get(id(observations))
        if known is None:  # the list is kept, since another one may get its number once it is gone
            matches = match_observations(add_together(observations), self.library)
            known = self._judged[id(observations)] = observations, judge_maker(matches, self.library.weights)
        return known[1]
