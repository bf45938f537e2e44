"""The TVT search (MHED) on UDP 23456: operation 8 out, 7 in; never any other operation. Source: ipcprobe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUP: Final = "234.55.55.55"
ANSWER_GROUP: Final = "234.55.55.56"
PORT: Final = 23456


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
    channels: int
    http_port: int
    port: int

    @property
    def is_answer(self) -> bool:
        """True for a search answer."""
        return self.operation == 7


def build_search() -> tuple[bytes, ...]:
    """The search datagram of 140 bytes."""
    raise NotImplementedError


def parse_answer(data: bytes) -> TvtAnswer:
    """Read one datagram; raises Garbled."""
    raise NotImplementedError
