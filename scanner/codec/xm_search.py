"""The Xiongmai search on UDP 34569: message 1530 out, 1531 in; never any other message id. Source: python-dvr."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.text import VALUE_CAP, decode_text, flatten_json, mask_json, read_json, read_number

PORT: Final = 34569

_SEARCH: Final = 1530
_ANSWER: Final = 1531
_HEADER: Final = struct.Struct("<B3xII2xHI")  # 0xff, session, sequence, message id, length
_PREFIX: Final = "NetWork.NetCommon."
_HEX_ADDRESS: Final = re.compile(r"0x([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class XmAnswer:
    """One answer; absent parts are empty text."""

    message: int  # 1531 for a true answer
    fields: tuple[tuple[str, str], ...]  # NetWork.NetCommon, credentials dropped
    name: str
    model: str
    serial: str
    mac: str
    firmware: str
    ipv4: str
    channels: int | None
    port: int | None

    @property
    def is_answer(self) -> bool:
        """True for a search answer."""
        return self.message == _ANSWER


def build_search() -> tuple[bytes, ...]:
    """The search datagram."""
    return (_HEADER.pack(0xFF, 0, 0, _SEARCH, 0),)


def redact(data: bytes) -> bytes:
    """The datagram with the values of secrets turned to asterisks: what may be stored and hashed as evidence."""
    return mask_json(data)


def parse_answer(data: bytes) -> XmAnswer:
    """Read one datagram; raises Garbled."""
    if not _HEADER.size < len(data) <= VALUE_CAP or data[0] != 0xFF:
        raise Garbled(f"not an XM answer: it begins with {data[:8].hex()}")
    message = _HEADER.unpack_from(data)[3]
    start = data.find(b"{", _HEADER.size)
    if start < 0:
        raise Garbled("an XM answer without JSON")
    flat = flatten_json(read_json(decode_text(data[start:])))
    fields = tuple((name.removeprefix(_PREFIX), value) for name, value in flat)
    by_name = dict(reversed(fields))

    def get(*names: str) -> str:
        return next((by_name[name] for name in names if by_name.get(name)), "")

    return XmAnswer(
        message=message,
        fields=fields,
        name=get("HostName"),
        model=get("DeviceType", "BuildDate"),
        serial=get("SN"),
        mac=normalise_mac(get("MAC")) or "",
        firmware=get("BuildDate", "Version", "OtherFunction"),
        ipv4=read_address(get("HostIP")),
        channels=read_number(get("ChannelNum")),
        port=read_number(get("TCPPort")),
    )


def read_address(text: str) -> str:
    """An address as XM writes it: little-endian hexadecimal, "0x0A01A8C0" for 192.168.1.10."""
    found = _HEX_ADDRESS.fullmatch(text)
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(found[1]))) if found else text
