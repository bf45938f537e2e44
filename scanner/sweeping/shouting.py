"""Asks a segment by multicast and broadcast, or single hosts by datagram, and hands on every answer; reads none.

A question stays on its interface (bound socket, TTL 1); a single host must be a member of the scope.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import math
import random
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Any, Final

from scanner.codec import rtnetlink
from scanner.interfaces import hears_strangers
from scanner.ledger import Books
from scanner.link import Datagram, Shout, Tally
from scanner.model import Outcome
from scanner.neighbours import YOUNG
from scanner.netlink import list_neighbours
from scanner.os_errors import read_os_error
from scanner.pacer import Pacer
from scanner.scope import Interface, Scope, ScopeError
from scanner.sending import send_told
from scanner.sweeping.confirming import AFTER, Confirmations
from scanner.sweeping.doors import Door, Family, Ports, open_doors
from scanner.sweeping.draining import PER_SOURCE, Drain
from scanner.sweeping.memberships import Memberships
from scanner.sweeping.owners import Owners, See, is_link_local
from scanner.sweeping.turns import Turns

SEGMENT_SHARE: Final = 2.0
"""Everybody on a segment hears every question, so all questions together go at half the pace of one host."""

JITTER: Final = (0.005, 0.03)
"""Least seconds between two datagrams, by chance: devices that answer at once do not all answer in the same instant."""

ROUND_PAUSE: Final = (0.2, 0.5)
"""Seconds between two rounds, by chance: whatever swallowed the first copy has passed."""

UNICAST: Final = "unicast discovery"
"""Datagrams to single hosts go, all together, at the pace of one host: 40 a second at the normal pace."""

LIMITED_BROADCAST: Final = "255.255.255.255"

CALLERS_CAP: Final = 10_000
"""IPv6 neighbours remembered; a flood of forged ones must not fill memory."""

FULL_PAUSE: Final = 1.0
"""Seconds until a datagram is tried again that the kernel had no place for in its neighbour table."""

FULL_TRIES: Final = 1 + int(YOUNG / FULL_PAUSE)
"""Tries of one: by then the kernel may forget what filled the table. Without a place after that, it is told."""

PROBED: Final = (4.95, 5.55)
"""Seconds after which the kernel asks an IPv6 neighbour, once told its address, whether it is still there (RFC 4861
section 7.3.3: five, and timers so long are rounded up by half a second), where it cannot be told so before."""

MDNS_GROUPS: Final = ("224.0.0.251", "ff02::fb")
"""The library that browses multicast DNS joins these by itself."""


class Shouter:
    """Sends questions and collects answers for one run."""

    def __init__(
        self,
        scope: Scope,
        pacer: Pacer,
        *,
        books: Books,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        rng: random.Random,
        see: See | None = None,
    ) -> None:
        """`see`: see Owners."""
        self._scope = scope
        self._pacer = pacer
        self._books = books
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._rng = rng
        self._turns: dict[str, Turns] = {}
        self._asked_at: dict[str, float] = {}  # segment → when the last datagram went
        self._due: dict[str, float] = {}  # segment → when a library may send to it again
        self._owners = Owners(clock=clock, monotonic=monotonic, sleep=sleep, see=see)
        self._asked: set[tuple[str, str]] = set()  # interface and group of IPv6 questions
        self._memberships = Memberships(pacer.overall, monotonic=monotonic)
        self._confirmations = Confirmations(self._expect_probe)
        self._callers: set[str] = set()  # IPv6 neighbours that have asked it for its address
        for interface in scope.interfaces:
            pacer.slow(_segment(interface), SEGMENT_SHARE)

    async def shout(
        self,
        interface: Interface | None,
        shouts: Sequence[Shout],
        *,
        wait: float,
        tally: Tally,
        repeats: int,
        ports: Ports,
    ) -> AsyncIterator[Datagram]:
        """See SweepLink. `wait` counts from the last datagram sent."""
        families = self._check(interface, shouts)
        tally.asked = len(shouts)
        with ExitStack() as stack:
            doors = open_doors(interface, families, ports, tally=tally, stack=stack)
            if interface is not None:
                self._memberships.keep(interface, ports.join)
            if not any(door.sends for door in doors):
                tally.fail(Outcome.SKIPPED, "no socket could be opened for it")
                return
            drain = Drain(doors, interface=interface, inside=self._scope.contains, clock=self._clock)
            stack.enter_context(drain)
            local = [int(door.socket.getsockname()[1]) for door in doors if door.family == socket.AF_INET6]
            members: set[str] = set()
            strangers: set[str] = set()
            sending = self._send(interface, doors, shouts, repeats, tally, claim=wait)
            async with aclosing(self._tell_owners(interface, self._collect(drain, sending, wait), local)) as answers:
                async for datagram in answers:
                    if self._scope.contains(datagram.source):
                        members.add(datagram.source)
                    elif not ipaddress.ip_address(datagram.source).is_link_local:  # those are of no network
                        strangers.add(datagram.source)
                    tally.answered = len(members)
                    yield datagram
        _tell_losses(drain, tally, len(strangers))
        if tally.packets == 0:
            tally.fail(Outcome.BROKEN, "nothing could be sent")
        if interface is not None and not hears_strangers(interface):
            tally.notes.append(
                f"answers from addresses outside the networks of {interface.name} are dropped by this machine's "
                "reverse-path filter (net.ipv4.conf.*.rp_filter): they reach link-listen only, which needs raw sockets"
            )

    def close(self) -> None:
        """Leave the groups that were joined."""
        self._memberships.close()
        self._confirmations.close()

    def _check(self, interface: Interface | None, shouts: Sequence[Shout]) -> list[Family]:
        """The address families needed; ScopeError for a datagram that must not be sent."""
        if interface is not None and interface not in self._scope.interfaces:
            raise ScopeError(f"{interface.name} is not an interface of the scope")
        families: dict[Family, None] = {}
        for shout in shouts:
            address = ipaddress.ip_address(shout.group)
            to_many = address.is_multicast or (interface is not None and self._is_broadcast(shout.group, interface))
            if to_many and interface is None:
                raise ScopeError(f"{shout.group} is for a segment: it needs an interface")
            if not to_many and not self._scope.contains(address):
                raise ScopeError(f"{shout.group} is outside the scope")
            families[socket.AF_INET6 if address.version == 6 else socket.AF_INET] = None
        return list(families)

    def _is_broadcast(self, address: str, interface: Interface) -> bool:
        """The limited broadcast address, or that of a network of the interface that holds something of the scope."""
        return address == LIMITED_BROADCAST or any(
            address == str(own.network.broadcast_address)
            and any(net.version == 4 and own.network.overlaps(net) for net in self._scope.networks)
            for own in interface.ipv4
            if own.network.prefixlen < 31
        )

    async def _send(
        self,
        interface: Interface | None,
        doors: Sequence[Door],
        shouts: Sequence[Shout],
        repeats: int,
        tally: Tally,
        *,
        claim: float,
    ) -> None:
        """Send every shout from every door of its family, `repeats` times."""
        tries = FULL_TRIES
        for turn in range(repeats):
            if turn:
                await self._sleep(self._rng.uniform(*ROUND_PAUSE))
            for shout in shouts:
                for door in doors:
                    if door.sends and (":" in shout.group) == (door.family == socket.AF_INET6):
                        left = await self._send_one(interface, door, shout, tally, claim=claim, tries=tries)
                        tries = tries if left else 1  # the table stays full: waiting for each would take too long

    async def _pay(self, interface: Interface | None, shout: Shout, claim: float) -> None:
        """Wait for the pace; on a segment whoever will listen longest after his last question asks first."""
        if interface is None:
            await self._pacer.host(UNICAST).acquire()
            await self._pacer.acquire(shout.group)
            return
        async with self._turns.setdefault(interface.name, Turns()).take(claim):
            segment = _segment(interface)
            apart = self._asked_at.get(segment, -math.inf) + self._rng.uniform(*JITTER)
            await self._pacer.acquire_ahead(segment, earliest=apart)
            self._asked_at[segment] = self._monotonic()
            if ":" in shout.group:
                self._make_room((interface.name, shout.group))

    async def pay(self, interface: Interface, datagrams: int) -> None:
        """Wait for the pace of all with so many datagrams; what else is asked of the segment goes later by as much.

        Those that were paid so before have had their time at the pace of the segment, whatever gave cause for more.
        """
        segment, now = _segment(interface), self._monotonic()
        due = max(now, self._due.get(segment, now))
        self._due[segment] = due + datagrams * SEGMENT_SHARE / self._pacer.pace.per_host
        if due > now:
            await self._sleep(due - now)
        self._memberships.keep(interface, MDNS_GROUPS if interface.ipv6 else MDNS_GROUPS[:1])
        if interface.ipv6:
            self._look_for_callers(interface)
        await self._pacer.acquire_first(segment, datagrams)
        if interface.ipv6:
            self._make_room((interface.name, ""))

    def _make_room(self, asked: tuple[str, str]) -> None:
        """Who answers over IPv6 asks our kernel for its address before, and knows it when he is asked again."""
        if asked not in self._asked:
            self._asked.add(asked)
            self._pacer.make_room()

    def _pay_reply(self, interface: Interface, source: str) -> None:
        """Our kernel told a new IPv6 neighbour its address before the answer came, and need not ask for its own."""
        if ":" not in source or source in self._callers or len(self._callers) >= CALLERS_CAP:
            return
        self._callers.add(source)
        self._pacer.overall.settle(0, 1)
        self._confirmations.add(interface.index, source)

    def _expect_probe(self) -> None:
        begin, end = PROBED
        self._pacer.overall.foresee(1, begin - AFTER, end - AFTER)

    def _look_for_callers(self, interface: Interface) -> None:
        """Whom our kernel has told its address since the last look, and whom it will ask: the library tells nobody."""
        for entry in list_neighbours(interface.index):
            if ":" in entry.address and entry.state & rtnetlink.DELAY:
                self._pay_reply(interface, entry.address)

    async def _send_one(
        self, interface: Interface | None, door: Door, shout: Shout, tally: Tally, *, claim: float, tries: int
    ) -> bool:
        """Send a shout when it may go, and again while the kernel has no place for it; False where it had none."""
        where: tuple[object, ...] = (shout.group, shout.port)
        if door.family == socket.AF_INET6:
            where = (shout.group, shout.port, 0, interface.index if interface is not None else 0)
        for left in reversed(range(tries)):
            await self._pay(interface, shout, claim)
            try:
                send_told(door.socket, shout.payload, where)
            except OSError as error:
                full = error.errno == errno.ENOBUFS
                if full and left:
                    await self._sleep(FULL_PAUSE)
                    continue
                _tell_unsent(door.family, shout, error, tally)
                return not full
            tally.packets += 1
            if interface is None:
                self._books.enter(shout.group, packets=1, sent=len(shout.payload))
            return True
        return False

    async def _tell_owners(
        self, interface: Interface | None, source: AsyncGenerator[Datagram, None], ports: Sequence[int]
    ) -> AsyncGenerator[Datagram, None]:
        """Add whose card each answer came from; one that cannot be told yet waits for the device to be asked again."""
        unowned: list[Datagram] = []
        async with aclosing(source) as answers:
            async for datagram in answers:
                if interface is None:
                    yield datagram
                    continue
                self._pay_reply(interface, datagram.source)
                resolved = self._scope.contains(datagram.source)
                owner = await self._owners.find(interface, datagram, resolved=resolved, ports=ports)
                if owner is None and is_link_local(datagram.source):
                    unowned.append(datagram)
                else:
                    yield replace(datagram, mac=owner)
        if interface is not None:
            for datagram in unowned:
                yield replace(datagram, mac=await self._owners.find(interface, datagram, resolved=False, ports=ports))

    async def _collect(
        self, drain: Drain, sending: Coroutine[Any, Any, None], wait: float
    ) -> AsyncGenerator[Datagram, None]:
        """Yield answers until `wait` seconds after the last datagram was sent."""
        sender = asyncio.ensure_future(sending)
        until: float | None = None
        try:
            while until is None or self._monotonic() < until:
                if until is None and sender.done():
                    await sender
                    until = self._monotonic() + wait
                timeout = 0.05 if until is None else max(0.0, until - self._monotonic())
                try:
                    async with asyncio.timeout(timeout):
                        answers = await drain.take()
                except TimeoutError:
                    continue
                for datagram in answers:
                    yield datagram
            for datagram in drain.take_now():
                yield datagram
        finally:
            sender.cancel()
            await asyncio.wait([sender])


def _tell_unsent(family: Family, shout: Shout, error: OSError, tally: Tally) -> None:
    _, words = read_os_error(error)
    said = f"{shout.group}:{shout.port} could not be asked: {words}"
    if family == socket.AF_INET6:  # many segments have none; where it is all there is, `shout` says so
        tally.notes.append(said)
    else:
        tally.fail(Outcome.BROKEN, said)


def _tell_losses(drain: Drain, tally: Tally, strangers: int) -> None:
    losses = drain.losses
    tally.drops += losses.kernel + losses.flooded
    if losses.flooded:
        tally.notes.append(f"{losses.flooded} datagrams of a flood were not kept")
    if losses.talkative:
        worst, count = losses.talkative.most_common(1)[0]
        tally.notes.append(f"{worst} sent {count} datagrams more than the {PER_SOURCE} that were kept of it")
    if strangers:
        tally.notes.append(f"{strangers} sources outside the scope answered and were not contacted")


def _segment(interface: Interface) -> str:
    return f"segment {interface.name}"
