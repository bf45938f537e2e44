"""Enters heard neighbours in the kernel's table and takes them out again; never one that this program did not hear.

Why: a stock kernel holds 1,024 neighbours and forgets none in its first five seconds. Entries learned from outside do
not count against that limit, so the hosts in flight never overrun it. An entry that stands already is left alone.
"""

from __future__ import annotations

import errno
import ipaddress
from collections.abc import Collection
from typing import Final

from scanner.codec import rtnetlink
from scanner.netlink import list_neighbours, open_socket, request

LEARNED_CAP: Final = 4_096
"""Entries held at once, several times the hosts ever in flight."""


class Learning:
    """The entries this program made. Needs CAP_NET_ADMIN; without it every `change` gives EPERM."""

    def __init__(self, indexes: Collection[int]) -> None:
        """Open the netlink socket, for the interfaces with these indexes; OSError when the kernel refuses.

        What a run that was killed left on them is taken for own: nothing else would ever take it out.
        """
        self._socket = open_socket()
        self._heard: dict[tuple[int, int], bytes | None] = {}
        self._made = {
            (entry.index, entry.address)
            for entry in list_neighbours()
            if entry.maker == rtnetlink.OURS and entry.index in indexes
        }
        self._sequence = 0

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
        """Take every own entry out and close."""
        for index, address in sorted(self._made):
            self._sequence += 1
            request(self._socket, rtnetlink.build_forget(index, address, self._sequence))
        self._made.clear()
        self._socket.close()
