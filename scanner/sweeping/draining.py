"""Empties UDP sockets in a thread of its own, so that a busy event loop loses no answer; sends nothing.

Caps live here: a source that floods is cut, and so is a flood from many sources, before it takes memory.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from scanner.link import DATAGRAM_CAP, Datagram
from scanner.scope import Interface
from scanner.sweeping.doors import IP_PKTINFO, SO_RXQ_OVFL, Door

PER_SOURCE: Final = 64
"""Different datagrams kept of one source address: a recorder that speaks for 64 cameras sends fewer."""

MEMBERS: Final = 50_000
"""Datagrams kept of sources inside the scope: four of each of 12,500 devices."""

STRANGERS: Final = 2_000
"""Datagrams kept of sources outside the scope: they are shown, never contacted, and easily forged by the thousand."""

BYTES: Final = 64 << 20
"""Bytes of answers waiting to be read by the sweep; 20,000 answers of 3 kB."""

_ANCILLARY: Final = 128


@dataclass(slots=True)
class Losses:
    """What was not kept, and why."""

    kernel: int = 0  # the socket's own buffer was full
    flooded: int = 0  # more datagrams than the caps allow
    talkative: Counter[str] = field(default_factory=Counter)  # source → datagrams beyond PER_SOURCE


class Drain:
    """Reads some doors until it is left. Use it as a context manager, and `take` inside the event loop."""

    def __init__(
        self,
        doors: Sequence[Door],
        *,
        interface: Interface | None,
        inside: Callable[[str], bool],
        clock: Callable[[], float],
    ) -> None:
        """Answers must come in by `interface`; `inside` tells members of the scope."""
        self._doors = doors
        self._interface = interface
        self._own = _own_addresses(interface)
        self._inside = inside
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._answers: deque[Datagram] = deque()
        self._waiting_bytes = 0
        self._seen: set[int] = set()
        self._sources: Counter[str] = Counter()
        self._kept = [0, 0]  # strangers, members
        self._kernel: dict[int, int] = {}
        self._buffer = bytearray(DATAGRAM_CAP)
        self._failure: OSError | None = None
        # Made here and not in the thread: being out of file handles must be told to whoever asks, not to a log.
        self._selector = selectors.PollSelector()  # for a handful of sockets; epoll would cost each sweep a descriptor
        try:
            self._stop = os.eventfd(0, os.EFD_CLOEXEC)  # one handle, where a pipe is two: ten sweeps have one each
        except OSError:
            self._selector.close()
            raise
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)
        self.losses = Losses()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.eventfd_write(self._stop, 1)
        self._thread.join()
        self._selector.close()
        os.close(self._stop)

    async def take(self) -> list[Datagram]:
        """Wait for answers and return all there are."""
        await self._arrived.wait()
        return self.take_now()

    def take_now(self) -> list[Datagram]:
        """The answers there are. Raises OSError when reading stopped before its time."""
        if self._failure is not None:
            raise self._failure
        self._arrived.clear()
        taken = []
        while self._answers:
            taken.append(self._answers.popleft())
        self._waiting_bytes -= sum(len(datagram.data) for datagram in taken)
        return taken

    def _run(self) -> None:
        try:
            self._read_all()
        except OSError as error:
            self._failure = error
            self._loop.call_soon_threadsafe(self._arrived.set)

    def _read_all(self) -> None:
        self._selector.register(self._stop, selectors.EVENT_READ)
        for door in self._doors:
            self._selector.register(door.socket, selectors.EVENT_READ, door)
        while True:
            for key, _ in self._selector.select():
                if key.fd == self._stop:
                    return
                if self._empty(key.data.socket):
                    self._loop.call_soon_threadsafe(self._arrived.set)

    def _empty(self, sock: socket.socket) -> bool:
        """Read one socket until it is empty; True when something was kept."""
        kept = False
        while True:
            try:
                size, ancillary, _, sender = sock.recvmsg_into([self._buffer], _ANCILLARY)
            except BlockingIOError:
                return kept
            except OSError:
                return kept  # an ICMP error, or the interface went down: the sender meets it too and says so
            if self._is_here(sock, ancillary):
                kept = self._keep(bytes(self._buffer[:size]), sender) or kept

    def _is_here(self, sock: socket.socket, ancillary: list[tuple[int, int, bytes]]) -> bool:
        """Note the kernel's drop counter; False for a datagram that came in by another interface."""
        index = None
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
                self._kernel[sock.fileno()] = struct.unpack("=I", data[:4])[0]
                self.losses.kernel = sum(self._kernel.values())
            elif (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                index = struct.unpack_from("=i", data)[0]
            elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
                index = struct.unpack_from("=i", data, 16)[0]
        return self._interface is None or index is None or index == self._interface.index

    def _keep(self, data: bytes, sender: tuple[Any, ...]) -> bool:
        source, port = str(sender[0]).partition("%")[0], int(sender[1])
        key = hash((source, port, data))
        if key in self._seen or source in self._own:  # the kernel lets us hear our own broadcasts
            return False
        member = self._inside(source)
        if self._sources[source] >= PER_SOURCE:
            if len(self.losses.talkative) < STRANGERS:
                self.losses.talkative[source] += 1
            return False
        if self._kept[member] >= (MEMBERS if member else STRANGERS) or self._waiting_bytes + len(data) > BYTES:
            self.losses.flooded += 1
            return False
        self._kept[member] += 1
        self._seen.add(key)
        self._sources[source] += 1
        self._waiting_bytes += len(data)
        name = self._interface.name if self._interface is not None else ""
        self._answers.append(Datagram(data, source, port, name, self._clock()))
        return True


def _own_addresses(interface: Interface | None) -> frozenset[str]:
    if interface is None:
        return frozenset()
    return frozenset([*(str(own.ip) for own in interface.ipv4), *(str(own.ip) for own in interface.ipv6)])
