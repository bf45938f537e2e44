"""The old Dahua search on UDP 5050: 0xA3 out, 0xB3 in; never any other frame code (0xA0 would be a login).

Sources: UniversalScanner Dahua1 self-test, python-dvr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.text import cut_field, decode_padded, write_network

PORT: Final = 5050

_CODE: Final = 0xB3
_BLOCK: Final = 0x58  # size of the fixed block after the 32-byte header
_PART_2: Final = 0x78  # where part 2 begins
_MAC_LENGTH: Final = 17
_LINES_CAP: Final = 64


@dataclass(frozen=True, slots=True)
class DvripAnswer:
    """One answer; absent parts are empty text."""

    code: str  # "b3"
    type: str  # device type or name in the fixed block
    model: str
    name: str
    serial: str
    mac: str
    ipv4: str
    network: str
    http_port: int | None
    port: int | None  # TCP SDK port
    lines: tuple[tuple[str, str], ...]  # the KEY:VALUE lines of part 3
    gateway: str  # "0.0.0.0" where none is set, as the two below
    dns: str
    gateway_v6: str  # empty where the answer has no IPv6 line


def build_search() -> tuple[bytes, ...]:
    """The search datagram in both variants seen."""
    rest = bytes(12) + b"\x02" + bytes(15)
    return b"\xa3\x01\x00\x01" + rest, b"\xa3\x01\x00\x00" + rest


def parse_answer(data: bytes) -> DvripAnswer:
    """Read one datagram; Garbled when its code or its length is not that of an answer."""
    if len(data) < _PART_2 or data[0] != _CODE or int.from_bytes(data[4:8], "little") != _BLOCK:
        raise Garbled(f"not a DVRIP search answer: it begins with {data[:8].hex()}")
    part_3 = _PART_2 + data[2]
    if len(data) != part_3 + int.from_bytes(data[0x14:0x16], "little"):
        raise Garbled(f"a DVRIP search answer of {len(data)} bytes that announces another length")
    name_part, lines = data[_PART_2:part_3], _read_lines(data[part_3:])
    by_name = dict(reversed(lines))
    address, mask, gateway, dns = (".".join(map(str, data[at : at + 4])) for at in (0x38, 0x3C, 0x40, 0x44))
    return DvripAnswer(
        code="b3",
        type=decode_padded(data[0x28:0x38]),
        model=decode_padded(name_part[_MAC_LENGTH:]) or by_name.get("Device", ""),
        name=by_name.get("Name", ""),
        serial=by_name.get("SerialNo", ""),
        mac=normalise_mac(decode_padded(name_part[:_MAC_LENGTH])) or "",
        ipv4=address,
        network=write_network(address, mask, gateway, ""),
        http_port=int.from_bytes(data[0x5E:0x60], "little") or None,
        port=int.from_bytes(data[0x62:0x64], "little") or None,
        lines=lines,
        gateway=gateway,
        dns=dns,
        gateway_v6=by_name.get("IPv6Addr", "").partition("gateway:")[2].partition("/")[0],
    )


def _read_lines(data: bytes) -> tuple[tuple[str, str], ...]:
    text = data.decode("utf-8", "replace").replace("\x00", "")
    pairs = (line.partition(":") for line in text.splitlines()[:_LINES_CAP])
    return tuple((cut_field(name, 100), cut_field(value)) for name, colon, value in pairs if colon)
