"""Hostile link layers: answers to every ARP request, forged senders by the thousand, frames that claim too much.

Sends frames only for frames that came in, on the device's own interface.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.device import Device
from simulator.hostile.case import Case, OnLink, Shown

ARP: Final = 0x0806
IP: Final = 0x0800
SADP_FRAMES: Final = 0x8033

FLOOD: Final = 100_000
"""Devices that one card pretends to be."""

QUESTIONS: Final = 8
"""SADP questions that one scan asks at least; the flood comes in as many parts."""

FIRST_PROXIED: Final = 200
"""The last byte of the first address a proxy answers for: nobody stands from there on."""


def arp_reply(frame: bytes, mac: bytes, address: bytes) -> bytes:
    """The answer to an ARP request: `address` is at `mac` (RFC 826)."""
    return frame[22:28] + mac + frame[12:20] + b"\0\2" + mac + address + frame[22:32]


def is_request(frame: bytes) -> bool:
    """True for an ARP request."""
    return frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\1" and len(frame) >= 42


def own_mac(device: Device) -> bytes:
    """The hardware address as bytes."""
    return bytes.fromhex(device.mac.replace(":", ""))


def udp_frame(
    source_mac: bytes, target_mac: bytes, source: bytes, target: bytes, ports: tuple[int, int], data: bytes
) -> bytes:
    """One datagram with any sender; UDP over IPv4 may go without a checksum (RFC 768)."""
    udp = struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, source, target)
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return target_mac + source_mac + b"\x08\x00" + head[:10] + struct.pack("!H", total) + head[12:] + udp


def answers_for_all(frame: bytes, device: Device) -> Sequence[bytes]:
    """Say "that is me" to every request for the upper half of the network, as a router with proxy ARP does."""
    asked = frame[38:42]
    if not is_request(frame) or asked[3] < FIRST_PROXIED or asked == frame[28:32]:
        return ()
    return (arp_reply(frame, own_mac(device), asked),)


def answers_as_strangers(frame: bytes, device: Device) -> Sequence[bytes]:
    """Answer each request as addresses nobody asked for: of other networks, of everybody, the asker's own."""
    if not is_request(frame):
        return ()
    strangers = ("10.66.1.250", "192.0.2.1", "255.255.255.255", "224.0.0.1", "0.0.0.0", socket.inet_ntoa(frame[28:32]))
    return [arp_reply(frame, own_mac(device), socket.inet_aton(one)) for one in strangers]


def answers_with_odd_cards(frame: bytes, device: Device) -> Sequence[bytes]:
    """Answer for its own address with cards that are none: all zeros, broadcast, multicast, and a new one each time."""
    if not is_request(frame) or frame[38:42] != socket.inet_aton(device.address):
        return ()
    odd = (bytes(6), b"\xff" * 6, b"\x01\0\x5e\0\0\1", b"\x02" + frame[27:28] + bytes(4))
    return [arp_reply(frame, mac, frame[38:42]) for mac in odd]


def answers_short(frame: bytes, device: Device) -> Sequence[bytes]:
    """Answer with frames that are too short, of other hardware, or with lengths that are wrong."""
    if not is_request(frame):
        return ()
    good = arp_reply(frame, own_mac(device), socket.inet_aton(device.address))
    return (good[:20], good[:14] + b"\0\6" + good[16:], good[:18] + b"\xff\xff" + good[20:])


@dataclass(slots=True)
class Flood:
    """Answers each discovery question as thousands of devices; counts on from one question to the next."""

    network: bytes  # first two bytes of the pretended addresses
    sent: dict[str, int] = field(default_factory=dict)  # by device

    def __call__(self, frame: bytes, device: Device) -> Sequence[bytes]:
        if frame[12:14] != b"\x08\x00" or frame[23] != 17 or frame[6:12] == own_mac(device):
            return ()
        source, target = struct.unpack_from("!HH", frame, 34)
        if target != 37_020 or b"<Probe>" not in frame:
            return ()
        begun = self.sent.get(device.mac, 0)
        count = min(FLOOD - begun, FLOOD // QUESTIONS)
        self.sent[device.mac] = begun + count
        return [self._forge(number, frame, device, source) for number in range(begun, begun + count)]

    def _forge(self, number: int, frame: bytes, device: Device, port: int) -> bytes:
        address = self.network + struct.pack("!H", number % 0xFFFF)
        told = f"<DeviceSN>DS-2CD20240311AAWRF{number:09}</DeviceSN><DeviceDescription>DS-2CD</DeviceDescription>"
        text = f"<ProbeMatch>{told}</ProbeMatch>"
        return udp_frame(own_mac(device), frame[6:12], address, frame[26:30], (37_020, port), text.encode())


@dataclass(slots=True)
class ForgedNeighbours:
    """Answers each SADP question in the name of every address of the segment."""

    def __call__(self, frame: bytes, device: Device) -> Sequence[bytes]:
        if frame[12:14] != b"\x08\x00" or frame[23] != 17 or b"<Probe>" not in frame:
            return ()
        source, target = struct.unpack_from("!HH", frame, 34)
        if target != 37_020:
            return ()
        own = socket.inet_aton(device.address)
        text = b"<ProbeMatch><DeviceDescription>camera</DeviceDescription><HttpPort>80</HttpPort></ProbeMatch>"
        return [
            udp_frame(own_mac(device), frame[6:12], own[:3] + bytes([last]), frame[26:30], (37_020, source), text)
            for last in range(FIRST_PROXIED, 255)
        ]


def floods_sadp_frames(frame: bytes, device: Device) -> Sequence[bytes]:
    """Answer each ARP request with SADP frames of link layer type 0x8033 from cards of its invention."""
    del device
    if not is_request(frame):
        return ()
    head = frame[22:28] + b"\x02\x66" + frame[38:42] + struct.pack("!H", SADP_FRAMES)
    return [head + bytes([0x21, 2, 1, 0x42, 0, 0, 3]) + bytes(size) for size in (0, 3, 60, 400)]


def _case(name: str, does: str, script: OnLink, shown: Shown = Shown.NOBODY, why: str = "") -> Case:
    return Case(name, "link", does, (script,), shown=shown, why=why)


CASES: Final = (
    _case("arp-for-everything", "answers ARP for every address that is nobody's", OnLink(answers_for_all)),
    _case(
        "arp-strangers",
        "answers ARP as addresses nobody asked for, the asker's own among them",
        OnLink(answers_as_strangers),
    ),
    _case(
        "arp-odd-cards", "answers ARP for itself with hardware addresses that are none", OnLink(answers_with_odd_cards)
    ),
    _case("arp-malformed", "answers ARP with short and wrong frames", OnLink(answers_short)),
    _case(
        "flood-strangers",
        "answers SADP as 100,000 devices of another network, all from one card",
        OnLink(Flood(b"\xac\x10")),
    ),
    _case(
        "flood-neighbours",
        "answers SADP in the name of every address of the segment",
        OnLink(ForgedNeighbours()),
        shown=Shown.SUSPECTED,
        why="what answers SADP is of the family, whose ever the address is",
    ),
    _case(
        "frames-of-sadp", "sends SADP frames of the link layer from cards of its invention", OnLink(floods_sadp_frames)
    ),
)
