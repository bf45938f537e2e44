"""Opens one TCP connection to a port and closes it again: nothing is sent, and the connection ends with a FIN.

A host that does not answer is silent; a connection this machine could not make is broken. The two are never mixed up,
although a full neighbour table gives both the same error.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Final

from scanner.ledger import Books
from scanner.link import CONNECT_TIMEOUT
from scanner.model import Attempt, Outcome
from scanner.neighbours import TableRoom
from scanner.os_errors import AT_ONCE, read_os_error
from scanner.pace import CLOSING_PACKETS, OPENING_PACKETS, SYN_AGAIN, Pacer
from scanner.rawhelper.asking import RoundTrips
from scanner.scope import Interface, Network, Scope, ScopeError, Target
from scanner.wire import join_acknowledgements

LEAST_TIMEOUT: Final = 0.3
"""Seconds for a handshake with a host whose round trip is known: a busy camera takes a tenth of that."""

FIRST_TIMEOUT: Final = 1.2
"""Seconds while nothing is known of the host: the kernel repeats a lost SYN after one second (RFC 6298)."""

FAREWELL: Final = 0.25
"""Seconds to wait for the host's own FIN, so that our end of the connection is not torn down by a reset."""

GREETING_CAP: Final = 4096
"""Bytes of an unasked greeting read and thrown away: closing with unread bytes would send a reset. Whoever says more is
sent that reset, or each of his packets would cost us an acknowledgement for as long as he talks."""

TABLE_TRIES: Final = 3
"""Times a connection is tried again after the neighbour table was full."""

TABLE_PAUSE: Final = 2.0
"""Seconds before that: the kernel forgets entries that are five seconds old."""

RESOLVING_PACKETS: Final = 1
"""Packets the kernel sends to resolve a host that answers; it asks who stays silent twice more, a second apart."""

LEARNED_MOST: Final = 2_048
"""Hosts entered in the kernel's table at once; the oldest is taken out first."""

TABLE_FULL: Final = "own neighbour table full (raise net.ipv4.neigh.default.gc_thresh3 or lower the pace)"


@dataclass(slots=True)
class _Host:
    """What is remembered of one host."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    round_trips: RoundTrips = field(default_factory=RoundTrips)
    silences: int = 0
    met: bool = False  # the kernel has been made to resolve it


@dataclass(frozen=True, slots=True)
class _Try:
    outcome: Outcome
    detail: str
    elapsed: float
    table_full: bool = False


class Knocker:
    """Knocks for one run: one connection at a time to each host, no more hosts than the neighbour table holds."""

    def __init__(
        self,
        scope: Scope,
        pacer: Pacer,
        room: TableRoom,
        *,
        attempted: Callable[[Attempt], None],
        books: Books,
        learn: Callable[..., Awaitable[bool]],
        by: str = "port-sweep",
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`learn(interface, address, forget=…)` enters a neighbour in the kernel's table where that is allowed."""
        self._scope = scope
        self._pacer = pacer
        self._room = room
        self._attempted = attempted
        self._books = books
        self._learn = learn
        self._by = by
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._sockets = asyncio.Semaphore(pacer.pace.open_sockets)
        self._all = RoundTrips()
        self._learned: dict[str, Interface] = {}
        self._unlearned: set[str] = set()  # whom the kernel knows by itself, or may not be told of

    async def knock(self, target: Target, port: int) -> Outcome:
        """See SweepLink. Every knock becomes one attempt of the record."""
        if not self._scope.contains(target.address):
            raise ScopeError(f"{target} is outside the scope")
        host = self._hosts.setdefault(str(target), _Host())
        at = self._clock()
        async with host.turn:
            tried = await self._try_until_room(target, port, host)
        made = int(tried.outcome is Outcome.ANSWERED)
        self._attempted(
            Attempt(
                self._by, str(target), port, tried.outcome, tried.detail, at=at, elapsed=tried.elapsed, connections=made
            )
        )
        return tried.outcome

    async def _try_until_room(self, target: Target, port: int, host: _Host) -> _Try:
        tried = await self._try_with_entry(target, port, host)
        for _ in range(TABLE_TRIES):
            if not tried.table_full:
                break
            self._room.shrink()
            await self._sleep(TABLE_PAUSE)
            tried = await self._try_with_entry(target, port, host)
        return tried

    async def _try_with_entry(self, target: Target, port: int, host: _Host) -> _Try:
        """Knock while the kernel has, or has room for, an entry of the host."""
        interface = self._facing(target)
        resolving = 0
        async with AsyncExitStack() as stack:
            if interface is not None and not await self._has_entry(interface, str(target)):
                await stack.enter_async_context(self._room.hold(str(target)))
                resolving = 0 if host.met else RESOLVING_PACKETS
                host.met = True
            await stack.enter_async_context(self._sockets)
            await self._pacer.acquire(str(target), OPENING_PACKETS + resolving, CLOSING_PACKETS)
            return await self._try(target, port, host, on_link=interface is not None)

    async def _has_entry(self, interface: Interface, address: str) -> bool:
        """Enter the host in the kernel's table where that is allowed; it stays for the probes that follow."""
        if address in self._learned:
            return True
        if address in self._unlearned:
            return False
        if not await self._learn(interface, address, forget=False):
            self._unlearned.add(address)
            return False
        self._learned[address] = interface
        if len(self._learned) > LEARNED_MOST:
            oldest = next(iter(self._learned))
            await self._learn(self._learned.pop(oldest), oldest, forget=True)
        return True

    async def _try(self, target: Target, port: int, host: _Host, *, on_link: bool) -> _Try:
        begun = self._monotonic()
        try:
            with _open(target) as sock:
                async with asyncio.timeout(self._timeout(host)):
                    await asyncio.get_running_loop().sock_connect(sock, _address(target, port))
                elapsed = self._monotonic() - begun
                self._books.enter(str(target), connections=1)
                await self._pacer.go_on(CLOSING_PACKETS)
                await self._part(sock)
        except (OSError, TimeoutError) as error:
            elapsed = self._monotonic() - begun
            outcome, detail = read_os_error(error)
            again = int(elapsed > SYN_AGAIN)
            self._pacer.charge(str(target), again, -CLOSING_PACKETS)  # a SYN or two was all
            if on_link and _says_table_full(error) and elapsed < AT_ONCE:
                return _Try(Outcome.BROKEN, TABLE_FULL, elapsed, table_full=True)
        else:
            outcome, detail = Outcome.ANSWERED, "open"
        if outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            host.round_trips.add(elapsed)
            self._all.add(elapsed)
        host.silences += outcome is Outcome.SILENT
        return _Try(outcome, detail, elapsed)

    async def _part(self, sock: socket.socket) -> None:
        """Say goodbye first, read what the host still says, then close."""
        with suppress(OSError, TimeoutError):  # the port was open, whatever the end looks like
            sock.shutdown(socket.SHUT_WR)
            left = GREETING_CAP
            async with asyncio.timeout(FAREWELL):
                while left > 0 and (heard := await asyncio.get_running_loop().sock_recv(sock, left)):
                    left -= len(heard)

    def _timeout(self, host: _Host) -> float:
        """Seconds to wait for this host: what it, or else everybody, has shown to need."""
        if host.round_trips.smoothed is not None:
            return host.round_trips.patience(LEAST_TIMEOUT, CONNECT_TIMEOUT, FIRST_TIMEOUT)
        least = LEAST_TIMEOUT if host.silences else FIRST_TIMEOUT
        return self._all.patience(least, CONNECT_TIMEOUT, FIRST_TIMEOUT)

    def _facing(self, target: Target) -> Interface | None:
        """The interface whose network the host is in; None for a host behind a router or on this machine."""
        for interface in self._scope.interfaces:
            networks: tuple[Network, ...] = (
                *(own.network for own in interface.ipv4),
                *(own.network for own in interface.ipv6),
            )
            if interface.mac is not None and any(target.address in network for network in networks):
                return interface
        return None


def _says_table_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EHOSTUNREACH, errno.ENOBUFS)


def _address(target: Target, port: int) -> tuple[object, ...]:
    """The socket address, so complete that nothing has to be resolved."""
    if target.address.version == 4:
        return str(target), port
    return str(target), port, 0, socket.if_nametoindex(target.interface) if target.interface else 0


def _open(target: Target) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if target.address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    join_acknowledgements(sock)  # our FIN acknowledges the handshake too: three segments in all
    return sock
