"""Resolves addresses without the raw right: makes the kernel ask, then reads its neighbour table; opens no raw socket.

Each address is sent one empty datagram to the discard port (RFC 863). The kernel must resolve it first, and asks three
times, a second apart, by itself. A host that is there gets the datagram and may answer "port unreachable".
What this cannot see: devices outside the scope, a second owner of an address, and frames nobody asked for.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import random
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner import ranges
from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import NeighbourEntry
from scanner.link import Neighbour, Tally
from scanner.model import Outcome
from scanner.neighbours import LEAST_ROOM, YOUNG
from scanner.netlink import list_neighbours
from scanner.pacer import Pacer
from scanner.scope import Interface
from scanner.sweeping.legs import NO_SENDER, Leg

DISCARD_PORT: Final = 9
"""Nobody listens there, and the service that once did throws away what it gets."""

PACKETS: Final = 3
"""ARP requests the kernel sends for one silent address (mcast_solicit); an answering one costs one and the datagram."""

LOOK_EVERY: Final = 0.05
"""Seconds between two looks into the table: a host that answers is there within a few milliseconds."""

SETTLED: Final = 4.0
"""Seconds after which an address without an answer is silent: three requests a second apart, and one to spare."""

ASKED_THRICE: Final = 2.9
"""Seconds after which the kernel gives an address up: three requests a second apart."""

CONFIRMED: Final = 10.0
"""Seconds for an old entry to be confirmed: five as "delay", three as "probe", and two to spare."""

VANISHED: Final = 0.3
"""Seconds after which an address that has no entry at all was never asked: the table had no place for it."""

TRIES: Final = 4
"""Times an address without a place is tried again before it is given up, and said to be."""

AGAIN: Final = 2.0
"""Seconds before that: all tries together outlast the time that the kernel keeps what filled the table (YOUNG)."""

TABLE_FULL: Final = "own neighbour table full (raise net.ipv4.neigh.default.gc_thresh3)"

FATAL: Final = frozenset({errno.ENETUNREACH, errno.EPERM, errno.EACCES, errno.ENETDOWN, errno.ENODEV})
"""Errors of our own machine that the next address will meet as well."""

READ_SIZE: Final = 4096


@dataclass(slots=True)
class _Flight:
    """Addresses under way on one interface."""

    left: Iterator[int]
    room: int
    asked: dict[str, float] = field(default_factory=dict)  # address → when
    young: deque[float] = field(default_factory=deque)  # when entries came that the kernel will not let go yet
    placed: set[str] = field(default_factory=set)  # addresses whose entry was seen in the table
    again: deque[str] = field(default_factory=deque)
    tries: dict[str, int] = field(default_factory=dict)
    resume: float = 0.0
    exhausted: bool = False  # `left` is empty
    given_up: int = 0

    def next_address(self, now: float) -> str | None:
        """The next address to nudge; None when none is left or there is no place."""
        while self.young and now - self.young[0] >= YOUNG:
            self.young.popleft()
        if now < self.resume or len(self.asked) + len(self.young) >= self.room:
            return None
        if self.again:
            return self.again.popleft()
        number = next(self.left, None)
        self.exhausted = number is None
        return None if number is None else str(ipaddress.IPv4Address(number))

    def stop(self) -> None:
        """Ask nobody further."""
        self.exhausted = True
        self.left = iter(())
        self.again.clear()
        self.asked.clear()

    @property
    def done(self) -> bool:
        """Nobody is left, under way, or to be tried again."""
        return self.exhausted and not self.asked and not self.again


def open_socket(interface: Interface, sender: str) -> socket.socket:
    """A datagram socket on one interface and own address."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind((sender, 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.name.encode())
    except PermissionError:
        return sock  # before Linux 5.7 this needs a right; the sender's address then leads out of the right interface
    except BaseException:
        sock.close()
        raise
    return sock


async def resolve_by_table(
    interface: Interface,
    legs: Sequence[Leg],
    *,
    room: int,
    pacer: Pacer,
    tally: Tally,
    rng: random.Random,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    look: Callable[[int], list[NeighbourEntry]] = list_neighbours,
    open_socket: Callable[[Interface, str], socket.socket] = open_socket,
) -> AsyncIterator[Neighbour]:
    """Nudge every address of the legs and yield who was found; what could not be asked is told to the tally."""
    for leg in legs:
        if leg.sender == NO_SENDER:
            tally.fail(Outcome.SKIPPED, f"{interface.name} has no address in this network, and there is no raw right")
            continue
        tally.asked += ranges.count(leg.ranges)
        flight = _Flight(_shuffled(leg.ranges, rng), room)
        with open_socket(interface, leg.sender) as sock:
            while not flight.done:
                until = monotonic() + LOOK_EVERY
                await _nudge(sock, flight, pacer, tally, monotonic, until)
                if (rest := until - monotonic()) > 0:
                    await sleep(rest)
                _drain(sock)
                for entry in _settle(flight, look(interface.index), monotonic(), tally):
                    tally.answered += 1
                    yield Neighbour(entry.address, entry.mac or "", interface.name, clock())
        if flight.given_up:
            tally.fail(Outcome.BROKEN, f"{TABLE_FULL}: {flight.given_up} addresses could not be asked")


async def _nudge(
    sock: socket.socket, flight: _Flight, pacer: Pacer, tally: Tally, monotonic: Callable[[], float], until: float
) -> None:
    """Nudge until there is no place, no address left, or it is time to look."""
    while (now := monotonic()) < until:
        address = flight.next_address(now)
        if address is None:
            return
        await pacer.acquire_shared(PACKETS)
        flight.asked[address] = monotonic()
        tally.packets += PACKETS
        try:
            sock.sendto(b"", (address, DISCARD_PORT))
        except OSError as error:
            if error.errno in FATAL:
                tally.fail(Outcome.BROKEN, f"{address} cannot be asked: {error.strerror}")
                flight.stop()


def _settle(flight: _Flight, entries: Sequence[NeighbourEntry], now: float, tally: Tally) -> Iterator[NeighbourEntry]:
    """Compare what is under way with the table; yields who is there."""
    table = {entry.address: entry for entry in entries}
    lost = []
    flight.placed &= flight.asked.keys()
    for address, since in list(flight.asked.items()):
        entry = table.get(address)
        if entry is None:
            if address in flight.placed and now - since >= ASKED_THRICE:
                del flight.asked[address]  # failed, and collected before we looked
            elif now - since >= VANISHED:
                lost.append(address)
            continue
        flight.placed.add(address)
        if entry.mac is not None and entry.state & rtnetlink.REACHABLE:
            del flight.asked[address]
            flight.young.append(now)
            yield entry
        elif entry.state & rtnetlink.PERMANENT:
            del flight.asked[address]
            tally.notes.append(f"{address} has a fixed entry in the neighbour table, which proves nothing")
        elif entry.state & rtnetlink.FAILED or now - since >= (CONFIRMED if entry.is_known else SETTLED):
            del flight.asked[address]
    if lost:
        _try_again(flight, lost, now)


def _try_again(flight: _Flight, lost: list[str], now: float) -> None:
    """Addresses the kernel had no place for: fewer at once, a little later, and given up in the end, aloud."""
    flight.room = max(LEAST_ROOM, flight.room // 2)
    flight.resume = now + AGAIN
    for address in lost:
        del flight.asked[address]
        flight.tries[address] = flight.tries.get(address, 0) + 1
        if flight.tries[address] < TRIES:
            flight.again.append(address)
        else:
            flight.given_up += 1


def _shuffled(asked: ranges.Ranges, rng: random.Random) -> Iterator[int]:
    """The addresses in an order that spreads over the whole network, without a list of them."""
    positions = ranges.Positions(asked)
    step, start = ranges.stride(len(positions), rng)
    return (positions.address((order * step + start) % len(positions)) for order in range(len(positions)))


def _drain(sock: socket.socket) -> None:
    """Throw away what came back: nothing is expected, and the buffer must not fill."""
    try:
        while True:
            sock.recv(READ_SIZE)
    except BlockingIOError:
        return
    except OSError:
        return  # an ICMP error of an earlier datagram: the host is there, which the table says better
