"""Packets that the kernel will send by itself, at a time known only roughly: how many may come soon. Sends none.

Hundreds are foreseen where many answer over IPv6, and each packet that leaves looks at them: so only those whose time
comes or is over are touched.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass


@dataclass(slots=True)
class _One:
    end: float
    packets: int
    sure: bool
    dropped: bool = False
    near: bool = False


class Foreseen:
    """What may come, by the clock of whoever asks, which must not step back."""

    __slots__ = ("_count", "_far", "_named", "_near", "near")

    def __init__(self) -> None:
        self.near = 0  # packets that may come in the time of the last look
        self._count = 0  # tells those of equal times apart
        self._far: list[tuple[float, int, _One]] = []  # by begin
        self._near: list[tuple[float, int, _One]] = []  # by end
        self._named: dict[str, _One] = {}

    def __len__(self) -> int:
        return sum(not one.dropped for _, _, one in (*self._far, *self._near))

    def add(self, packets: int, begin: float, end: float, *, sure: bool, of: str) -> None:
        """`sure`: it is given out as sent at its end. `of`: in the place of what was foreseen of the same before."""
        one = _One(end, packets, sure)
        if of:
            if (before := self._named.get(of)) is not None:
                before.dropped = True
                self.near -= before.packets * before.near
            self._named[of] = one
        self._count += 1
        heapq.heappush(self._far, (begin, self._count, one))

    def look(self, now: float, then: float) -> int:
        """Bring `near` up to what may come from `now` to `then`; returns what is over and has surely been sent."""
        far, near, sent = self._far, self._near, 0
        while far and far[0][0] <= then:
            _, number, one = heapq.heappop(far)
            if not one.dropped:
                one.near = True
                self.near += one.packets
                heapq.heappush(near, (one.end, number, one))
        while near and near[0][0] <= now:
            _, _, one = heapq.heappop(near)
            if not one.dropped:
                one.near = False
                self.near -= one.packets
                sent += one.packets * one.sure
        return sent
