"""Watches how one host bears being asked, and says when to slow down and when to leave it alone.

Never forgives: a host that was slowed stays slowed for the run, one that was left alone stays left alone. Pure.
"""

from __future__ import annotations

import re
from statistics import median
from typing import Final

from msgspec import Struct

from scanner.link import Exchange
from scanner.model import ANSWERED, Outcome
from scanner.os_errors import CRUMBS, RESET, UNFINISHED

SLOWER: Final = 2.0
"""An answer is slow when it takes more than this many times the median of the earlier ones on the same port."""

SLOW_FLOOR: Final = 0.25
"""Seconds; below it jitter of the network and the page's size explain a factor of two."""

EARLIER: Final = 8
"""Answers remembered per port."""

FIRST: Final = 3
"""The first answers of a host are its measure as well: later ones follow a host that tires with each request."""

WORN: Final = 3.0
"""An answer is slow as well when it takes more than this many times the median of the first ones on any port without
TLS: who tires has the same processor behind all its ports. A handshake may take an old camera three seconds."""

WORN_FLOOR: Final = 1.0
"""Seconds; below it one service may simply take longer than another."""

SLOW_STOP: Final = 4
"""So many slow answers in a row and the host is left alone: it is not catching up at the slowed pace either."""

RESET_STOP: Final = 3
"""So many resets of established connections in the run and the host is left alone."""

REFUSAL_SLOW: Final = 3
REFUSAL_STOP: Final = 4
"""Refusals (401, 403) in the run. We send no credential, so they should count against nobody's lockout limit; that is
not verified on every firmware, and vendor defaults begin at five wrong logins (protocols: section 17.5). So there is
never a fifth."""

SILENCE_STOP: Final = 2
"""So many silences on ports that had answered before: the host hangs, and asking on could only make it worse."""

MUTE_STOP: Final = 5
"""So many connections accepted without one word on any port, and the host is left alone: its kernel still accepts, but
nobody behind it is awake, or it is a tarpit. An honest camera has said something on its first or second open port."""

UNFINISHED_STOP: Final = 4
"""So many answers that were not finished in time, and the host is left alone. Old servers that never close cost each
page the whole timeout, yet say all they have to say in the first pages."""

SLOWEST: Final = 8.0
"""The pace to one host is divided by at most this; slower than that the host is left alone anyway."""

STOPPED: Final = "not asked further: "
"""How the reason begins; it stands in the record as the detail of every attempt that was left out."""

MUTE: Final = "no answer to an HTTP request"
"""Detail of a request that a port took and never answered."""

MUTE_THERE: Final = "it gave no answer to an HTTP request there"
"""Detail of what is not asked at such a port any more: it speaks something else, and each try costs the whole timeout
and holds one of the few connections of an old camera for as long."""

LOOK: Final = 4096
"""Bytes of an answer looked at for a status and for words of a lockout."""

_STATUS: Final = re.compile(rb"\A\s*(?:HTTP|RTSP)/\d\.\d +(\d{3})\b")
_BEGINNINGS: Final = frozenset((b"HTTP/1.0 ", b"HTTP/1.1 "))
_STATUSES: Final = {b"%d " % status: status for status in range(100, 600)}
_LOCKED: Final = re.compile(
    rb"lockStatus>\s*lock(?:ed)?\s*<|unlockTime>\s*[1-9]|account\s+(?:is\s+|has\s+been\s+)?locked|user\s*locked"
    rb"|ip\s+(?:address\s+)?(?:is\s+|has\s+been\s+)?locked|too\s+many\s+(?:requests|failed|login|attempts)",
    re.IGNORECASE,
)
"""Whatever it finds holds "lock" or "too", and a page is searched for these a hundred times as fast."""


def read_status(received: bytes) -> int:
    """The status code of an HTTP or RTSP answer; 0 when it has none."""
    if received[:9] in _BEGINNINGS and (status := _STATUSES.get(received[9:13])) is not None:
        return status  # nearly always
    found = _STATUS.match(received[:64])
    return int(found[1]) if found else 0


def _tells_lockout(status: int, received: bytes) -> bool:
    """True for a refusal (from 400 on) that speaks of a lockout: 423, 429, or one that says so."""
    if status in (423, 429):
        return True
    start = received[:LOOK].lower()
    return (b"lock" in start or b"too" in start) and bool(_LOCKED.search(start))


class HostTemper(Struct, gc=False):
    """What the answers of one host say about its strength. `stopped` is empty, or why it is asked no more."""

    factor: float = 1.0
    stopped: str = ""
    mute: frozenset[int] = frozenset()  # ports that took an HTTP request and said nothing
    _first: list[float] = []
    _times: dict[int, list[float]] = {}
    _slow: int = 0
    _resets: int = 0
    _refusals: int = 0
    _silences: int = 0
    _unheard: int = 0
    _unfinished: int = 0

    def hear(self, port: int, exchange: Exchange) -> None:
        """Take one exchange into account."""
        if exchange.outcome is ANSWERED and not exchange.detail:
            if exchange.received:
                self._hear_time(port, exchange.elapsed, plain=not exchange.tls)
                self.recall(exchange.received)
            return
        if exchange.outcome is Outcome.SKIPPED or exchange.outcome is Outcome.BROKEN:
            return
        if exchange.detail.startswith(RESET):
            self._hear_reset()
        elif exchange.outcome is Outcome.SILENT:
            self._hear_silence(port, exchange.detail, accepted=exchange.connections > 0)
        elif exchange.received:
            self._hear_answer(port, exchange)

    def _hear_reset(self) -> None:
        self._resets += 1
        self._slow_down()
        if self._resets >= RESET_STOP:
            self._stop(f"it reset {self._resets} connections")

    def _hear_silence(self, port: int, detail: str, *, accepted: bool) -> None:
        if port not in self._times:  # a port that never answered is closed to us, not in trouble
            if detail == MUTE:
                self.mute |= {port}
            self._unheard += accepted and not self._times
            if self._unheard >= MUTE_STOP:
                self._stop(f"it accepted {self._unheard} connections and said nothing on any of them")
            return
        self._silences += 1
        self._slow_down()
        if self._silences >= SILENCE_STOP:
            self._stop(f"it fell silent {self._silences} times where it had answered before")

    def _hear_answer(self, port: int, exchange: Exchange) -> None:
        self._hear_time(port, exchange.elapsed, plain=not exchange.tls)
        if exchange.detail in (UNFINISHED, CRUMBS):
            self._unfinished += 1
            if self._unfinished >= UNFINISHED_STOP:
                self._stop(f"{self._unfinished} of its answers were not finished in time")
        self.recall(exchange.received)

    def recall(self, received: bytes) -> None:
        """Take an answer's refusal or lockout into account, and not its time: for one that an earlier run heard."""
        status = read_status(received)
        if status < 400:
            return
        if _tells_lockout(status, received):
            self._stop("it says that access is locked or that it was asked too much")
        elif status in (401, 403):
            self._refusals += 1
            if self._refusals == REFUSAL_SLOW:
                self._slow_down()
            if self._refusals >= REFUSAL_STOP:
                self._stop(f"it refused {self._refusals} requests")

    def _hear_time(self, port: int, elapsed: float, *, plain: bool) -> None:
        earlier = self._times.get(port)
        if earlier is None:
            earlier = self._times[port] = []
        slow = len(earlier) >= 2 and elapsed > SLOW_FLOOR and elapsed > SLOWER * median(earlier)
        if plain and len(self._first) < FIRST:
            self._first.append(elapsed)
        elif plain and elapsed > WORN_FLOOR and elapsed > WORN * median(self._first):
            slow = True
        if not slow:
            earlier.append(elapsed)
            del earlier[:-EARLIER]
            self._slow = 0
            return
        self._slow += 1  # a slow answer is kept out of the median, or a dying host would become its own measure
        self._slow_down()
        if self._slow >= SLOW_STOP:
            self._stop(f"{self._slow} answers in a row took more than twice as long as those before")

    def _slow_down(self) -> None:
        self.factor = min(SLOWEST, self.factor * 2)

    def _stop(self, reason: str) -> None:
        self.stopped = self.stopped or f"{STOPPED}{reason}"
