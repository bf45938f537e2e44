"""Enters heard neighbours in the kernel's table and takes them out again; never one that this program did not hear.

Why: a stock kernel holds 1,024 neighbours and forgets none in its first five seconds. Entries learned from outside do
not count against that limit, so the hosts in flight never overrun it. An entry that stands already is left alone. At
the end those go, too, that the kernel made by itself for hosts of the scope since the run began.
"""

from __future__ import annotations

import errno
import ipaddress
from collections.abc import Collection
from typing import Final

from scanner import ranges
from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import NeighbourEntry
from scanner.netlink import list_neighbours, open_socket, request
from scanner.ranges import Ranges

LEARNED_CAP: Final = 4_096
"""Entries held at once, several times the hosts ever in flight."""


class Learning:
    """The entries this program made. Needs CAP_NET_ADMIN; without it every `change` gives EPERM."""

    def __init__(self, indexes: Collection[int], scope: Ranges) -> None:
        """Open the netlink socket, for the interfaces with these indexes; OSError when the kernel refuses.

        What a run that was killed left on them is taken for own: nothing else would ever take it out.
        """
        self._socket = open_socket()
        self._heard: dict[tuple[int, int], bytes | None] = {}
        self._indexes, self._scope = frozenset(indexes), scope
        lines = self._lines()
        self._made = {(line.index, line.address) for line in lines if line.maker == rtnetlink.OURS}
        self._found = {(line.index, line.address) for line in lines} - self._made
        self._sequence = 0

    def _lines(self) -> list[NeighbourEntry]:
        """Those of our interfaces and of the scope."""
        return [line for line in list_neighbours() if line.index in self._indexes and self._covers(line.address)]

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
        self._socket.close()

    def _find_kernels_own(self) -> set[tuple[int, str]]:
        """What the kernel entered by itself since the run began for hosts of the scope."""
        try:
            lines = self._lines()
        except OSError:
            return set()  # they go by themselves in the end; own ones do not
        return {
            (line.index, line.address)
            for line in lines
            if not line.maker and not line.flags & rtnetlink.EXTERNALLY_LEARNED and not line.state & rtnetlink.PERMANENT
        } - self._found

    def _covers(self, address: str) -> bool:
        if ":" in address:
            return False
        number = int(ipaddress.IPv4Address(address))
        return ranges.within(((number, number),), self._scope)
