"""Says whether two hosts that state one identity may be one device: never where what they are contradicts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.dissect import Dissector
from scanner.fingerprint import Library
from scanner.identify import expand_each, judge_expanded
from scanner.model import Identity, Observation


@dataclass(slots=True)
class Agreement:
    """Judges each host once, by the list of its observations, which it keeps. Of the shape of `devices.Agree`."""

    library: Library
    dissector: Dissector = field(default_factory=Dissector)
    _judged: dict[int, tuple[Sequence[Observation], Identity]] = field(default_factory=dict)

    def __call__(self, one: Sequence[Observation], other: Sequence[Observation]) -> bool:
        """True when neither contradicts itself, and both have the same maker or one has none."""
        first, second = self._judge(one), self._judge(other)
        if first.conflicts or second.conflicts:
            return False
        return first.maker == second.maker or None in (first.maker, second.maker)

    def _judge(self, observations: Sequence[Observation]) -> Identity:
        known = self._judged.get(id(observations))
        if known is None:  # the list is kept, since another one may get its number once it is gone
            expanded = expand_each(observations, self.dissector)
            known = self._judged[id(observations)] = observations, judge_expanded(expanded, self.library)[0]
        return known[1]
