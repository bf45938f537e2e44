"""Enters heard neighbours in the kernel's table and takes them out again; never one that this program did not hear.

Why: a stock kernel holds 1,024 neighbours and forgets none in its first five seconds. Entries learned from outside do
not count against that limit, so the hosts in flight never overrun it. An entry that stands already is left alone. At
the end those go, too, that the kernel made by itself for IPv4 hosts of the scope since the run began.

Several runs may stand beside each other on one interface. What a run that was killed left behind is taken out by one
that came when no other was there; else everybody takes out what he entered himself.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Collection
from typing import Final

from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import NeighbourEntry
from scanner.netlink import list_neighbours, open_socket, request
from scanner.rawhelper.requests import name_line
from scanner.scope import Scope

LEARNED_CAP: Final = 4_096
"""Entries held at once, several times the hosts ever in flight."""

PRESENCE: Final = "\0camcensus-neighbours-{}-{}"
"""Name of the abstract Unix socket that says a run is there, by interface and place. It is one for a network namespace,
as the table is, lies in no folder, and is gone with its program however that ends."""

RUNS_CAP: Final = 8
"""Runs on one interface that are told apart; beside so many nobody takes out what another left."""


class Learning:
    """The entries this program made. Needs CAP_NET_ADMIN; without it every `change` gives EPERM."""

    def __init__(self, indexes: Collection[int], scope: Scope, standing: Collection[str]) -> None:
        """Open the netlink socket, for the interfaces with these indexes; OSError when the kernel refuses.

        `standing`: the lines there were before the run (`name_line`), which only the parent can tell: while this
        program starts, devices answer other questions of the run already.

        What a run that was killed left on them is taken for own, since nothing else would ever take it out, unless
        another run is under way there, whose entries look the same.
        """
        self._socket = open_socket()
        self._presence: list[socket.socket] = []
        alone = {index for index in indexes if self._is_alone(index)}
        self._heard: dict[tuple[int, int], bytes | None] = {}
        self._indexes, self._scope = frozenset(indexes), scope
        self._standing = frozenset(standing)
        left = [line for line in self._lines() if line.maker == rtnetlink.OURS and line.index in alone]
        self._made = {(line.index, line.address) for line in left}
        self._sequence = 0

    def _is_alone(self, index: int) -> bool:
        """Say that we are there; True when nobody else is. Two that begin in one instant may both hear of another."""
        places = [_take_place(index, place) for place in range(RUNS_CAP)]
        free = [sock for sock in places if sock is not None]
        self._presence += free[:1]
        for sock in free[1:]:
            sock.close()
        return len(free) == RUNS_CAP

    def _lines(self) -> list[NeighbourEntry]:
        """Those of our interfaces."""
        return [line for line in list_neighbours() if line.index in self._indexes]

    def hear(self, index: int, address: int, mac: bytes) -> None:
        """Remember who said to have an address; one claimed by two stays with the kernel to resolve."""
        known = self._heard.setdefault((index, address), mac)
        if known != mac:
            self._heard[index, address] = None

    def change(self, index: int, address: str, *, forget: bool) -> int:
        """Enter a heard neighbour or take an own entry out; returns an errno, 0 when done."""
        self._sequence += 1
        if forget:
            if (index, address) not in self._made:
                return errno.ENOENT
            self._made.discard((index, address))
            return request(self._socket, rtnetlink.build_forget(index, address, self._sequence))
        mac = self._heard.get((index, int(ipaddress.IPv4Address(address))))
        if mac is None or mac[0] & 1 or len(self._made) >= LEARNED_CAP:
            return errno.EADDRNOTAVAIL
        number = request(self._socket, rtnetlink.build_learn(index, address, mac.hex(":"), self._sequence))
        if number == errno.EEXIST and (index, address) in self._made:
            return 0
        if number == 0:
            self._made.add((index, address))
        return number

    def close(self) -> None:
        """Take every own entry out, and what the kernel made of whom was spoken to, and close."""
        for index, address in sorted(self._made | self._find_kernels_own()):
            self._sequence += 1
            request(self._socket, rtnetlink.build_forget(index, address, self._sequence))
        self._made.clear()
        for sock in (self._socket, *self._presence):
            sock.close()

    def _find_kernels_own(self) -> set[tuple[int, str]]:
        """What the kernel entered by itself since the run began for IPv4 hosts of the scope."""
        try:
            lines = self._lines()
        except OSError:
            return set()  # they go by themselves in the end; own ones do not
        return {(line.index, line.address) for line in lines if self._is_of_the_run(line)}

    def _is_of_the_run(self, line: NeighbourEntry) -> bool:
        by_kernel = not line.maker and not line.flags & rtnetlink.EXTERNALLY_LEARNED
        passing = not line.state & rtnetlink.PERMANENT and name_line(line.index, line.address) not in self._standing
        return by_kernel and passing and self._covers(line)

    def _covers(self, line: NeighbourEntry) -> bool:
        """IPv4 only: without its line the kernel asks for an IPv6 neighbour anew when a late packet comes of it, be it
        excluded. And whoever still knows our address answers the next run without asking for it: where his frame is
        not seen, only a line from before then tells his hardware address (`scanner/sweeping/owners.py`).
        """
        return ":" not in line.address and self._scope.contains(line.address)


def _take_place(index: int, place: int) -> socket.socket | None:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sock.bind(PRESENCE.format(index, place))
    except OSError:  # another run is there
        sock.close()
        return None
    return sock
