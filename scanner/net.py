"""The network: implements the Link once, with scope, pace, caps, ledger, back-off and error words for every probe.

Never contacts an address that is not a Target of its scope, never resolves a name, never holds more than the allowed
number of connections to one host, never raises for what a peer does.
"""

from __future__ import annotations

import asyncio
import resource
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from scanner.datagrams import ask_host
from scanner.ledger import Account, Books
from scanner.link import BODY_CAP, READ_TIMEOUT, Datagram, Exchange, HttpRequest
from scanner.model import Attempt, Ledger, Outcome, replace
from scanner.os_errors import NO_ANSWER, UNREACHABLE, UnreachableWatch, read_os_error
from scanner.pace import Pace
from scanner.pacer import Pacer
from scanner.places import Places
from scanner.poller import Poller
from scanner.scope import Scope, ScopeError, Target
from scanner.talk import HttpReading, Talk
from scanner.temper import MUTE, MUTE_THERE, HostTemper
from scanner.tls_client import make_lax_context

if TYPE_CHECKING:
    from scanner.http_client import HttpClient

METHODS: Final = frozenset(("GET", "HEAD", "POST"))
"""All that is ever sent; POST only where a maker defines an unauthenticated read by it (ONVIF, Axis)."""

SPARE_FILES: Final = 64
"""File handles left for the record, the report and the libraries."""

SHOWN: Final = "shown when a page was asked for"
"""Detail of a handshake that another exchange has paid for."""

TABLE_FULL: Final = (
    "many hosts unreachable at once: the neighbour table of this machine may be full; "
    "raise net.ipv4.neigh.default.gc_thresh3 or lower the pace"
)
"""What is said of a burst of unreachable hosts."""


class _Host(Places):
    """The places of one host, and what is remembered of it during a run."""

    __slots__ = ("account", "plain", "shown", "temper")

    def __init__(self, places: int, temper: HostTemper, account: Account) -> None:
        super().__init__(places)
        self.temper = temper
        self.account = account
        self.plain: frozenset[int] = frozenset()  # ports whose HTTP aiohttp does not read
        self.shown: dict[int, Exchange] | None = None  # by port: the last handshake for a page; made when needed


class Net:
    """The Link of a run. Use it as an async context manager; one per run, on one event loop."""

    def __init__(
        self,
        scope: Scope,
        pace: Pace,
        *,
        sink: Callable[[Attempt], None],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        plain_http: bool = False,
        books: Books | None = None,
        tempers: Mapping[str, HostTemper] | None = None,
    ) -> None:
        """`sink` is given every closing attempt; `plain_http` leaves aiohttp out and reads HTTP by our own codec.

        `tempers` is how hosts bore an earlier run that this one goes on with, by address.
        """
        self.scope = scope
        self.pacer = Pacer(pace, clock=monotonic, sleep=sleep)
        self.books = books or Books()
        self.troubles: Counter[str] = Counter()  # trouble of this machine by its words; the coverage shows it
        self.strangers = 0  # datagrams dropped because another host sent them
        self.unreachable = UnreachableWatch()
        self._sink = sink
        self._clock = clock
        self._monotonic = monotonic
        self._plain_http = plain_http
        self._hosts: dict[str, _Host] = {}
        self._tempers = tempers or {}
        self._sockets = Places(_limit_sockets(pace.open_sockets))
        self._context: ssl.SSLContext | None = None
        self._client: HttpClient | None = None
        self._poller: Poller | None = None
        self._making = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None
        if self._poller is not None:
            self._poller.close()
            self._poller = None

    def note(self, attempt: Attempt) -> None:
        """Hand a closing attempt to the record, with the time where it has none."""
        self._sink(attempt if attempt.at else replace(attempt, at=self._clock()))

    def ledger_of(self, address: str) -> Ledger:
        """What was sent to one address so far."""
        return self.books.ledger_of(address)

    def shown(self, target: Target, port: int) -> Exchange | None:
        """See Link."""
        host = self._hosts.get(target.text)
        return host.shown.pop(port, None) if host is not None and host.shown is not None else None

    def stopped(self, address: str) -> str:
        """Why this address is asked no more; empty while it is."""
        host = self._hosts.get(address)
        return host.temper.stopped if host is not None else ""

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
        """See Link."""
        host = self._admit(target)
        if not host.take_both(self._sockets):
            await self._wait_for_places(host)
        try:
            if host.temper.stopped:
                return self._skip(host, len(messages))
            poller = self._poller or self._poll()
            talk = Talk(self.pacer, self._clock, target, port, self._lax() if tls else None, poller)
            exchanges = await talk.hold(messages or (b"",), complete, cap, timeout)
            return [self._enter(host, target, port, exchange) for exchange in exchanges]
        finally:
            host.leave_both(self._sockets)

    async def fetch(self, target: Target, port: int, request: HttpRequest, *, tls: bool = False) -> Exchange:
        """See Link. ValueError for a method that is never sent or a request that carries a credential."""
        if request.method not in METHODS:
            raise ValueError(f"{request.method} is never sent")
        host = self._admit(target)
        poller = self._poller or self._poll()
        talk = Talk(self.pacer, self._clock, target, port, self._lax() if tls else None, poller)
        message = talk.write_request(request)
        if not host.take_both(self._sockets):
            await self._wait_for_places(host)
        try:
            if host.temper.stopped:
                return self._skip(host, 1)[0]
            if port in host.temper.mute:
                return Exchange(Outcome.SKIPPED, detail=MUTE_THERE, at=self._clock())
            # A plain port is read by our own reader: a third of aiohttp's time, and no form is asked for twice.
            # aiohttp would put the zone of a link-local address into the Host header, so those go the plain way too.
            plainly = not tls or self._plain_http or port in host.plain or "%" in target.host
            if plainly:
                reading = HttpReading(request.method)
                exchange = reading.judge(
                    (await talk.hold((message,), reading.is_complete, request.cap, READ_TIMEOUT))[0]
                )
            else:
                exchange = await self._fetch(host, talk, request, message)
            if exchange.detail == NO_ANSWER:  # another protocol may be heard there
                exchange = replace(exchange, detail=MUTE)
            exchange = self._enter(host, target, port, exchange)
            if exchange.certificates:
                host.shown = host.shown if host.shown is not None else {}
                host.shown[port] = _keep_handshake(exchange)
            return exchange
        finally:
            host.leave_both(self._sockets)

    async def _wait_for_places(self, host: _Host) -> None:
        """Take one of the connections to a host and one of all, in the order of asking."""
        await host.acquire()
        try:
            await self._sockets.acquire()
        except BaseException:
            host.leave()
            raise

    async def _fetch(self, host: _Host, talk: Talk, request: HttpRequest, message: bytes) -> Exchange:
        first, again = await talk.read_by_aiohttp(await self._http(), request, message)
        if again:
            host.plain |= {talk.port}
        if not again or request.once:
            return first
        second = await talk.read_plainly(request, message)
        return replace(
            second,
            sent=first.sent + second.sent,
            connections=first.connections + second.connections,
            requests=first.requests + second.requests,
            at=first.at,
        )

    async def ask(
        self, target: Target, port: int, payloads: Sequence[bytes], *, wait: float, local_port: int = 0
    ) -> list[Datagram]:
        """See Link."""
        host = self._admit(target)
        address = target.text
        if host.temper.stopped:
            return []

        async def before_each() -> None:
            await self.pacer.acquire(address)

        try:
            answers, strangers = await ask_host(
                target, port, payloads, wait=wait, local_port=local_port, before_each=before_each, clock=self._clock
            )
        except OSError as error:
            self.troubles[read_os_error(error)[1]] += 1
            return []
        self.strangers += strangers
        sent, received = sum(map(len, payloads)), sum(len(answer.data) for answer in answers)
        self.books.enter(address, packets=len(payloads), sent=sent, received=received)
        return answers

    def _admit(self, target: Target) -> _Host:
        """The host's memory, or an error: a caller that got here without a Target of this scope has a fault."""
        if not isinstance(target, Target):
            raise TypeError(f"{target!r} is no Target: only a scope admits addresses")
        address = target.text
        host = self._hosts.get(address)
        if host is None:  # a scope never changes: who was in it once is in it
            if not self.scope.holds(target):
                raise ScopeError(f"{target} is outside the scope of this run")
            temper = self._tempers.get(address)
            if temper is not None:
                self.pacer.slow(address, temper.factor)
            host = _Host(self.pacer.pace.connections_per_host, temper or HostTemper(), self.books.account(address))
            self._hosts[address] = host
        return host

    def _skip(self, host: _Host, count: int) -> list[Exchange]:
        return [Exchange(Outcome.SKIPPED, detail=host.temper.stopped, at=self._clock())] * max(1, count)

    def _enter(self, host: _Host, target: Target, port: int, exchange: Exchange) -> Exchange:
        """Book an exchange, learn from it how the host bears us, and name trouble of our own."""
        account = host.account
        account.connections += exchange.connections
        account.requests += exchange.requests
        account.sent += len(exchange.sent)
        account.received += len(exchange.received)
        if exchange.detail == UNREACHABLE and self.unreachable.note(self._monotonic(), exchange.elapsed):
            exchange = replace(exchange, outcome=Outcome.BROKEN, detail=TABLE_FULL)
        if exchange.outcome is Outcome.BROKEN:
            self.troubles[exchange.detail] += 1
        before = host.temper.factor
        host.temper.hear(port, exchange)
        if host.temper.factor != before:
            self.pacer.slow(target.text, host.temper.factor)
        return exchange

    def _poll(self) -> Poller:
        self._poller = Poller(asyncio.get_running_loop())
        return self._poller

    def _lax(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = make_lax_context()
        return self._context

    async def _http(self) -> HttpClient:
        async with self._making:
            if self._client is None:
                make = await asyncio.to_thread(_load_client)
                self._client = make(self.pacer.pace.open_sockets)
            return self._client


def _keep_handshake(exchange: Exchange) -> Exchange:
    """What a page's handshake has shown; the page has paid for it."""
    return Exchange(
        Outcome.ANSWERED, detail=SHOWN, certificates=exchange.certificates, tls=exchange.tls, at=exchange.at
    )  # fmt: skip


def _load_client() -> type[HttpClient]:
    """Import aiohttp: 0.2 s, so only when a page is really asked for, and not on the loop, which would stand still."""
    from scanner.http_client import HttpClient

    return HttpClient


def _limit_sockets(wanted: int) -> int:
    """As many open sockets as the pace allows and this process has file handles for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - SPARE_FILES))
