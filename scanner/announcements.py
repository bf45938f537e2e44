"""What a device announces of its own services: ports, ONVIF addresses, descriptions. Pure; admits and contacts nothing.

Every address that a device names is compared with the one it answered from; a foreign one is dropped here and would
be refused again by the scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from scanner.codec import Garbled, dhdiscover, sadp
from scanner.model import Observation

ANNOUNCED_CAP: Final = 12
"""Services believed of one device; a hostile one would name thousands to have itself probed for ever."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one observation announces about the host it came from."""

    ports: frozenset[tuple[str, int]] = frozenset()
    xaddrs: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    exists: bool = True


NOTHING: Final = Announcement()


def read_announcement(seen: Observation) -> Announcement:
    """The services that one observation announces, capped; garbled answers announce nothing."""
    if seen.address is None:
        return NOTHING
    try:
        match seen.name:
            case "sadp.raw":
                return _from_sadp(seen.value)
            case "dhdiscover.raw":
                return _from_dhdiscover(seen.value)
            case "onvif-wsd.xaddrs":
                return _from_xaddrs(seen.value, seen.address)
            case "ssdp.location":
                return _from_location(seen.value, seen.address)
    except Garbled:
        return NOTHING
    return NOTHING


def _from_sadp(text: str) -> Announcement:
    answer = sadp.parse_answer(text.encode())
    held = {"http": answer.http_port, "sdk": answer.command_port}
    return Announcement(frozenset((name, port) for name, port in held.items() if port and 0 < port < 65536))


def _from_dhdiscover(text: str) -> Announcement:
    answer = dhdiscover.parse_answer(text.encode())
    held = {"http": answer.http_port, "sdk": answer.port}
    return Announcement(frozenset((name, port) for name, port in held.items() if port and 0 < port < 65536))


def _from_xaddrs(text: str, address: str) -> Announcement:
    own = [url for url in text.split()[:ANNOUNCED_CAP] if names_host(url, address)]
    ports = frozenset(place for url in own if (place := _place(url)) is not None)
    return Announcement(ports, tuple(own))


def _from_location(url: str, address: str) -> Announcement:
    return Announcement(locations=(url,)) if names_host(url, address) else NOTHING


def names_host(url: str, address: str) -> bool:
    """True when the URL's host is literally the address; names are never resolved."""
    try:
        host = urlsplit(url).hostname
        return host is not None and ip_address(host.partition("%")[0]) == ip_address(address)
    except ValueError:
        return False


def _place(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return (parts.scheme, port) if parts.scheme in ("http", "https") else None
