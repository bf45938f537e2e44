"""What one simulated device was sent, counted by the device, so that a scanner's count can be held against it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulator.logins import find_logins

REQUESTS_KEPT: Final = 2_000
"""Requests kept word by word; a longer run is still counted in full."""

TOLD_KEPT: Final = 2_000
"""Bytes kept of one request: head and body of the longest SOAP call."""

ARRIVALS_KEPT: Final = 20_000
"""Arrival times kept, enough to check 40 a second over eight minutes."""

STREAMS: Final = frozenset({"http", "https", "rtsp", "tcp", "script"})
"""Services whose requests come over TCP; the others come as datagrams."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in: service, port, its first line, and when (seconds, the stage's clock)."""

    service: str
    port: int
    line: str
    at: float
    told: str = ""  # the whole of it, as far as it is kept


@dataclass(slots=True)
class Ledger:
    """The count of one device. `received` and `sent` are payload bytes, after TLS where there was TLS."""

    datagrams: Counter[str] = field(default_factory=Counter)  # by service
    shared: Counter[str] = field(default_factory=Counter)  # of these, sent to a group or by broadcast
    received_shared: int = 0  # bytes of those
    answered: Counter[str] = field(default_factory=Counter)  # datagrams answered, by service
    unsent: int = 0  # answers with no route back
    arp_requests: int = 0  # counted only where the lab answers ARP itself
    connections: int = 0
    connections_by_port: Counter[int] = field(default_factory=Counter)
    open_now: int = 0  # as the device sees it
    most_open: int = 0  # that the peer held open at once; one that it closed counts no more, though still unread here
    turned_away: int = 0  # connections over the device's limit
    ends: Counter[str] = field(default_factory=Counter)  # clean, reset, left, handshake, cut
    requests: int = 0
    stream_requests: int = 0  # of these, over TCP
    requests_seen: list[Seen] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)  # every Authorization header, which should be none
    logins: list[str] = field(default_factory=list)  # every sign of a login, that header among them
    refusals: int = 0  # requests answered 401
    locked: bool = False
    reboots: int = 0
    received: int = 0
    sent: int = 0
    frames: int = 0  # whole frames sent by a script of the link layer
    arrivals: deque[float] = field(default_factory=lambda: deque(maxlen=ARRIVALS_KEPT))

    @property
    def touched(self) -> bool:
        """True when anything at all reached the device above the link layer."""
        return bool(self.datagrams or self.connections)

    @property
    def left_open(self) -> int:
        """Connections that the peer never ended: still open, or given up by the device."""
        return self.open_now + self.ends["left"]

    def note_datagram(self, service: str, size: int, at: float, *, shared: bool = False) -> None:
        """Count one datagram that came in. `shared`: it was sent to everybody on the segment."""
        self.datagrams[service] += 1
        self.received += size
        if shared:
            self.shared[service] += 1
            self.received_shared += size
        self.arrivals.append(at)

    def note_connection(self, port: int, at: float, peer_holds: int) -> None:
        """Count one accepted connection; `peer_holds` says how many the peer has open now, this one included."""
        self.connections += 1
        self.connections_by_port[port] += 1
        self.open_now += 1
        self.most_open = max(self.most_open, peer_holds)
        self.arrivals.append(at)

    def note_end(self, how: str) -> None:
        """Count how a connection ended."""
        self.open_now -= 1
        self.ends[how] += 1

    def note_request(self, service: str, port: int, line: str, at: float, said: bytes = b"") -> None:
        """Count one request of a conversation; `said` is the whole of it, which is looked through for a login."""
        self.requests += 1
        self.stream_requests += service in STREAMS
        if len(self.requests_seen) < REQUESTS_KEPT:
            self.requests_seen.append(Seen(service, port, line, at, said[:TOLD_KEPT].decode("latin-1")))
            self.logins += find_logins(said)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file; `from_json` reads them back."""
        out: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in ("datagrams", "shared", "answered", "connections_by_port", "ends"):
            out[name] = {str(key): count for key, count in sorted(out[name].items())}
        out["requests_seen"] = [[seen.service, seen.port, seen.line, seen.at, seen.told] for seen in self.requests_seen]
        out["arrivals"] = list(self.arrivals)
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ledger:
        """Read what `as_json` wrote."""
        ledger = cls(**{name: value for name, value in data.items() if name in cls.__slots__})
        for name in ("datagrams", "shared", "answered", "ends"):
            setattr(ledger, name, Counter(data[name]))
        ledger.connections_by_port = Counter({int(k): v for k, v in data["connections_by_port"].items()})
        ledger.requests_seen = [Seen(*row) for row in data["requests_seen"]]
        ledger.arrivals = deque(data["arrivals"], maxlen=ARRIVALS_KEPT)
        return ledger
