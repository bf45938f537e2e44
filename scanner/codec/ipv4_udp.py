"""Reads a UDP datagram out of an Ethernet frame (RFC 791, RFC 768); builds none, joins no fragments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled

ETHERNET: Final = 14
IPV4: Final = b"\x08\x00"
UDP: Final = 17
LEAST_HEADER: Final = 20
UDP_HEADER: Final = 8


@dataclass(frozen=True, slots=True)
class UdpDatagram:
    """One datagram; of a fragmented one, what the first fragment holds."""

    source: str
    destination: str
    source_port: int
    destination_port: int
    payload: bytes


def parse_frame(frame: bytes) -> UdpDatagram:
    """Read one frame; raises Garbled when it holds no UDP over IPv4."""
    if frame[12:14] != IPV4 or len(frame) < ETHERNET + LEAST_HEADER:
        raise Garbled("no IPv4 in the frame")
    packet = frame[ETHERNET:]
    header, total = 4 * (packet[0] & 0xF), int.from_bytes(packet[2:4], "big")
    if packet[0] >> 4 != 4 or header < LEAST_HEADER or not header + UDP_HEADER <= total <= len(packet):
        raise Garbled(f"an IPv4 packet of {total} bytes with a header of {header} in a frame of {len(frame)}")
    if packet[9] != UDP or int.from_bytes(packet[6:8], "big") & 0x1FFF:
        raise Garbled("no UDP, or not the first fragment")
    udp = packet[header:total]
    length = int.from_bytes(udp[4:6], "big")
    if length < UDP_HEADER:
        raise Garbled(f"a UDP length of {length}")
    return UdpDatagram(
        source=".".join(map(str, packet[12:16])),
        destination=".".join(map(str, packet[16:20])),
        source_port=int.from_bytes(udp[0:2], "big"),
        destination_port=int.from_bytes(udp[2:4], "big"),
        payload=udp[UDP_HEADER:length],
    )
