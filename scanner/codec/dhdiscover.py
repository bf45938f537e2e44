"""DHDiscover.search out, client.notifyDevInfo in (DHIP framing); no other method exists here.

The family of methods also sets addresses and passwords: they are not implemented, not even disabled.
Sources: rroller/dahua discovery tests, UniversalScanner self-test, AMP-Research capture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUP: Final = "239.255.255.251"
PORT: Final = 37810


@dataclass(frozen=True, slots=True)
class DahuaAnswer:
    """One answer; `fields` are (dotted name, text), credentials dropped; absent parts are empty text."""

    method: str  # "client.notifyDevInfo" for a true answer
    text: str  # the JSON without header and trailing NULs
    fields: tuple[tuple[str, str], ...]
    device_class: str
    model: str
    serial: str
    mac: str
    firmware: str
    vendor: str
    manufacturer: str
    channels: int | None  # video inputs, local and remote
    network: str
    ipv4: str
    http_port: int | None
    port: int | None

    @property
    def is_answer(self) -> bool:
        """True for a device's description of itself."""
        return self.method == "client.notifyDevInfo"


def build_search() -> bytes:
    """The search datagram: 32 bytes of DHIP header and the JSON body."""
    raise NotImplementedError


def parse_answer(data: bytes) -> DahuaAnswer:
    """Read one datagram, or the bare JSON of one; raises Garbled."""
    raise NotImplementedError
