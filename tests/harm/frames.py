"""Holds every frame that left against the scope: whom it is for, and by what right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from tests import wiretap
from tests.wiretap import Frame

GROUPS: Final = frozenset(
    ("224.0.0.251", "234.55.55.55", "239.255.255.250", "239.255.255.251", "255.255.255.255", "ff02::fb", "ff02::c")
)
"""Whom the sweeps ask all at once (docs/safety.md)."""

MEMBERSHIP: Final = frozenset(("224.0.0.22", "ff02::16"))
"""Where the kernel says which groups it has joined (RFC 3376, RFC 3810)."""

SOLICITATION, ADVERTISEMENT = 135, 136


def is_helpers_arp(frame: Frame) -> bool:
    """An ARP request to everybody; the kernel's own look the same, and there is at most one for each host."""
    return frame.is_arp_request and frame.to_mac == b"\xff" * 6


def astray(
    frames: Iterable[Frame], scope: str | Iterable[str], excluded: str, broadcasts: Mapping[str, str]
) -> Iterator[Frame]:
    """The frames that nobody allowed. `broadcasts`: the named interfaces, and the broadcast address of each."""
    networks = [ip_network(one) for one in ([scope] if isinstance(scope, str) else scope)]
    shut = ip_network(excluded) if excluded else None

    def inside(text: str) -> bool:
        address = ip_address(text)
        return any(address in net for net in networks) and not (shut is not None and address in shut)

    for frame in frames:
        if frame.interface not in broadcasts:
            yield frame
        elif inside(frame.destination) or _is_for_everybody(frame, broadcasts[frame.interface]):
            continue
        elif not _is_neighbourly(frame):
            yield frame


def _is_for_everybody(frame: Frame, broadcast: str) -> bool:
    """A question to a group or by broadcast, that no router carries further; or the kernel's word of its groups."""
    if frame.destination in MEMBERSHIP:
        return frame.protocol in (wiretap.IGMP, 0, wiretap.ICMPV6)
    if frame.protocol != wiretap.UDP or frame.destination not in (*GROUPS, broadcast):
        return False
    return hops(frame) == 1 or frame.ports[1] == 5353  # mDNS prescribes 255, and its groups are of the link


def hops(frame: Frame) -> int:
    """How many routers would carry it, plus one."""
    return frame.data[22] if frame.ethertype == wiretap.ETH_P_IP else frame.data[21]


def _is_neighbourly(frame: Frame) -> bool:
    """The kernel's IPv6 neighbour discovery with a device on the link that asked for this machine's own address."""
    if frame.protocol != wiretap.ICMPV6:
        return False
    return frame.data[54] in (SOLICITATION, ADVERTISEMENT) and IPv6Address(frame.destination).is_link_local
