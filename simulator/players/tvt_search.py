"""Plays the TVT search (MHED) on UDP 23456, group 234.55.55.55: a 140-byte request, a 240-byte answer."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import TvtSearch

REQUEST: Final = b"MHED\x08\x00\x01\x00\x01\x00"
"""How a request begins; zeros follow."""

PART: Final = 16
"""Bytes of one model part; the first stands after the second."""


def build_answer(device: Device, service: TvtSearch) -> bytes:
    """Lay out the 240 bytes; offsets as in docs/simulator.md."""
    out = bytearray(240)
    struct.pack_into("<4sHHHH", out, 0, b"MHED", 7, 1, 1, 0)
    struct.pack_into("20s6sH", out, 12, device.fill(service.name).encode(), _packed_mac(device), service.sdk_port)
    around = device.surroundings
    for place, address in zip((40, 44, 48), (device.address, around.netmask, around.gateway), strict=True):
        out[place : place + 4] = ipaddress.IPv4Address(address).packed
    struct.pack_into("<I", out, 52, int.from_bytes(bytes(service.firmware)))
    struct.pack_into("<IH2xI", out, 56, service.build, service.http_port, service.type)
    model = device.fill(service.model).encode().ljust(2 * PART, b"\0")
    out[196 : 196 + PART], out[180 : 180 + PART] = model[:PART], model[PART : 2 * PART]
    struct.pack_into("<I", out, 228, service.channels)
    return bytes(out)


def _packed_mac(device: Device) -> bytes:
    return bytes.fromhex(device.mac.replace(":", ""))


def _answer(question: Question, device: Device, service: TvtSearch) -> Sequence[Answer]:
    if not question.data.startswith(REQUEST):
        return ()
    device.ledger.note_request("tvt-search", TVT_SEARCH.port, "MHED 8", device.surroundings.clock())
    return (Answer(build_answer(device, service), service.via, service.from_other_port),)


TVT_SEARCH: Final = DatagramPlayer("tvt-search", 23456, ("234.55.55.55",), _answer, also_to=("234.55.55.56",))
