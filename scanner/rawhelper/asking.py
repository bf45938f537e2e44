"""Whom to ask when, and when to stop: the order, the answers, the passes and the quiet time of one sweep; pure.

Memory is a bit for each address and four more for the times. Every address is asked in each pass until it has
answered; there are at least two passes, and more as long as a further one still finds somebody.
"""

from __future__ import annotations

import math
import random
from array import array
from typing import Final

from scanner.ranges import Positions, Ranges, stride

LEAST_PASSES: Final = 2
"""One request lost on the way, or missed by a camera's power-saving radio, must not make a host invisible."""

MOST_PASSES: Final = 4
"""Who stays silent to four requests is not there, or does not want to be."""

UNKNOWN_QUIET: Final = 0.25
"""Seconds that each host gets before it is asked again as long as nobody has answered, so no round trip is known."""

LEAST_QUIET: Final = 0.03
"""Seconds that each host gets at least before it is asked again: a wired one answers within one millisecond, a busy one
within ten."""

LEAST_LAST_QUIET: Final = 0.1
"""Seconds after the last pass; what comes later is still taken, as a late answer, for as long as the run goes on."""

MOST_QUIET: Final = 3.0
"""Seconds: a segment with three times the load it can bear was seen to answer after one and a half, one with six times
after two and a half. So long is waited after the last pass, too, where nobody has answered; what is later is late."""

TAIL: Final = 2
"""Where an answer took as long as would be waited, others may take longer: so many times the longest is waited."""

BLOCK: Final = 16
"""Addresses that share one time of asking, for measuring round trips: half a byte of memory for each address."""


class RoundTrips:
    """Smoothed round trip and its variation as TCP keeps them (RFC 6298 section 2), in seconds."""

    __slots__ = ("smoothed", "variation")

    def __init__(self) -> None:
        self.smoothed: float | None = None
        self.variation = 0.0

    def add(self, sample: float) -> None:
        """Take one measurement in."""
        if self.smoothed is None:
            self.smoothed, self.variation = sample, sample / 2
            return
        self.variation += (abs(self.smoothed - sample) - self.variation) / 4
        self.smoothed += (sample - self.smoothed) / 8

    def patience(self, least: float, most: float, unknown: float) -> float:
        """How long to wait for an answer: eight variations above the mean, within bounds."""
        if self.smoothed is None:
            return unknown
        return min(most, max(least, self.smoothed + 8 * self.variation))


class Asking:
    """The state of one sweep. Times are seconds of any steady clock, the same one throughout."""

    def __init__(self, ranges: Ranges, *, rng: random.Random, least_passes: int = LEAST_PASSES) -> None:
        self._positions = Positions(ranges)
        size = self._positions.size
        self._single = ranges[0][0] if len(ranges) == 1 else None
        self._step, self._start = stride(size, rng)
        self._inverse = pow(self._step, -1, size) if size else 0
        self._bits = bytearray((size + 7) // 8)
        self._times = array("d", bytes(8 * ((size + BLOCK - 1) // BLOCK)))
        self._next = 0
        self._least_passes = least_passes
        self._quiet_until: float | None = None
        self._asked_last = 0.0  # when the last address of the pass was asked
        self._longest = 0.0  # seconds that an answer took, counted from the last time its address was asked
        self._pass_began: float | None = None  # when its first address was asked
        self._found_in_pass = 0
        self._disturbed = False
        self._left: list[int] = []
        self.round_trips = RoundTrips()
        self.passes = 1
        self.found = 0
        self.frames = 0
        self.done = size == 0

    @property
    def size(self) -> int:
        """How many addresses there are to ask."""
        return self._positions.size

    def next_addresses(self, limit: int, now: float) -> list[int]:
        """At most `limit` addresses to ask now; empty while it is quiet, and at the end."""
        if self._quiet_until is not None and now >= self._quiet_until:
            self._look_again(now)
        if self.done or self._quiet_until is not None or limit < 1:
            return []
        chosen, self._left = self._left[:limit], self._left[limit:]
        if not chosen:
            chosen = self._fresh(limit, now) if self.passes == 1 else self._silent(limit, now)
        if self._pass_began is None:
            self._pass_began = now
        if self._next >= self.size and not self._left:
            self._asked_last = now
            self._quiet_until = self._quiet_end(now, self._pass_began)
        self.frames += len(chosen)
        return chosen

    def give_back(self, addresses: list[int]) -> None:
        """Addresses that could not be sent after all are asked first next time."""
        self._left = addresses + self._left
        self._quiet_until = None
        self.frames -= len(addresses)

    def answered(self, address: int, now: float, *, to_us: bool = True) -> bool:
        """Take an answer; True when it is the first one for an address that was to be asked.

        How long it took is measured only when it was given `to_us`: others speak when they like.
        """
        position = self._positions.position(address)
        if position is None or self._bits[position >> 3] >> (position & 7) & 1:
            return False
        self._bits[position >> 3] |= 1 << (position & 7)
        self.found += 1
        order = self._order(position)
        this_pass = order < self._next  # else it answers what an earlier pass asked, or nothing
        self._found_in_pass += this_pass
        if to_us and (this_pass or self.passes > 1):
            took = now - self._times[order // BLOCK]
            self.round_trips.add(took)
            self._longest = max(self._longest, took)
        return True

    def waited(self, address: int, now: float) -> float | None:
        """Seconds since a covered address that has not answered was asked last; None for any other."""
        position = self._positions.position(address)
        if position is None or self._bits[position >> 3] >> (position & 7) & 1:
            return None
        return now - self._times[self._order(position) // BLOCK]

    def covers(self, address: int) -> bool:
        """True for an address this sweep asks."""
        return self._positions.position(address) is not None

    def asks(self, address: int) -> int:
        """How often a covered address that answers now is asked in all: at least once, also if it spoke before that."""
        position = self._positions.position(address)
        if position is None:
            return 0
        return max(1, self.passes - 1 + (self._order(position) < self._next))

    def disturb(self) -> None:
        """Answers may have been lost on our side: the silent are asked once more."""
        self._disturbed = True

    def wait(self, now: float) -> float:
        """Seconds until the quiet time is over; 0 when there is somebody to ask."""
        return 0.0 if self._quiet_until is None else max(0.0, self._quiet_until - now)

    def _order(self, position: int) -> int:
        """The how-manieth of a pass a position is."""
        return (position - self._start) * self._inverse % self.size

    def _fresh(self, limit: int, now: float) -> list[int]:
        first, last = self._next, min(self._next + limit, self.size)
        self._stamp(first, last, now)
        step, start, size = self._step, self._start, self.size
        if self._single is not None:
            base = self._single
            return [base + spot % size for spot in range(first * step + start, last * step + start, step)]
        return [self._positions.address((order * step + start) % size) for order in range(first, last)]

    def _silent(self, limit: int, now: float) -> list[int]:
        step, start, size, bits = self._step, self._start, self.size, self._bits
        chosen: list[int] = []
        while not chosen and self._next < size:
            first, last = self._next, min(self._next + limit, size)
            self._stamp(first, last, now)
            spots = [(order * step + start) % size for order in range(first, last)]
            chosen = [self._positions.address(spot) for spot in spots if not bits[spot >> 3] >> (spot & 7) & 1]
        return chosen

    def _stamp(self, first: int, last: int, now: float) -> None:
        begin, end = math.ceil(first / BLOCK), math.ceil(last / BLOCK)
        self._times[begin:end] = array("d", [now]) * (end - begin)
        self._next = last

    def _quiet_end(self, now: float, began: float) -> float:
        """When it has been quiet for long enough after a pass whose last request goes now.

        Where another pass follows in any case, it may begin as soon as those who were asked first have had their time:
        the order is the same, so everybody gets as long.
        """
        if self.found == self.size:
            return now + LEAST_QUIET  # a second owner of an address may still speak up
        if self._goes_on:
            return max(now, began + self._patience(LEAST_QUIET, UNKNOWN_QUIET))
        return now + self._patience(LEAST_LAST_QUIET, MOST_QUIET)

    def _patience(self, least: float, unknown: float) -> float:
        usual = self.round_trips.patience(least, MOST_QUIET, unknown)
        return usual if self._longest < usual else min(MOST_QUIET, TAIL * self._longest)

    @property
    def _goes_on(self) -> bool:
        """Whether another pass follows this one, by what is known now."""
        again = self.passes < self._least_passes + self._disturbed or self._found_in_pass > 0
        return again and self.passes < MOST_PASSES

    def _look_again(self, now: float) -> None:
        """End the quiet time, unless answers that came in it showed that others may take longer."""
        end = self._quiet_end(self._asked_last, self._asked_last if self._pass_began is None else self._pass_began)
        if now < end:
            self._quiet_until = end
        else:
            self._end_quiet()

    def _end_quiet(self) -> None:
        self._quiet_until = None
        if self.found == self.size or not self._goes_on:
            self.done = True
            return
        self._least_passes += self._disturbed  # a pass whose answers were lost counts for nobody
        self._pass_began = None
        self.passes += 1
        self._next, self._found_in_pass, self._disturbed = 0, 0, False
