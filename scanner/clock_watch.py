"""Notices when the machine's clock is set during a run, so that the coverage can say it; sets and sends nothing.

Waiting and pacing go by the monotonic clock and do not mind; only the times that stand in the record do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from scanner.model import Note

STEP: Final = 1.0
"""Seconds a clock must have jumped by between two looks; slewing by NTP moves it half a millisecond a second."""

LOOK_EVERY: Final = 2.0
"""Seconds between two looks."""


class ClockWatch:
    """Compares the wall clock with the monotonic one, which no administrator sets."""

    def __init__(
        self,
        note: Callable[[Note], None],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """`note` is the record's sink."""
        self._note = note
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._offset = clock() - monotonic()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await self._sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        """Note a step since the last look. A machine that slept looks like one whose clock was set forward."""
        now = self._clock()
        offset = now - self._monotonic()
        step, self._offset = offset - self._offset, offset
        if abs(step) >= STEP:
            text = (
                f"the clock stepped by {step:+.0f} s, or the machine slept: times before and after do not fit together"
            )
            self._note(Note("clock", text, now))
