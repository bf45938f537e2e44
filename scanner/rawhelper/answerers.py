"""Remembers whose card an answer over IPv6 came from, by its frame; pure. Tells nobody but who asks for an address.

Link-local senders only: of those, the frame's sender is the device itself and never a router.
"""

from __future__ import annotations

import struct
from typing import Final

from scanner.codec import Garbled
from scanner.codec.ipv6_udp import Sender, read_sender

ANSWERERS_CAP: Final = 4_096
"""Pairs of address and port remembered; the oldest go first. Whoever is asked for has answered a moment before."""


class Answerers:
    """The senders of one interface."""

    def __init__(self) -> None:
        self._cards: dict[tuple[bytes, int], bytes | None] = {}  # (address, our port) → card; None: two claim it

    def hear(self, frame: bytes) -> None:
        """Take a frame in; what is no datagram of a link-local sender is left out."""
        try:
            sender = read_sender(frame)
        except Garbled:
            return
        if not _is_own_card(sender):
            return
        key = sender.address, sender.destination_port
        if self._cards.setdefault(key, sender.mac) != sender.mac:
            self._cards[key] = None
        if len(self._cards) > ANSWERERS_CAP:
            del self._cards[next(iter(self._cards))]

    def find(self, address: bytes, ports: tuple[int, ...]) -> bytes | None:
        """The card that sent from an address to one of the ports; None where it is not known, or two did."""
        cards = {self._cards[address, port] for port in ports if (address, port) in self._cards}
        return cards.pop() if len(cards) == 1 else None


def _is_own_card(sender: Sender) -> bool:
    link_local = struct.unpack("!H", sender.address[:2])[0] & 0xFFC0 == 0xFE80
    return link_local and not sender.mac[0] & 1 and any(sender.mac)
