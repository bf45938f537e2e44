"""The old Dahua search on UDP 5050: 0xA3 out, 0xB3 in; never any other frame code (0xA0 would be a login).

Sources: UniversalScanner Dahua1 self-test, python-dvr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PORT: Final = 5050


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


def build_search() -> tuple[bytes, ...]:
    """The search datagram in both variants seen."""
    raise NotImplementedError


def parse_answer(data: bytes) -> DvripAnswer:
    """Read one datagram; Garbled when its code or its length is not that of an answer."""
    raise NotImplementedError
