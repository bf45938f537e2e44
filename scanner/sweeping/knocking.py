"""Opens one TCP connection to a port and closes it again: nothing is sent, and the connection ends with a FIN.

A host that does not answer is silent; a connection this machine could not make is broken. The two are never mixed up,
although a full neighbour table gives both the same error.
"""

from __future__ import annotations

import asyncio
import errno
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from scanner.account import Account
from scanner.acknowledgements import join_acknowledgements
from scanner.ledger import Books
from scanner.link import CONNECT_TIMEOUT
from scanner.model import Attempt, Outcome
from scanner.neighbours import TableRoom
from scanner.os_errors import AT_ONCE, read_os_error
from scanner.pace import CLOSING_PACKETS, CONNECTION_PACKETS, OPENING_PACKETS, SYN_AGAIN
from scanner.pacer import Pacer
from scanner.poller import READABLE, WRITABLE, Poller
from scanner.rawhelper.asking import RoundTrips
from scanner.scope import Interface, Network, Scope, ScopeError, Target
from scanner.wire import scope_id

LEAST_TIMEOUT: Final = 0.3
"""Seconds for a handshake with a host whose round trip is known: a busy camera takes a tenth of that."""

FIRST_TIMEOUT: Final = 1.2
"""Seconds while nothing is known of the host: the kernel repeats a lost SYN after one second (RFC 6298)."""

FAREWELL: Final = 0.25
"""Seconds to wait for the host's own FIN, so that our end of the connection is not torn down by a reset."""

GREETING_CAP: Final = 4096
"""Bytes of an unasked greeting read and thrown away: closing with unread bytes would send a reset. Whoever says more is
sent that reset, or each of his packets would cost us an acknowledgement for as long as he talks."""

TICK: Final = 0.01
"""Seconds to which waits are rounded up, so that the poller has few timers: the shortest of them is 25 of these."""

TABLE_TRIES: Final = 3
"""Times a connection is tried again after the neighbour table was full."""

TABLE_PAUSE: Final = 2.0
"""Seconds before that: the kernel forgets entries that are five seconds old."""

RESOLVING_PACKETS: Final = 1
"""Packets the kernel sends to resolve a host that answers; it asks who stays silent twice more, a second apart."""

LEARNED_MOST: Final = 2_048
"""Hosts entered in the kernel's table at once; the oldest is taken out first."""

TABLE_FULL_CODES: Final = frozenset({errno.EHOSTUNREACH, errno.ENOBUFS})
"""What the kernel says of a connection that found no place in its table."""

TABLE_FULL: Final = "own neighbour table full (raise net.ipv4.neigh.default.gc_thresh3 or lower the pace)"


@dataclass(slots=True)
class _Host:
    """What is remembered of one host."""

    address: str
    interface: Interface | None  # whose network it is in; None behind a router or on this machine
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    round_trips: RoundTrips = field(default_factory=RoundTrips)
    silences: int = 0
    met: bool = False  # the kernel has been made to resolve it
    entry: bool | None = None  # it has a line in the kernel's table; None while nobody looked


class _Try(NamedTuple):
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
        learn: Callable[..., Awaitable[int]],
        by: str = "port-sweep",
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`learn(interface, address, forget=…)` enters a neighbour in the kernel's table where that is allowed.

        It returns an errno: 0 when it is done, EEXIST when a line of the kernel's own stands there already.
        """
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
        self._learned: dict[str, _Host] = {}
        self._poller: Poller | None = None  # made when needed, on the loop that is there then

    def close(self) -> None:
        """Nobody waits any more."""
        if self._poller is not None:
            self._poller.close()
            self._poller = None

    async def knock(self, target: Target, port: int) -> Outcome:
        """See SweepLink. Every knock becomes one attempt of the record."""
        host = self._hosts.get(str(target)) or self._meet(target)
        at = self._clock()
        async with host.turn:
            tried = await self._try_with_entry(target, port, host)
            if tried.table_full:
                tried = await self._try_until_room(target, port, host, tried)
        made = int(tried.outcome is Outcome.ANSWERED)
        self._attempted(
            Attempt(
                self._by, host.address, port, tried.outcome, tried.detail, at=at, elapsed=tried.elapsed,
                connections=made,
            )
        )  # fmt: skip
        return tried.outcome

    def stays_known(self, target: Target) -> bool:
        """See SweepLink: behind a router there is nothing to know; a line that is gone is entered anew at no cost."""
        host = self._hosts.get(str(target))
        return host is not None and host.entry is True

    def _meet(self, target: Target) -> _Host:
        if not self._scope.holds(target):
            raise ScopeError(f"{target} is outside the scope")
        host = self._hosts[str(target)] = _Host(str(target), self._facing(target))
        return host

    async def _try_until_room(self, target: Target, port: int, host: _Host, tried: _Try) -> _Try:
        for _ in range(TABLE_TRIES):
            if not await self._renew_entry(host):
                self._room.shrink()
                await self._sleep(TABLE_PAUSE)
            tried = await self._try_with_entry(target, port, host)
            if not tried.table_full:
                break
        return tried

    async def _try_with_entry(self, target: Target, port: int, host: _Host) -> _Try:
        """Knock while the kernel has, or has room for, an entry of the host."""
        if host.entry is None:
            await self._enter(host)
        if host.entry:
            return await self._try_at_pace(target, port, host)
        async with self._room.hold(host.address):
            return await self._try_at_pace(target, port, host)

    async def _try_at_pace(self, target: Target, port: int, host: _Host) -> _Try:
        async with self._sockets:
            resolving = 0 if host.met else RESOLVING_PACKETS
            host.met = True
            account = Account(self._pacer, host.address)
            await account.open(CONNECTION_PACKETS + resolving, OPENING_PACKETS + resolving)
            try:
                return await self._try(target, port, host, account)
            finally:
                account.close(None)

    async def _enter(self, host: _Host) -> None:
        """Enter the host in the kernel's table where that is allowed; it stays for the probes that follow."""
        if host.interface is None:
            host.entry = host.met = True  # there is nothing to resolve
            return
        number = await self._learn(host.interface, host.address, forget=False)
        host.entry = number in (0, errno.EEXIST)
        if number:
            return
        host.met = True
        self._learned[host.address] = host
        if len(self._learned) > LEARNED_MOST:
            oldest = self._learned.pop(next(iter(self._learned)))
            oldest.entry = None
            await self._learn(oldest.interface, oldest.address, forget=True)

    async def _renew_entry(self, host: _Host) -> bool:
        """Whether a host can be entered whose line of the kernel's own is gone."""
        if host.address in self._learned:
            return False
        await self._enter(host)
        return host.address in self._learned

    async def _try(self, target: Target, port: int, host: _Host, account: Account) -> _Try:
        begun = self._monotonic()
        code, made = 0, False
        try:
            with _open(target) as sock:
                code = await self._connect(sock, _address(target, port), self._timeout(host))
                elapsed = self._monotonic() - begun
                if made := not code:
                    self._books.enter(host.address, connections=1)
                    await account.end(CLOSING_PACKETS)
                    if await self._part(sock):
                        account.see(account.sent + CLOSING_PACKETS - 1)
        except OSError as error:  # no socket could be had
            elapsed, code = self._monotonic() - begun, error.errno or errno.EIO
        if not made:
            account.see(account.sent + (elapsed > SYN_AGAIN))
            if host.interface is not None and code in TABLE_FULL_CODES and elapsed < AT_ONCE:
                return _Try(Outcome.BROKEN, TABLE_FULL, elapsed, table_full=True)
        outcome, detail = (Outcome.ANSWERED, "open") if made else _read(code)
        if outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            host.round_trips.add(elapsed)
            self._all.add(elapsed)
        host.silences += outcome is Outcome.SILENT
        return _Try(outcome, detail, elapsed)

    async def _connect(self, sock: socket.socket, address: tuple[object, ...], timeout: float) -> int:
        """The errno of the connection attempt, 0 when it stands."""
        code = sock.connect_ex(address)
        if code != errno.EINPROGRESS:
            return code
        if not await self._wait(sock, WRITABLE, timeout):
            return errno.ETIMEDOUT
        return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    async def _part(self, sock: socket.socket) -> bool:
        """Say goodbye first, read what the host still says, then close; whether it has said its own end."""
        until = self._monotonic() + FAREWELL
        left = GREETING_CAP
        with suppress(OSError):  # the port was open, whatever the end looks like
            sock.shutdown(socket.SHUT_WR)
            while left > 0 and await self._wait(sock, READABLE, until - self._monotonic()):
                if not (heard := sock.recv(left)):
                    return True
                left -= len(heard)
        return False

    async def _wait(self, sock: socket.socket, events: int, seconds: float) -> bool:
        """True when one of these events has come, or the connection has failed; False when the time is over."""
        poller = self._poller
        if poller is None:
            poller = self._poller = Poller(asyncio.get_running_loop())
        descriptor = sock.fileno()
        try:
            return bool(await poller.wait(descriptor, events, math.ceil(seconds / TICK) * TICK))
        finally:
            poller.forget(descriptor)

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


@cache
def _read(code: int) -> tuple[Outcome, str]:
    """Outcome and words of an errno."""
    return read_os_error(OSError(code, os.strerror(code)))


def _address(target: Target, port: int) -> tuple[object, ...]:
    """The socket address, so complete that nothing has to be resolved."""
    return (target.text, port) if target.version == 4 else (target.text, port, 0, scope_id(target))


def _open(target: Target) -> socket.socket:
    family = socket.AF_INET6 if target.version == 6 else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    join_acknowledgements(sock)  # our FIN acknowledges the handshake too: three segments in all
    return sock
