"""Reads and writes the kernel's routing-netlink messages (links, neighbours); opens no socket.

Layout: Linux include/uapi/linux/{netlink,rtnetlink,if_link,neighbour}.h. Numbers are in host byte order.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled

GET_LINK: Final = 18
NEW_LINK: Final = 16
NEW_NEIGHBOUR: Final = 28
DELETE_NEIGHBOUR: Final = 29
GET_NEIGHBOUR: Final = 30

ERROR: Final = 2
DONE: Final = 3

REQUEST: Final = 0x1
ACKNOWLEDGE: Final = 0x4
DUMP: Final = 0x300
INTERRUPTED: Final = 0x10
"""NLM_F_DUMP_INTR: the table changed while it was read, so lines may be missing."""

EXCLUSIVE: Final = 0x200
CREATE: Final = 0x400

FAMILY_V4: Final = 2  # AF_INET; AF_* of this file are those of Linux, whatever machine reads a recorded message
FAMILY_V6: Final = 10

FLAG_UP: Final = 0x1
FLAG_LOOPBACK: Final = 0x8
FLAG_NO_ARP: Final = 0x80
FLAG_LOWER_UP: Final = 0x10000
HARDWARE_ETHERNET: Final = 1

INCOMPLETE: Final = 0x01
REACHABLE: Final = 0x02
STALE: Final = 0x04
DELAY: Final = 0x08
PROBE: Final = 0x10
FAILED: Final = 0x20
NO_ARP: Final = 0x40
PERMANENT: Final = 0x80

KNOWN: Final = REACHABLE | STALE | DELAY | PROBE | PERMANENT
"""States in which the kernel holds a hardware address that somebody gave it."""

EXTERNALLY_LEARNED: Final = 0x10
"""NTF_EXT_LEARNED: the entry neither counts against gc_thresh3 nor is collected; who adds it takes it out again."""

OURS: Final = 0xCA
"""What the entries of this program say of who made them (NDA_PROTOCOL); of rtnetlink.h's numbers nobody has it. So the
next run can tell what one that was killed left behind."""

_HEADER: Final = struct.Struct("=IHHII")
_LINK: Final = struct.Struct("=BxHiII")
_NEIGHBOUR: Final = struct.Struct("=BxxxiHBB")
_ATTRIBUTE: Final = struct.Struct("=HH")

_LINK_ADDRESS: Final = 1
_LINK_NAME: Final = 3
_NEIGHBOUR_ADDRESS: Final = 1
_NEIGHBOUR_MAC: Final = 2
_NEIGHBOUR_MAKER: Final = 12  # NDA_PROTOCOL


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came: its type, its flags and what follows the 16-byte header."""

    type: int
    flags: int
    body: bytes


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """One interface as the kernel names it; `mac` is None where the link has no Ethernet address."""

    index: int
    name: str
    mac: str | None
    flags: int

    @property
    def is_up(self) -> bool:
        """Switched on by the administrator."""
        return bool(self.flags & FLAG_UP)

    @property
    def has_carrier(self) -> bool:
        """The other end of the cable is there. (FLAG_RUNNING says the same up to a second later.)"""
        return bool(self.flags & FLAG_LOWER_UP)


@dataclass(frozen=True, slots=True)
class NeighbourEntry:
    """One line of the kernel's neighbour table; `mac` is None while the address is not resolved."""

    index: int
    address: str
    mac: str | None
    state: int
    flags: int
    maker: int = 0  # the program that made the entry, where it said so

    @property
    def is_known(self) -> bool:
        """Somebody answered for this address."""
        return self.mac is not None and bool(self.state & KNOWN)


def build_dump(kind: int, family: int, sequence: int) -> bytes:
    """Ask for every link (GET_LINK) or neighbour (GET_NEIGHBOUR) of one address family; 0 stands for all."""
    body = (_LINK if kind == GET_LINK else _NEIGHBOUR).pack(family, 0, 0, 0, 0)
    return _HEADER.pack(_HEADER.size + len(body), kind, REQUEST | DUMP, sequence, 0) + body


def build_learn(index: int, address: str, mac: str, sequence: int) -> bytes:
    """Enter one neighbour as learned from outside, so that no resolution is needed; EEXIST where one stands."""
    packed = ipaddress.ip_address(address)
    body = _NEIGHBOUR.pack(_family(packed), index, REACHABLE, EXTERNALLY_LEARNED, 0)
    body += _attribute(_NEIGHBOUR_ADDRESS, packed.packed) + _attribute(_NEIGHBOUR_MAC, _mac_bytes(mac))
    body += _attribute(_NEIGHBOUR_MAKER, bytes([OURS]))
    flags = REQUEST | ACKNOWLEDGE | CREATE | EXCLUSIVE
    return _HEADER.pack(_HEADER.size + len(body), NEW_NEIGHBOUR, flags, sequence, 0) + body


def build_forget(index: int, address: str, sequence: int) -> bytes:
    """Take one neighbour out again."""
    packed = ipaddress.ip_address(address)
    body = _NEIGHBOUR.pack(_family(packed), index, 0, 0, 0) + _attribute(_NEIGHBOUR_ADDRESS, packed.packed)
    return _HEADER.pack(_HEADER.size + len(body), DELETE_NEIGHBOUR, REQUEST | ACKNOWLEDGE, sequence, 0) + body


def parse_messages(data: bytes) -> Iterator[Message]:
    """Split one datagram into its messages; raises Garbled for a length that does not fit."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, flags, _, _ = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            raise Garbled(f"netlink message of {length} bytes at {offset} in a datagram of {len(data)}")
        yield Message(kind, flags, data[offset + _HEADER.size : offset + length])
        offset += (length + 3) & ~3


def parse_error(body: bytes) -> int:
    """The errno of an ERROR message; 0 is an acknowledgement."""
    if len(body) < 4:
        raise Garbled("netlink error message without a number")
    number: int = struct.unpack_from("=i", body)[0]
    return -number


def parse_link(body: bytes) -> LinkEntry:
    """Read one NEW_LINK message."""
    if len(body) < _LINK.size:
        raise Garbled(f"link message of {len(body)} bytes")
    _, hardware, index, flags, _ = _LINK.unpack_from(body)
    attributes = _attributes(body, _LINK.size)
    name = attributes.get(_LINK_NAME, b"").split(b"\0")[0].decode("utf-8", "replace")
    address = attributes.get(_LINK_ADDRESS, b"")
    ethernet = hardware == HARDWARE_ETHERNET and not flags & FLAG_NO_ARP and len(address) == 6
    return LinkEntry(index, name, _mac_text(address) if ethernet else None, flags)


def parse_neighbour(body: bytes) -> NeighbourEntry | None:
    """Read one NEW_NEIGHBOUR message; None for an entry of another family than IPv4 and IPv6."""
    if len(body) < _NEIGHBOUR.size:
        raise Garbled(f"neighbour message of {len(body)} bytes")
    family, index, state, flags, _ = _NEIGHBOUR.unpack_from(body)
    attributes = _attributes(body, _NEIGHBOUR.size)
    packed, mac = attributes.get(_NEIGHBOUR_ADDRESS, b""), attributes.get(_NEIGHBOUR_MAC, b"")
    if (family, len(packed)) not in ((FAMILY_V4, 4), (FAMILY_V6, 16)):
        return None
    # A dump of a full table has thousands of lines, and ipaddress takes ten times as long for the simple ones.
    address = ".".join(map(str, packed)) if family == FAMILY_V4 else str(ipaddress.IPv6Address(packed))
    mac_text = _mac_text(mac) if len(mac) == 6 and any(mac) else None
    return NeighbourEntry(index, address, mac_text, state, flags, (attributes.get(_NEIGHBOUR_MAKER) or b"\0")[0])


def _attributes(body: bytes, offset: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while offset + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, offset)
        if length < _ATTRIBUTE.size or offset + length > len(body):
            raise Garbled(f"netlink attribute of {length} bytes")
        found[kind & 0x3FFF] = body[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return found


def _attribute(kind: int, value: bytes) -> bytes:
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + bytes(-length % 4)


def _family(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return FAMILY_V4 if address.version == 4 else FAMILY_V6


def _mac_text(data: bytes) -> str:
    return data.hex(":")


def _mac_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
