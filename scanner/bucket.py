"""Tokens that accrue evenly, one for each packet, to keep a rate even. Never waits for anything by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

BURST_SECONDS: Final = 0.005
"""So much of a rate may go in one instant: enough to absorb the one-millisecond timers of an event loop."""

DUST: Final = 1e-9
"""Floating-point dust must not cost another timer."""


def size_burst(rate: float) -> float:
    """Tokens that a bucket holds at most."""
    return max(1.0, rate * BURST_SECONDS)


class TokenBucket:
    """Tokens that accrue evenly; one packet costs one, and a cost above the burst leaves a debt."""

    __slots__ = ("_clock", "_level", "_rate", "_seen", "burst")

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rate = rate
        self._level = self.burst = size_burst(rate)
        self._seen = clock()

    def available(self) -> float:
        """Tokens there now; negative while a debt is paid off."""
        return self.refill(self._clock())

    def refill(self, now: float) -> float:
        """As `available`, for whoever has just looked at the clock; one that steps back gives nothing."""
        level = self._level + (now - self._seen) * self._rate if now > self._seen else self._level
        self._level = level if level < self.burst else self.burst
        self._seen = now
        return self._level

    def until(self, cost: float) -> float:
        """Seconds after the last refill until `cost` may go: a bucket that is full lets any cost go."""
        missing = min(cost, self.burst) - self._level
        return missing / self._rate if missing > DUST else 0.0

    def charge(self, cost: float) -> None:
        """Take so many tokens, whether they are there or not; negative: put them back."""
        self._level -= cost

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; a debt stays a debt."""
        self.refill(self._clock())
        self._rate = rate
        self.burst = size_burst(rate)
        self._level = min(self._level, self.burst)
