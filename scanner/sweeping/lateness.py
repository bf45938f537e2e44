"""How long answers to address resolution are still waited for when a run has nothing else to do; pure."""

from __future__ import annotations

import math
from typing import Final

LATE_WAIT: Final = 2.0
"""Seconds after a late answer: where one came, others may be behind it."""

MOST_WAIT: Final = 30.0
"""Seconds at most after the run had nothing else to do for the first time: who forges a late answer now and then must
not keep it from ending."""


class Lateness:
    """The end of the waiting, by a steady clock."""

    def __init__(self) -> None:
        self._expected_until = -math.inf
        self._most = math.inf
        self._under_way = False

    def expect(self, now: float) -> None:
        """An answer came late: others may be on their way."""
        self._expected_until = now + LATE_WAIT

    def note_work(self, now: float, *, under_way: bool) -> None:
        """Whether the run has anything else to do; as long as it has, waiting costs nobody time."""
        self._under_way = under_way
        if not under_way:
            self._most = min(self._most, now + MOST_WAIT)

    def left(self, now: float) -> float:
        """Seconds to wait from now on, 0 when it is over, infinity while the run goes on."""
        until = self._most if self._under_way else min(self._most, self._expected_until)
        return max(0.0, until - now)
