"""Plays the link-layer announcement of Hikvision units (ethertype 0x8033, packet type 0x02). Knows no other type.

Layout after protocol notes; what follows the addresses is unpublished for devices, so zeros stand there.
"""

from __future__ import annotations

import ipaddress
import struct
from typing import Final

from simulator.device import Device

ETHERTYPE: Final = 0x8033
ONLINE: Final = 0x02
FROM_DEVICE: Final = 0xF6
PAYLOAD: Final = bytes(28)


def announcement(device: Device, counter: int) -> bytes:
    """One whole frame by which a device says that it is there."""
    mac = bytes.fromhex(device.mac.replace(":", ""))
    head = struct.pack(">BBBBIHBBH", 0x21, 0x01, 0x01, FROM_DEVICE, counter, 0x0604, ONLINE, 0, 0)
    sender = mac + ipaddress.IPv4Address(device.address).packed
    target = b"\xff" * 6 + bytes(4)
    mask = ipaddress.IPv4Address(device.surroundings.netmask).packed
    return b"\xff" * 6 + mac + struct.pack(">H", ETHERTYPE) + head + sender + target + mask + PAYLOAD
