"""The TVT search (MHED) on UDP 23456: operation 8 out, 7 in; never any other operation. Source: ipcprobe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.text import decode_padded, write_network

GROUP: Final = "234.55.55.55"
ANSWER_GROUP: Final = "234.55.55.56"
PORT: Final = 23456

_MAGIC: Final = b"MHED"
_ANSWER: Final = 7
_LENGTH: Final = 240
_KINDS: Final = {0: "DVR", 2: "IPC", 3: "NVR"}


@dataclass(frozen=True, slots=True)
class TvtAnswer:
    """One answer; absent parts are empty text."""

    operation: int  # 7 for a true answer
    name: str
    model: str
    mac: str
    firmware: str  # "1.4.10.0"
    kind: str  # "DVR", "IPC", "NVR" or the number
    ipv4: str
    network: str
    gateway: str  # "0.0.0.0" where none is set
    channels: int
    http_port: int
    port: int

    @property
    def is_answer(self) -> bool:
        """True for a search answer."""
        return self.operation == _ANSWER


def build_search() -> tuple[bytes, ...]:
    """The search datagram of 140 bytes."""
    return (_MAGIC + b"\x08\x00\x01\x00\x01\x00" + bytes(130),)


def parse_answer(data: bytes) -> TvtAnswer:
    """Read one datagram; raises Garbled."""
    if len(data) < _LENGTH or not data.startswith(_MAGIC):
        raise Garbled(f"not a TVT answer: {len(data)} bytes that begin with {data[:8].hex()}")
    address, mask, gateway = (".".join(map(str, data[at : at + 4])) for at in (40, 44, 48))
    kind = _number(data, 64, 4)
    return TvtAnswer(
        operation=_number(data, 4, 2),
        name=decode_padded(data[12:32]),
        model=decode_padded(data[196:212]) + decode_padded(data[180:196]),
        mac=normalise_mac(data[32:38].hex()) or "",
        firmware=".".join(map(str, reversed(data[52:56]))),
        kind=_KINDS.get(kind, str(kind)),
        ipv4=address,
        network=write_network(address, mask, gateway, ""),
        gateway=gateway,
        channels=_number(data, 228, 4),
        http_port=_number(data, 60, 2),
        port=_number(data, 38, 2),
    )


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
