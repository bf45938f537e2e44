"""Plays the older Dahua search on UDP 5050: one fixed request, one binary answer. No login frame is known here."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import DvripSearch

REQUESTS: Final = tuple(
    bytes.fromhex(f"a301{last}").ljust(16, b"\0") + b"\x02".ljust(16, b"\0") for last in ("0001", "0000")
)
"""Both forms that tools send."""

FIXED: Final = 0x58
"""Size of the fixed block after the 32-byte header."""


def build_answer(device: Device, service: DvripSearch) -> bytes:
    """Lay out the 0xB3 frame: header, fixed block, then MAC and model, then the text lines."""
    model = device.fill(service.model)
    second = f"{device.mac}{model}".encode()
    lines = (
        f"Name:{device.fill(service.name)}",
        f"Device:{model}",
        f"IPv6Addr:{device.link_local}/64;gateway:",
        f"SerialNo:{device.values['serial']}",
    )
    third = "".join(f"{line}\r\n" for line in lines).encode()
    around = device.surroundings
    addresses = (device.address, around.netmask, around.gateway, around.gateway)
    header = bytearray(32)
    struct.pack_into("<BxBxI", header, 0, 0xB3, len(second), FIXED)
    struct.pack_into("<IH", header, 0x10, 2, len(third))
    block = bytearray(FIXED)
    struct.pack_into("<8s16s", block, 0, bytes.fromhex("0203000000000000"), device.fill(service.type).encode())
    for place, address in enumerate(addresses):
        block[0x18 + 4 * place : 0x1C + 4 * place] = ipaddress.IPv4Address(address).packed
    struct.pack_into("<HHHH", block, 0x3E, service.http_port, 443, 37777, 10)
    struct.pack_into("<H", block, 0x48, 37778)
    return bytes(header) + bytes(block) + second + third


def _answer(question: Question, device: Device, service: DvripSearch) -> Sequence[Answer]:
    device.ledger.note_request("dvrip-search", 5050, question.data[:4].hex(), device.surroundings.clock())
    if question.data not in REQUESTS:
        return ()
    return (Answer(build_answer(device, service), service.via, service.from_other_port),)


DVRIP_SEARCH: Final = DatagramPlayer("dvrip-search", 5050, (), _answer)
