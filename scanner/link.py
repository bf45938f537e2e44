"""What a probe may ask of the network. Holds the contract and its values; opens nothing itself.

`scanner/net.py` implements it once, and there lives what nobody may forget: scope, pace, timeouts, byte caps, the
ledger and the transcript. `tests/support.py` implements it as a script of chunks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from msgspec import Struct

from scanner.model import Attempt, Observation, Outcome, SweepResult
from scanner.scope import Interface, Scope, Target

BODY_CAP: Final = 64 * 1024
"""Bytes read of any answer: a camera's front page is under 30 kB, and a hostile host must not fill memory."""

DATAGRAM_CAP: Final = 65_535
"""Largest UDP payload; Uniview answers come in 3 kB and arrive as fragments, so nothing smaller is safe."""

CONNECT_TIMEOUT: Final = 2.0
"""Seconds for a TCP handshake on a LAN; an answer later than this is a host in trouble, and waiting costs others."""

READ_TIMEOUT: Final = 5.0
"""Seconds for a whole answer, so one byte a second cannot hold a probe for ever."""


class Exchange(Struct, frozen=True, gc=False):
    """One conversation: what was sent, what came back, how it ended. `received` is capped.

    A struct, as the values of scanner/model.py are: there is one for each connection.
    """

    outcome: Outcome
    sent: bytes = b""
    received: bytes = b""
    detail: str = ""
    elapsed: float = 0.0
    truncated: bool = False  # the cap or the deadline cut it
    certificates: tuple[bytes, ...] = ()  # DER, leaf first, where TLS was spoken
    tls: str = ""  # version and suite, "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"
    at: float = 0.0  # when it began, seconds since the Unix epoch
    connections: int = 0  # TCP connections it opened; 0 when an earlier exchange of the conversation opened it
    requests: int = 0  # messages it sent; 2 when an HTTP answer had to be asked for again by the raw reader


class HttpRequest(Struct, frozen=True, gc=False):
    """One HTTP request without a body unless the maker defines an unauthenticated POST; never a credential."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cap: int = BODY_CAP
    once: bool = False  # not asked again by the raw reader where aiohttp cannot read the answer


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram that came in, with where from and on which interface."""

    data: bytes
    source: str  # address without zone
    port: int
    interface: str
    at: float
    mac: str | None = None


@dataclass(frozen=True, slots=True)
class Shout:
    """One datagram to a group, to a broadcast address, or to one host of the scope."""

    group: str  # multicast, broadcast or host address
    port: int
    payload: bytes


class Link(Protocol):
    """The network as one probe sees it. Every call is bounded, paced, counted, and stays inside the scope."""

    async def converse(
        self,
        target: Target,
        port: int,
        messages: Sequence[bytes],
        *,
        complete: Callable[[bytes], bool],
        tls: bool = False,
        cap: int = BODY_CAP,
        timeout: float = READ_TIMEOUT,
    ) -> list[Exchange]:
        """One TCP (or TLS) connection; send each message once the answer before it is complete; one Exchange each.

        No message at all: connect, read until `complete` or `timeout` for a greeting, close; with TLS and a `complete`
        that is true at once, only the handshake. What follows an answer that was cut off or closed is SKIPPED.
        Never raises for what a peer does.
        """
        ...

    async def fetch(self, target: Target, port: int, request: HttpRequest, *, tls: bool = False) -> Exchange:
        """One HTTP exchange; redirects are not followed; `received` is status line, headers and capped body as sent."""
        ...

    async def ask(
        self, target: Target, port: int, payloads: Sequence[bytes], *, wait: float, local_port: int = 0
    ) -> list[Datagram]:
        """Unicast datagrams to one host, and what comes back from that host within `wait` seconds.

        Nothing is sent to a host that is left alone: see `stopped`.
        """
        ...

    def shown(self, target: Target, port: int) -> Exchange | None:
        """The handshake that the last page asked for under TLS has cost, with what was shown in it; told once."""
        ...

    def stopped(self, address: str) -> str:
        """Why this host is asked no more; empty while it is. What is not asked is SKIPPED, never SILENT."""
        ...

    def note(self, attempt: Attempt) -> None:
        """Say how an attempt ended; it goes to the record."""
        ...


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One answer to an address resolution: who said it has the address, on which interface."""

    address: str
    mac: str
    interface: str
    at: float
    raw: bytes = b""  # the frame, where one was seen; empty when the kernel's neighbour table said it
    late: bool = False  # it answered when nobody waited for it any more


@dataclass(frozen=True, slots=True)
class Overheard:
    """One link-layer frame that nobody asked for, with its Ethernet header."""

    kind: str  # "arp", "sadp", or "udp" for a datagram from outside our networks
    mac: str  # who sent it, as the frame says
    interface: str
    at: float
    raw: bytes
    address: str = ""  # the sender's IPv4 address, where the frame names one


@dataclass(slots=True)
class Tally:
    """What one question to one interface cost and lost. The link fills it in while the answers are read."""

    asked: int = 0  # addresses, or datagrams of one round for a multicast question
    answered: int = 0  # different addresses or sources
    packets: int = 0
    drops: int = 0  # answers that the kernel, or a cap against floods, threw away
    late: int = 0  # answers that came when nobody waited for them any more
    outcome: Outcome | None = None  # set by the link when it could not do its part; else told from the answers
    notes: list[str] = field(default_factory=list)  # plain sentences
    began: float = 0.0
    elapsed: float = 0.0

    def fail(self, outcome: Outcome, why: str) -> None:
        """The question was not asked (SKIPPED) or not to its end (BROKEN)."""
        self.outcome = outcome
        self.notes.append(why)

    def result(self, sweep: str, interface: str, lost: str) -> SweepResult:
        """The tally as the record keeps it; `lost` is kept only where something was."""
        outcome = self.outcome or (Outcome.ANSWERED if self.answered else Outcome.SILENT)
        return SweepResult(
            sweep=sweep,
            interface=interface,
            outcome=outcome,
            detail="; ".join(dict.fromkeys(self.notes)),
            asked=self.asked,
            answered=self.answered,
            packets=self.packets,
            drops=self.drops,
            lost=lost if outcome in (Outcome.SKIPPED, Outcome.BROKEN) else "",
            at=self.began,
            elapsed=self.elapsed,
            late=self.late,
        )


class SweepLink(Protocol):
    """The network as one sweep sees it: one interface at a time, never a packet outside the scope.

    What could not be done is said by the tally and by `report`, never hidden in an empty answer.
    """

    @property
    def scope(self) -> Scope:
        """The scope of the run."""
        ...

    @property
    def interfaces(self) -> Sequence[Interface]:
        """The interfaces of the scope."""
        ...

    def resolve(self, interface: Interface, targets: Sequence[Target], tally: Tally) -> AsyncIterator[Neighbour]:
        """Ask who has each address (ARP), at least twice where silent; answers from outside the scope come too."""
        ...

    def await_late(self, tallies: Mapping[str, Tally]) -> AsyncIterator[Neighbour]:
        """Answers that come after `resolve` has ended, on all interfaces (`tallies` by their names).

        They are waited for while work is under way; a little longer where some came.
        """
        ...

    def note_work(self, *, under_way: bool) -> None:
        """The engine says whether anything is still asked in this run, besides waiting for late answers."""
        ...

    def overhear(self, interface: Interface, *, wait: float, tally: Tally) -> AsyncIterator[Overheard]:
        """Link-layer frames heard unasked since the run began, for `wait` seconds and while a segment is being asked.

        SKIPPED without the raw right.
        """
        ...

    def shout(
        self,
        interface: Interface | None,
        shouts: Sequence[Shout],
        *,
        wait: float,
        tally: Tally,
        repeats: int = 2,
        local_port: int = 0,
        listen_port: int = 0,
        join: Sequence[str] = (),
    ) -> AsyncIterator[Datagram]:
        """Send each shout `repeats` times with jitter on one interface and yield every answer until `wait` is over.

        It is sent from a free port, and from `local_port` as well where one is prescribed; `listen_port` only listens.
        The groups of `join` are joined on the prescribed port. Without an interface the kernel routes; then every
        shout goes to one address of the scope (ScopeError else).
        """
        ...

    async def pay(self, interface: Interface, datagrams: int) -> None:
        """Wait until a library that sends by itself may send so many to the segment."""
        ...

    async def knock(self, target: Target, port: int) -> Outcome:
        """Open one TCP connection and close it again without sending anything."""
        ...

    def stays_known(self, target: Target) -> bool:
        """True when the kernel keeps its entry of this host: it may be left and come back to at no cost."""
        ...

    def report(self, result: SweepResult) -> None:
        """Say how a sweep went on one interface; it goes to the record and to the coverage."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sweep or probe hands to the engine: observations, and the raw bytes behind them by digest."""

    observations: tuple[Observation, ...] = ()
    raw: tuple[tuple[str, bytes], ...] = field(default=())  # (digest, bytes)
