"""SSDP searches out, responses and announcements in (UPnP Device Architecture 1.1); never follows a LOCATION itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUP_V4: Final = "239.255.255.250"
GROUP_V6: Final = "ff02::c"
PORT: Final = 1900

SEARCH_TARGETS: Final = ("ssdp:all", "upnp:rootdevice")
"""Some units answer only the one, some only the other."""


@dataclass(frozen=True, slots=True)
class SsdpAnswer:
    """One response or NOTIFY; absent headers are empty text."""

    kind: str  # "response" or "notify"
    server: str
    usn: str
    st: str  # ST or NT
    location: str
    serial: str  # inside the USN, Dahua's form
    headers: tuple[tuple[str, str], ...]


def build_search(st: str, *, mx: int = 2, group: str = GROUP_V4) -> bytes:
    """Build one M-SEARCH; ValueError for a control character in `st`."""
    raise NotImplementedError


def parse_answer(data: bytes) -> SsdpAnswer:
    """Read one datagram; Garbled when it is neither a response nor a NOTIFY (our own M-SEARCH is neither)."""
    raise NotImplementedError
