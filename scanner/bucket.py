"""Tokens that accrue evenly, one for each packet, to keep a rate even. Never waits for anything by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

BURST_SECONDS: Final = 0.005
"""So much of a rate may go in one instant: enough to absorb the one-millisecond timers of an event loop."""

DUST: Final = 1e-9
"""Floating-point dust must not cost another timer."""


class TokenBucket:
    """Tokens that accrue evenly; one packet costs one, and a cost above the burst leaves a debt."""

    __slots__ = ("_clock", "_level", "_rate", "_seconds", "_seen", "burst")

    def __init__(
        self, rate: float, *, seconds: float = BURST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._set_rate(rate)
        self._level = self.burst
        self._seen = clock()

    def _set_rate(self, rate: float) -> None:
        self._rate = rate
        self.burst = max(1.0, rate * self._seconds)

    def available(self) -> float:
        """Tokens there now; negative while a debt is paid off."""
        return self.refill(self._clock())

    def refill(self, now: float) -> float:
        """As `available`, for whoever has just looked at the clock; one that steps back gives nothing."""
        self.spend(0.0, now, owing=True)
        return self._level

    def spend(self, cost: float, now: float, *, owing: bool = False) -> bool:
        """Take so many tokens if they are there, or `owing` them; False: nothing was taken. `now` as of `refill`."""
        level = self._level + (now - self._seen) * self._rate if now > self._seen else self._level
        level = level if level < self.burst else self.burst
        self._seen = now
        may = owing or level >= cost
        self._level = level - cost if may else level
        return may

    def until(self, cost: float) -> float:
        """Seconds after the last refill until `cost` may go: a bucket that is full lets any cost go."""
        missing = min(cost, self.burst) - self._level
        return missing / self._rate if missing > DUST else 0.0

    def charge(self, cost: float) -> None:
        """Take so many tokens, whether they are there or not; negative: put them back."""
        self._level -= cost

    def change_rate(self, rate: float) -> None:
        """Go on at another rate from now; a debt stays a debt."""
        self.available()
        self._set_rate(rate)
        self._level = min(self._level, self.burst)
