"""Tells which hardware address stands behind a datagram, by the kernel's neighbour table or its frame; asks no device.

The kernel knows a source before its datagram is here: who answers over IPv6 has asked for our address first, or knows
it from an earlier run. Then the kernel's line of that run tells; where it is gone, as after a link that went down, the
frame that brought the answer does (`scanner/rawhelper/answerers.py`), which takes the raw right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv6Network, ip_address
from typing import Final

from scanner.codec.rtnetlink import NeighbourEntry
from scanner.link import Datagram
from scanner.netlink import list_neighbours
from scanner.scope import Interface

TABLE_AGE: Final = 0.5
"""Seconds a copy of the table serves for hosts of which ARP tells as well."""

SOONEST: Final = 0.05
"""Seconds between two copies for all others: a flood of forged sources must not have us read tables all the time."""

LINK_LOCAL: Final = IPv6Network("fe80::/10")
"""Senders whose frame is their own: those of other addresses may stand behind a router."""

See = Callable[[Interface, str, Sequence[int]], Awaitable[str | None]]
"""Whose card sent from an address to one of our ports, as the frame shows."""


class Owners:
    """The hardware addresses of one run's sources."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        look: Callable[[], Sequence[NeighbourEntry]] = list_neighbours,
        see: See | None = None,
    ) -> None:
        """`clock`: the one that datagrams carry the time of; `see` tells what the frames show, where it can."""
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._look = look
        self._see = see
        self._macs: dict[tuple[int, str], str] = {}
        self._read = -TABLE_AGE
        self._read_at = 0.0  # the same moment by `clock`

    async def find(
        self, interface: Interface, datagram: Datagram, *, resolved: bool, ports: Sequence[int] = ()
    ) -> str | None:
        """The owner of the datagram's source. `resolved`: ARP asks for it too, so it need not be found here.

        `ports`: one of them is where the datagram came in.
        """
        source = interface.index, datagram.source
        if source not in self._macs:
            if self._see is not None and ports and is_link_local(datagram.source):
                seen = await self._see(interface, datagram.source, ports)
                if seen is not None:
                    return seen
            if resolved and ":" not in datagram.source:
                if self._monotonic() - self._read >= TABLE_AGE:
                    self._copy()
            elif self._may_be_newer(datagram):
                if (rest := self._read + SOONEST - self._monotonic()) > 0:
                    await self._sleep(rest)
                if self._may_be_newer(datagram):  # nobody else has looked meanwhile
                    self._copy()
        return self._macs.get(source)

    def _may_be_newer(self, datagram: Datagram) -> bool:
        """Whether it came after the copy was made; always where the clock was put back since."""
        return datagram.at >= self._read_at or self._clock() < self._read_at

    def _copy(self) -> None:
        self._read, self._read_at = self._monotonic(), self._clock()
        self._macs = {(e.index, e.address): e.mac for e in self._look() if e.is_known and e.mac is not None}


def is_link_local(address: str) -> bool:
    """True for a link-local address of IPv6."""
    return ip_address(address) in LINK_LOCAL
