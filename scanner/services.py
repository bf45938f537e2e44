"""Which ports and paths of one host are worth a question, from what is known of it. Pure; contacts nothing.

Whatever a device names itself (a port, a URL) is held to its own address and to a narrow shape first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scanner.announcements import names_host
from scanner.codec.onvif_soap import PATH as ONVIF_PATH

PLAIN_WEB: Final = (80, 8080, 88, 81, 8000)
"""Ports that speak HTTP on cameras and recorders (protocols: section 8); 8000 last: Hikvision's SDK sits there."""

TLS_WEB: Final = (443, 8443)

SDK: Final = frozenset({8000, 8443})
"""Where Hikvision's SDK listens, plain and by TLS (protocols: section 11); it is mute to HTTP or answers an error."""

RTSP: Final = (554, 8554)

REMEMBERED: Final = 2_048
"""Answers remembered: the same is asked of each host some twenty times, whenever something more was heard of it."""

_Announced = frozenset[tuple[str, int]]

_ONVIF_PATH: Final = re.compile(r"/(?!.*(?:\.\.|cgi))(?=.*(?:onvif|device))[\w./-]{1,120}", re.IGNORECASE | re.ASCII)
_DESCRIPTION_PATH: Final = re.compile(
    r"/(?!.*(?:\.\.|cgi-bin))(?=.*(?:xml|desc|upnp))[\w./:-]{1,120}(?:\?[\w.:=&-]{1,120})?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a host a service is."""

    port: int
    path: str
    tls: bool


def announced_ports(service: str, announced: _Announced) -> tuple[int, ...]:
    """The ports announced for a service, in order."""
    return tuple(sorted(port for name, port in announced if name == service))


def speaks_tls(port: int, announced: _Announced) -> bool:
    """True when a web port is asked by TLS: announced as https, or one of the usual ones and not announced as http."""
    return ("https", port) in announced or (port in TLS_WEB and ("http", port) not in announced)


@functools.lru_cache(maxsize=REMEMBERED)
def web_ports(
    open_ports: frozenset[int], announced: _Announced, heard: frozenset[str] = frozenset()
) -> tuple[int, ...]:
    """Web ports to ask, plain ones first. An SDK port is no web port: one announced as such, or that of a SADP host."""
    hikvision = any(name.startswith("sadp.") for name in heard)
    asked = {port for port in open_ports if ("sdk", port) not in announced and not (hikvision and port in SDK)}
    plain = (port for port in PLAIN_WEB if port in asked)
    tls = (port for port in TLS_WEB if port in asked)
    wanted = (*plain, *announced_ports("http", announced), *tls, *announced_ports("https", announced))
    return tuple(dict.fromkeys(wanted))


def rtsp_ports(open_ports: frozenset[int], announced: _Announced) -> tuple[int, ...]:
    """RTSP ports to ask."""
    return tuple(dict.fromkeys([port for port in RTSP if port in open_ports] + [*announced_ports("rtsp", announced)]))


def onvif_places(
    address: str, xaddrs: Iterable[str], open_ports: frozenset[int], announced: _Announced
) -> tuple[Place, ...]:
    """Where the device service is: at the first own-address XAddr, else at the usual path of the first web port."""
    named = [place for url in xaddrs if (place := own_service(url, address)) is not None]
    ports = web_ports(open_ports, announced)
    return tuple(named[:1] or (Place(port, ONVIF_PATH, speaks_tls(port, announced)) for port in ports[:1]))


def own_service(url: str, address: str) -> Place | None:
    """The place of an ONVIF service on the host itself; None for anything else."""
    return own_place(url, address, _ONVIF_PATH)


def description_places(address: str, locations: Iterable[str]) -> tuple[Place, ...]:
    """Where the device description is: one place for each port of an own-address LOCATION."""
    places = (own_place(url, address, _DESCRIPTION_PATH) for url in locations)
    found: dict[int, Place] = {}
    for place in places:
        if place is not None:
            found.setdefault(place.port, place)
    return tuple(found.values())


@functools.lru_cache(maxsize=REMEMBERED)
def own_place(url: str, address: str, shape: re.Pattern[str]) -> Place | None:
    """The place a URL names on the host itself; None for another host, scheme, a user name, or an odd path."""
    if not names_host(url, address):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme not in ("http", "https") or parts.username is not None or not shape.fullmatch(path):
        return None
    tls = parts.scheme == "https"
    return Place(port or (443 if tls else 80), path, tls) if port != 0 else None
