"""How fast we may speak, as the auditor chose it, and what a connection costs in packets. Holds nothing back itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

USED: Final = 0.97
"""Share of the rate that is really used while work waits, as counted on the wire; what `plan` reckons with."""

LEAST_RATE: Final = 0.1
"""Packets per second; slower than one in ten seconds no scan of a segment ends in a working day."""

FASTEST_RATE: Final = 1_000_000.0
"""Packets per second; more than this no ordinary machine sends, so it is a typing error."""

OPENING_PACKETS: Final = 1
"""Segments that open a TCP connection: the SYN. The acknowledgement of the peer's goes out with what we say next."""

SYN_AGAIN: Final = 1.0
"""Seconds after which the kernel repeats a SYN that nobody answered (RFC 6298 section 2)."""

CLOSING_PACKETS: Final = 2
"""Segments that end one: FIN and the acknowledgement of the peer's FIN. They are sent when it is their turn."""

CONNECTION_PACKETS: Final = OPENING_PACKETS + CLOSING_PACKETS
"""Segments a TCP connection costs us beside its data."""

MESSAGE_PACKETS: Final = 2
"""Segments one request costs: itself, and an acknowledgement where our FIN or next request does not bring it along."""

HELLO_PACKETS: Final = 4
"""Segments that open a TLS connection: SYN, ClientHello, and two acknowledgements of what a server says to it. Later
flights pay for themselves: each room for itself, the first request for what follows it as well (FOLLOWING_PACKETS)."""

NEXT_PACKETS: Final = MESSAGE_PACKETS + CLOSING_PACKETS
"""Segments from a further request on the same connection on."""

FOLLOWING_PACKETS: Final = 5
"""Segments from a first request under TLS on: itself, two acknowledgements (of tickets and of the answer), and the end.
"""

MOST_HOSTS: Final = 512
"""Hosts examined at once: half of the 1,024 entries of a stock kernel's neighbour table, with room for the site."""


class PaceError(ValueError):
    """The pace cannot be used as written; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Rates in packets per second, and how many TCP connections may be open at once."""

    overall: float
    per_host: float
    connections_per_host: int = 1
    open_sockets: int = 256
    name: str = ""

    @property
    def hosts_at_once(self) -> int:
        """Hosts examined at once. Each is asked slowly, so many together fill the pace of all."""
        return min(MOST_HOSTS, self.open_sockets // 2)

    def __str__(self) -> str:
        return self.name or f"{self.overall:g}"

    def seconds(self, packets: int, busiest_host: int = 0) -> float:
        """Time that so many packets take, of which one host gets `busiest_host`; what `plan` predicts."""
        return max(packets / self.overall, busiest_host / self.per_host) / USED


PRESETS: Final = (
    Pace(100, 5, open_sockets=32, name="gentle"),  # old or unknown devices: about one request a second to each
    Pace(1_000, 40, open_sockets=256, name="normal"),  # the default of the safety contract
    Pace(10_000, 40, open_sockets=1024, name="fast"),  # more hosts at once, no host asked any faster
    Pace(50_000, 1_000, open_sockets=4096, name="lab"),  # simulated devices only: never for a real network
)
"""The paces that have a word."""

PER_HOST: Final = 40.0
"""Packets per second to one host for a pace given as a number, as in `normal`; a lower number lowers it too."""


def parse_pace(text: str) -> Pace:
    """Read a preset's name or a number of packets per second overall, or raise PaceError."""
    word = text.strip().lower()
    for preset in PRESETS:
        if word == preset.name:
            return preset
    try:
        rate = float(word)
    except ValueError:
        rate = math.nan
    if not LEAST_RATE <= rate <= FASTEST_RATE:
        names = ", ".join(preset.name for preset in PRESETS)
        raise PaceError(f"{text!r} is no pace: write {names}, or packets per second from {LEAST_RATE} to 1000000")
    return Pace(rate, min(rate, PER_HOST), open_sockets=int(min(1024, max(16, rate / 4))))
