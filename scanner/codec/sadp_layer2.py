"""Reads SADP frames of ethertype 0x8033; there is no builder here, since the frame also carries write verbs.

Layout: hiktools, csadp/model.py (bytes after the Ethernet header, big-endian).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ETHERTYPE: Final = 0x8033


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
    raise NotImplementedError
