"""A Link that is a script: what a probe must send next, and the chunks it then hears. Smaller than the thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from probes import HostView, Probe
from scanner.codec import http1
from scanner.link import BODY_CAP, READ_TIMEOUT, Datagram, Exchange, Heard, HttpRequest
from scanner.model import Attempt, Observation, Outcome
from scanner.scope import Target, make_scope

AT = 1000.0


@dataclass(frozen=True)
class Turn:
    """`says` must stand in what the probe sends; it then hears the chunks one by one, until it calls them complete."""

    says: str
    hears: tuple[bytes, ...] = ()
    outcome: Outcome = Outcome.ANSWERED
    detail: str = ""
    cut: bool = False  # the cap or the deadline ended it
    certificates: tuple[bytes, ...] = ()
    tls: str = ""
    requests: int = 1
    port: int | None = None  # where it must be asked, where that matters


def hear(says: str, *chunks: bytes) -> Turn:
    return Turn(says, chunks)


def fail(says: str, outcome: Outcome, received: bytes = b"", detail: str = "") -> Turn:
    return Turn(says, (received,) if received else (), outcome, detail, requests=int(outcome is not Outcome.REFUSED))


@dataclass
class ScriptedLink:
    """Takes the turns in order; a probe that says anything else, or too little, fails the test."""

    turns: list[Turn]
    sent: list[bytes] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    connections: int = 0
    requests: int = 0
    once: list[bool] = field(default_factory=list)  # of each HTTP request, whether it must not be asked again
    handshakes: dict[int, Exchange] = field(default_factory=dict)  # by port: what an earlier page has shown

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
        exchanges: list[Exchange] = []
        for message in messages or (b"",):
            if exchanges and (exchanges[-1].outcome is not Outcome.ANSWERED or exchanges[-1].truncated):
                exchanges.append(Exchange(Outcome.SKIPPED, detail="the conversation had ended", at=AT))
                continue
            turn = self._take(message, port)
            received = b""
            for chunk in turn.hears:
                received += chunk
                if complete(received):
                    break
            assert turn.cut or turn.outcome is not Outcome.ANSWERED or turn.certificates or complete(received), (
                f"the probe would go on waiting after {received!r}"
            )
            exchanges.append(self._make(turn, message, received, first=not exchanges))
        return exchanges

    async def fetch(self, target: Target, port: int, request: HttpRequest, *, tls: bool = False) -> Exchange:
        message = http1.build_request(request.method, request.path, str(target), request.headers, request.body)
        turn = self._take((b"https " if tls else b"") + message, port)
        self.once.append(request.once)
        return self._make(turn, message, b"".join(turn.hears), first=True)

    async def ask(
        self, target: Target, port: int, payloads: Sequence[bytes], *, wait: float, local_port: int = 0
    ) -> list[Datagram]:
        raise AssertionError("no probe of a single host asks by datagram")

    def shown(self, target: Target, port: int) -> Exchange | None:
        return self.handshakes.pop(port, None)

    def stopped(self, address: str) -> str:
        return ""

    def note(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def _take(self, message: bytes, port: int) -> Turn:
        assert self.turns, f"the probe says more than it should: {message!r}"
        turn = self.turns.pop(0)
        assert turn.says.encode() in message, f"expected {turn.says!r}, the probe said {message!r}"
        assert turn.port in (None, port), f"expected on port {turn.port}, asked on {port}"
        assert b"authorization" not in message.lower(), "a credential header"
        self.sent.append(message)
        return turn

    def _make(self, turn: Turn, message: bytes, received: bytes, *, first: bool) -> Exchange:
        tried = turn.outcome not in (Outcome.SKIPPED, Outcome.BROKEN)
        connections = int(first and tried and turn.detail != "connection refused") * max(1, turn.requests)
        requests = turn.requests * bool(message) * tried
        self.connections += connections
        self.requests += requests
        return Exchange(
            outcome=turn.outcome,
            sent=message,
            received=received,
            detail=turn.detail,
            elapsed=0.25,
            truncated=turn.cut,
            certificates=turn.certificates,
            tls=turn.tls,
            at=AT,
            connections=connections,
            requests=requests,
        )


@dataclass(frozen=True)
class Run:
    """What a probe made of a script."""

    observations: tuple[Observation, ...]
    raw: dict[str, bytes]
    attempt: Attempt
    link: ScriptedLink

    def values(self, name: str) -> list[str]:
        return [item.value for item in self.observations if item.name == name]

    def requests(self, name: str) -> list[str]:
        return [item.request for item in self.observations if item.name == name]


async def run_probe(probe: Probe, view: HostView, port: int, *turns: Turn, shown: Exchange | None = None) -> Run:
    """Run a probe against a script and hold it to its own declaration. `shown`: the handshake of an earlier page."""
    link = ScriptedLink(list(turns), handshakes={port: shown} if shown is not None else {})
    heard: list[Heard] = [item async for item in probe.run(link, view, port)]
    assert not link.turns, f"never asked: {[turn.says for turn in link.turns]}"
    observations = tuple(item for part in heard for item in part.observations)
    raw = {digest: data for part in heard for digest, data in part.raw}
    assert {item.name for item in observations} <= set(probe.emits)
    assert all(item.digest in raw and item.by == probe.name and item.at == AT for item in observations)
    assert all(item.address == str(view.target) and item.port == port for item in observations)
    assert link.requests <= probe.touch.requests
    assert link.connections <= probe.touch.connections
    assert len(link.attempts) == 1, "a probe closes with one attempt"
    attempt = link.attempts[0]
    assert (attempt.by, attempt.address, attempt.port) == (probe.name, str(view.target), port)
    assert (attempt.requests, attempt.connections) == (link.requests, link.connections)
    return Run(observations, raw, attempt, link)


def make_view(
    *open_ports: int,
    address: str = "127.0.0.1",
    announced: frozenset[tuple[str, int]] = frozenset(),
    xaddrs: tuple[str, ...] = (),
    locations: tuple[str, ...] = (),
    heard: frozenset[str] = frozenset(),
    told: Sequence[Observation] = (),
) -> HostView:
    target = make_scope(["127.0.0.0/24", "fe80::/64"]).admit(address)
    assert target is not None
    return HostView(target, frozenset(open_ports), announced, xaddrs, locations, heard, told=lambda: told)


def page(status: int, *headers: str, body: bytes = b"") -> bytes:
    """An HTTP answer with these header lines and a Content-Length."""
    lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body
