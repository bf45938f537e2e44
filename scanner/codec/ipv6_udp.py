"""Reads who sent a UDP datagram over IPv6 from its frame (RFC 8200, RFC 768); builds none, reads no payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled

IPV6: Final = b"\x86\xdd"
UDP: Final = 17
FRAGMENT: Final = 44
"""Next header of a datagram in fragments; only the first of them has its ports."""

HEADER: Final = 14 + 40
FRAGMENT_HEADER: Final = 8
PORTS: Final = 4


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose card sent a datagram, from which address, to which of our ports."""

    mac: bytes
    address: bytes
    destination_port: int


def read_sender(frame: bytes) -> Sender:
    """Read the head of one frame; raises Garbled when it is not that of a UDP datagram, or its first fragment."""
    if len(frame) < HEADER or frame[12:14] != IPV6 or frame[14] >> 4 != 6:
        raise Garbled("no IPv6 in the frame")
    kind, at = frame[20], HEADER
    if kind == FRAGMENT and len(frame) >= HEADER + FRAGMENT_HEADER:
        if int.from_bytes(frame[at + 2 : at + 4], "big") >> 3:
            raise Garbled("not the first fragment")
        kind, at = frame[at], at + FRAGMENT_HEADER
    if kind != UDP or len(frame) < at + PORTS:
        raise Garbled("no UDP behind the IPv6 header")
    return Sender(frame[6:12], frame[22:38], int.from_bytes(frame[at + 2 : at + 4], "big"))
