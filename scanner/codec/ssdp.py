"""SSDP searches out, responses and announcements in (UPnP Device Architecture 1.1); never follows a LOCATION itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.http1 import USER_AGENT, find_header, parse_head, parse_headers
from scanner.codec.text import cut_field

GROUP_V4: Final = "239.255.255.250"
GROUP_V6: Final = "ff02::c"
PORT: Final = 1900

SEARCH_TARGETS: Final = ("ssdp:all", "upnp:rootdevice")
"""Some units answer only the one, some only the other."""

DATAGRAM_CAP: Final = 16 * 1024
"""Bytes read of one answer: honest ones stay under 1 kB."""

_VALUE: Final = re.compile(r"[\x21-\x7e]+")
_DAHUA_USN: Final = re.compile(r"device_[0-9]_[0-9]-([0-9A-Za-z]{6,32})")


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
    """Build one M-SEARCH; ValueError for a blank or control character in `st`."""
    if _VALUE.fullmatch(st) is None:
        raise ValueError(f"{st!r} is not a search target")
    host = f"[{group}]" if ":" in group else group
    return (
        f"M-SEARCH * HTTP/1.1\r\nHOST: {host}:{PORT}\r\n"
        f'MAN: "ssdp:discover"\r\nMX: {mx}\r\nST: {st}\r\nUSER-AGENT: {USER_AGENT}\r\n\r\n'
    ).encode("ascii")


def parse_answer(data: bytes) -> SsdpAnswer:
    """Read one datagram; Garbled when it is neither a response nor a NOTIFY (our own M-SEARCH is neither)."""
    text = data[:DATAGRAM_CAP].decode("utf-8", "replace").rstrip("\x00")
    if text.startswith("NOTIFY "):
        kind, headers = "notify", parse_headers(text.split("\n")[1:100])
    elif text.startswith("HTTP/"):
        kind, headers = "response", parse_head(text).headers
    else:
        raise Garbled("neither an SSDP response nor a NOTIFY")

    def get(name: str) -> str:
        return cut_field(find_header(headers, name) or "")

    usn = get("USN")
    return SsdpAnswer(kind, get("SERVER"), usn, get("ST") or get("NT"), get("LOCATION"), read_serial(usn), headers)


def read_serial(usn: str) -> str:
    """The serial number in a USN of Dahua's form, "uuid:www.dahuatech.com.device_3_0-<serial>"; empty when none."""
    found = _DAHUA_USN.search(usn)
    return found[1] if found else ""
