"""The network as the sweeps see it: implements SweepLink for one run; sends nothing outside the scope, judges nothing.

With the raw right, address resolution and listening are done by the raw-socket program (`scanner.rawhelper`); without
it by the kernel's neighbour table, and the tallies say what that cannot see.
"""

from __future__ import annotations

import asyncio
import errno
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv4Address
from types import TracebackType
from typing import Final, Self

from scanner import ranges
from scanner.ledger import Books
from scanner.link import Datagram, Neighbour, Overheard, Shout, Tally
from scanner.model import Attempt, Outcome, SweepResult
from scanner.neighbours import TableRoom, read_table_state
from scanner.pacer import Pacer
from scanner.ranges import Ranges
from scanner.scope import Interface, Scope, Target
from scanner.sweeping.doors import Ports
from scanner.sweeping.knocking import Knocker
from scanner.sweeping.lateness import Lateness
from scanner.sweeping.legs import plan_legs
from scanner.sweeping.nudging import resolve_by_table
from scanner.sweeping.raw_client import RawClient, RawUnavailable
from scanner.sweeping.resolving import await_late_raw, overhear_raw, resolve_raw
from scanner.sweeping.shouting import Shouter

NO_LINK_LAYER: Final = "has no hardware addresses to ask for"


class Sweeping:
    """The SweepLink of a run. Use it as an async context manager: it starts the raw-socket program and ends it."""

    def __init__(
        self,
        scope: Scope,
        pacer: Pacer,
        *,
        report: Callable[[SweepResult], None],
        attempted: Callable[[Attempt], None],
        books: Books | None = None,
        raw: bool = True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        """`report` and `attempted` are the record's sinks; `raw` false forgoes the raw-socket program."""
        self._scope = scope
        self._pacer = pacer
        self._report = report
        self._books = books or Books()
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._rng = rng or random.Random()
        self._wants_raw = raw
        self._raw: asyncio.Task[RawClient | None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._swept: list[tuple[Ranges, int]] = []
        self._asking = 0  # questions to segments whose answers are waited for
        self._waited: set[str] = set()  # interfaces whose addresses were all asked for, and waited for
        self._lateness = Lateness()
        self._late_client: RawClient | None = None  # who waits for late answers
        self._resolved: set[str] = set()  # hosts whose ARP requests are in the books
        self._room = TableRoom(read_table_state().room, monotonic=monotonic, sleep=sleep)
        self._shouter = Shouter(
            scope, pacer, books=self._books, clock=clock, monotonic=monotonic, sleep=sleep, rng=self._rng,
            see=self._see,
        )  # fmt: skip
        self._knocker = Knocker(
            scope, pacer, self._room, attempted=attempted, books=self._books, clock=clock, monotonic=monotonic,
            sleep=sleep, learn=self._learn,
        )  # fmt: skip
        self.no_raw = "" if raw else "raw sockets were not wanted"

    async def __aenter__(self) -> Self:
        self._raw = asyncio.ensure_future(self._start_raw())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, and wait for it; no task of ours is left, whatever brought us here.

        A task group would wrap the errors of whoever uses this link.
        """
        self._book_silent()
        self._shouter.close()
        self._knocker.close()
        if self._raw is None:
            return
        if not self._raw.done():
            self._raw.cancel()
        await asyncio.wait([self._raw])
        if not self._raw.cancelled() and (client := self._raw.result()) is not None:
            await client.close()
        if self._reader is not None:
            await self._reader

    @property
    def scope(self) -> Scope:
        """See SweepLink."""
        return self._scope

    @property
    def interfaces(self) -> Sequence[Interface]:
        """See SweepLink."""
        return self._scope.interfaces

    def report(self, result: SweepResult) -> None:
        """See SweepLink."""
        self._report(result)

    async def resolve(self, interface: Interface, targets: Sequence[Target], tally: Tally) -> AsyncIterator[Neighbour]:
        """See SweepLink. Who cannot be asked by ARP (a loopback, a tunnel) is SKIPPED."""
        self._begin(tally)
        if interface.mac is None:
            tally.fail(Outcome.SKIPPED, f"{interface.name} {NO_LINK_LAYER}")
            return
        others = [other for other in self.interfaces if other != interface]
        legs = plan_legs(interface, ranges.of_targets(targets), others)
        if not legs:
            tally.fail(Outcome.SKIPPED, f"no address of the scope is on the wire of {interface.name}")
        client = await self._client()
        begun = self._begin(tally)
        try:
            if client is not None:
                rate = self._pacer.pace.overall
                source = resolve_raw(
                    client, self._scope, interface, legs, rate=rate, tally=tally, book=self._book,
                    swept=lambda asked, frames: self._swept.append((asked, frames)),
                )  # fmt: skip
            else:
                tally.notes.append(f"the kernel's neighbour table was used instead of own ARP requests: {self.no_raw}")
                source = resolve_by_table(
                    interface, legs, room=self._room.room, pacer=self._pacer, tally=tally, rng=self._rng,
                    clock=self._clock, monotonic=self._monotonic, sleep=self._sleep,
                )  # fmt: skip
            async for neighbour in source:
                if client is None:
                    self._book(neighbour.address, 1)  # the datagram that made the kernel ask
                yield neighbour
            if client is not None and tally.outcome is None:
                self._waited.add(interface.name)
        finally:
            tally.elapsed = self._monotonic() - begun

    async def await_late(self, tallies: Mapping[str, Tally]) -> AsyncIterator[Neighbour]:
        """See SweepLink. What the kernel asks for itself, where there is no raw right, it waits three seconds for."""
        client = self._late_client = await self._client()
        if client is None:
            return
        waited = {name: tally for name, tally in tallies.items() if name in self._waited}
        begun = self._monotonic()
        for tally in waited.values():
            self._begin(tally)
        try:
            async for neighbour in await_late_raw(client, self._lateness, waited, monotonic=self._monotonic):
                yield neighbour
        finally:
            for tally in waited.values():
                tally.elapsed = self._monotonic() - begun

    def note_work(self, *, under_way: bool) -> None:
        """See SweepLink."""
        self._lateness.note_work(self._monotonic(), under_way=under_way)
        if self._late_client is not None:
            self._late_client.wake()

    async def overhear(self, interface: Interface, *, wait: float, tally: Tally) -> AsyncIterator[Overheard]:
        """See SweepLink."""
        begun = self._begin(tally)
        client = await self._client()
        if client is None or interface.mac is None:
            why = self.no_raw if client is None else f"{interface.name} {NO_LINK_LAYER}"
            tally.fail(Outcome.SKIPPED, f"nothing could be overheard: {why}")
            return
        source = overhear_raw(client, interface, wait=wait, asking=lambda: self._asking > 0, tally=tally)
        async for overheard in source:
            yield overheard
        tally.elapsed = self._monotonic() - begun

    async def shout(
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
        """See SweepLink."""
        begun = self._begin(tally)
        asking = int(interface is not None)
        self._asking += asking
        try:
            ports = Ports(local_port or listen_port, sends=bool(local_port), join=tuple(join))
            async for datagram in self._shouter.shout(
                interface, shouts, wait=wait, tally=tally, repeats=repeats, ports=ports
            ):
                yield datagram
        finally:
            self._asking -= asking
            tally.elapsed = self._monotonic() - begun

    async def pay(self, interface: Interface, datagrams: int) -> None:
        """See SweepLink."""
        await self._shouter.pay(interface, datagrams)

    async def knock(self, target: Target, port: int) -> Outcome:
        """See SweepLink."""
        return await self._knocker.knock(target, port)

    def stays_known(self, target: Target) -> bool:
        """See SweepLink."""
        return self._knocker.stays_known(target)

    def _begin(self, tally: Tally) -> float:
        tally.began = self._clock()
        return self._monotonic()

    def _book(self, address: str, frames: int) -> None:
        self._books.enter(address, packets=frames)
        self._resolved.add(address)

    def _book_silent(self) -> None:
        """Hosts that were found otherwise and stayed silent to ARP were asked in every pass."""
        for address in self._books.addresses():
            if address in self._resolved or ":" in address:
                continue
            number = int(IPv4Address(address))
            for asked, frames in self._swept:
                if ranges.within(((number, number),), asked):
                    self._book(address, frames)

    async def _client(self) -> RawClient | None:
        if self._raw is None:
            raise RuntimeError("the sweep link is used outside its context")
        return await asyncio.shield(self._raw)

    async def _start_raw(self) -> RawClient | None:
        """Start the program where an interface has a link layer; None, with `no_raw` saying why, where it cannot be."""
        able = [interface for interface in self.interfaces if interface.mac is not None]
        if not self._wants_raw or not able:
            self.no_raw = self.no_raw or "no interface of the scope has a link layer"
            return None
        try:
            client = await RawClient.start(
                self._scope, able, keep_neighbours=True,
                draw=self._pacer.overall.draw, settle=self._pacer.overall.settle,
            )  # fmt: skip
        except (RawUnavailable, OSError) as error:
            self.no_raw = f"no right to open raw sockets ({error})" if isinstance(error, RawUnavailable) else f"{error}"
            return None
        self._reader = asyncio.ensure_future(client.read())
        return client

    async def _see(self, interface: Interface, address: str, ports: Sequence[int]) -> str | None:
        """Whose card has answered from a link-local address, by the frame; None where nobody saw it."""
        client = await self._client()
        return None if client is None else await client.find_owner(interface, address, ports)

    async def _learn(self, interface: Interface, address: str, *, forget: bool) -> int:
        """Enter a neighbour that the raw-socket program heard, or take it out; an errno, 0 when done."""
        client = await self._client()
        return errno.EPERM if client is None else await client.learn(interface, address, forget=forget)
