"""The Xiongmai search on UDP 34569: message 1530 out, 1531 in; never any other message id. Source: python-dvr."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PORT: Final = 34569


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
        return self.message == 1531


def build_search() -> tuple[bytes, ...]:
    """The search datagram."""
    raise NotImplementedError


def parse_answer(data: bytes) -> XmAnswer:
    """Read one datagram; raises Garbled."""
    raise NotImplementedError
