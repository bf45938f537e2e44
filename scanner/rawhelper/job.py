"""Sends one sweep's requests at its pace and takes its answers; decides neither whom nor when to ask.

A sweep sends nothing without a grant of its parent, who shares the pace of the run among all that send, and never
faster than its own rate: whatever the parent grants, frames leave evenly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from scanner.gate import Gate
from scanner.rawhelper.asking import Asking
from scanner.rawhelper.batch import BATCH, RequestBatch
from scanner.rawhelper.requests import Sweep

CHUNK_SECONDS: Final = 0.005
"""A grant is asked for in pieces of five milliseconds, so that others who send wait no longer than that."""

TOGETHER_SECONDS: Final = 0.001
TOGETHER_MOST: Final = 64
"""A millisecond's frames go with one call, this many at most: fewer would cost a call each."""

OWNERS_CAP: Final = 8
"""Hardware addresses reported for one address: two factory-fresh cameras share one; a forger sends thousands."""

PAUSE: Final = 0.001
"""Seconds to wait when the kernel's queue is full."""

SLOWEST: Final = 16.0
"""The rate is divided by at most this when answers are lost on our side: each time by two."""

STUCK: Final = 5.0
"""Seconds without one frame accepted after which the interface is given up."""

Emit = Callable[[Mapping[str, object]], None]


class Stuck(OSError):
    """The kernel has accepted no frame for a while."""


class Job:
    """One sweep under way."""

    def __init__(self, request: Sweep, asking: Asking, batch: RequestBatch, gate: Gate, emit: Emit) -> None:
        self.request = request
        self.asking = asking
        self.drops = 0
        self.stalls = 0
        self._slower = 1.0
        self._batch = batch
        self._gate = gate
        self._emit = emit
        self._credit = 0
        self._wanted = 0
        self._sent = 0  # since the parent was last told
        self._chunk = max(1, min(BATCH, int(request.rate * CHUNK_SECONDS)))
        self._together = max(1, min(TOGETHER_MOST, int(request.rate * TOGETHER_SECONDS)))
        self._resume = 0.0
        self._stuck_since: float | None = None
        self._seen: set[bytes] = set()
        self._owners: Counter[int] = Counter()

    @property
    def done(self) -> bool:
        """Nobody is left to ask, and the last quiet time is over."""
        return self.asking.done

    def grant(self, frames: int) -> None:
        """The parent allows so many frames more."""
        self._credit += frames
        self._wanted = max(0, self._wanted - frames)

    def run(self, now: float) -> None:
        """Send what is due now; OSError when the interface does not take it."""
        if now < self._resume:
            return
        due = min(self._credit, int(self._gate.available()), BATCH)
        if due < min(self._together, self._credit):
            due = 0
        addresses = self.asking.next_addresses(due, now)
        if addresses:
            self._send(addresses, now)
        elif due == 0:
            self.asking.next_addresses(0, now)  # lets the quiet time end without a frame to spend
        self._tell(now)

    def wait(self, now: float) -> float:
        """Seconds until `run` has something to do, as far as is known without a new grant or answer."""
        if now < self._resume:
            return self._resume - now
        if quiet := self.asking.wait(now):
            return quiet
        if self._credit == 0:
            return 1.0
        missing = min(self._together, self._credit) - self._gate.available()
        return max(0.0, missing / self.request.rate)

    def hear(self, address: int, key: bytes, now: float, *, to_us: bool = True) -> bool | None:
        """Take an answer: True to report it, False when it was reported, None when it is none of this sweep's."""
        if not self.asking.covers(address):
            return None
        self.asking.answered(address, now, to_us=to_us)
        if key in self._seen or self._owners[address] >= OWNERS_CAP:
            return False
        self._seen.add(key)
        self._owners[address] += 1
        return True

    def hear_late(self, address: int, now: float) -> float | None:
        """After the end: seconds since a covered address was asked that had not answered; None for any other."""
        waited = self.asking.waited(address, now)
        self.asking.answered(address, now)
        return waited

    def lost(self, drops: int) -> None:
        """The kernel dropped frames we had not read yet, so somebody's answer may be among them: ask again, slower."""
        self.drops += drops
        self.asking.disturb()
        self._slower = min(SLOWEST, self._slower * 2)
        self._gate.change_rate(self.request.rate / self._slower)

    def summary(self) -> dict[str, object]:
        """What the parent is told at the end."""
        asking = self.asking
        return {
            "id": self.request.id,
            "asked": asking.size,
            "answered": asking.found,
            "frames": asking.frames,
            "passes": asking.passes,
            "drops": self.drops,
            "stalls": self.stalls,
            "sent": self._sent,
        }

    def _send(self, addresses: list[int], now: float) -> None:
        sent = self._batch.send(addresses)
        self._credit -= sent
        self._sent += sent
        self._gate.settle(0, sent)
        if sent == len(addresses):
            self._stuck_since = None
            return
        self.asking.give_back(addresses[sent:])
        self.stalls += 1
        self._resume = now + PAUSE
        self._stuck_since = now if sent or self._stuck_since is None else self._stuck_since
        if now - self._stuck_since > STUCK:
            raise Stuck(f"{self.request.interface} has accepted no frame for {STUCK:.0f} seconds")

    def _tell(self, now: float) -> None:
        """Tell the parent what has left, hand back what a quiet time has no use for, and ask for more."""
        quiet = self.asking.done or self.asking.wait(now) > 0
        unused = self._credit if quiet else 0
        missing = 0 if quiet else 2 * self._chunk - self._credit - self._wanted
        wanted = missing if missing >= self._chunk else 0
        if wanted or unused or self._sent:
            self._emit({
                "event": "want", "id": self.request.id, "frames": wanted, "sent": self._sent, "unused": unused,
                "at": now,
            })  # fmt: skip
            self._wanted += wanted
            self._credit -= unused
            self._sent = 0
