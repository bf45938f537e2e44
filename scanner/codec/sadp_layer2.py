"""Reads SADP frames of ethertype 0x8033; there is no builder here, since the frame also carries write verbs.

Layout: hiktools, csadp/model.py (bytes after the Ethernet header, big-endian).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import write_mac

ETHERTYPE: Final = 0x8033

_MARKER: Final = 0x21
_SHORTEST: Final = 34
_ORIGINS: Final = {0x42: "client", 0xF6: "device"}
_TYPES: Final = {0x02: "online", 0x03: "inquiry", 0x04: "inquiry-response"}


@dataclass(frozen=True, slots=True)
class Layer2Frame:
    """The sender of one frame."""

    origin: str  # "device", "client" or two hexadecimal digits
    type: str  # "online", "inquiry", "inquiry-response" or two hexadecimal digits
    mac: str
    ipv4: str

    @property
    def is_device(self) -> bool:
        """True when a unit of the family spoke, not a tool."""
        return self.origin == "device" or self.type in ("online", "inquiry-response")

    @property
    def text(self) -> str:
        """The value of the observation sadp.layer2: "origin type mac ipv4"."""
        return f"{self.origin} {self.type} {self.mac} {self.ipv4}"


def parse_frame(data: bytes) -> Layer2Frame:
    """Read the bytes after the 14-byte Ethernet header; raises Garbled."""
    if len(data) < _SHORTEST:
        raise Garbled(f"a frame of {len(data)} bytes, less than {_SHORTEST}")
    if data[0] != _MARKER:
        raise Garbled(f"no SADP marker: it begins with {data[:4].hex()}")
    return Layer2Frame(
        origin=_ORIGINS.get(data[3], f"{data[3]:02x}"),
        type=_TYPES.get(data[10], f"{data[10]:02x}"),
        mac=write_mac(data[14:20].hex()),
        ipv4=".".join(str(byte) for byte in data[20:24]),
    )
