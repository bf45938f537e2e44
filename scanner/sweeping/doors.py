"""Opens the UDP sockets of one question on one interface; sends nothing and decides nothing.

A question may need two: one on the port a protocol prescribes, joined to its group, since some devices answer to the
group; and one on a free port, since others answer only whoever asked from there.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final

from scanner.link import Tally
from scanner.scope import Interface

RECEIVE_SPACE: Final = 8 << 20
"""Bytes of receive buffer: 1,588 answers in 20 ms filled a stock buffer before the loop came round."""

HOPS: Final = 1
"""TTL of every multicast and broadcast: no router may carry a question beyond the segment."""

SO_RCVBUFFORCE: Final = 33
SO_RXQ_OVFL: Final = 40
IP_MULTICAST_ALL: Final = 49
IP_PKTINFO: Final = 8  # socket.IP_PKTINFO exists from Python 3.12 only; these four are Linux include/uapi numbers

Family = socket.AddressFamily


@dataclass(frozen=True, slots=True)
class Ports:
    """The local port a protocol prescribes, if any, and the groups to join on it."""

    fixed: int = 0
    sends: bool = False  # ask from it too; else it only listens
    join: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """One open socket: which address family, and whether questions go out by it."""

    socket: socket.socket
    family: Family
    sends: bool


def open_doors(
    interface: Interface | None,
    families: Sequence[Family],
    ports: Ports,
    *,
    tally: Tally,
    stack: ExitStack,
) -> list[Door]:
    """Open what can be opened; what cannot is told to the tally. The stack closes them."""
    doors: list[Door] = []
    for family in families:
        if interface is not None and not _can_speak(interface, family):
            tally.notes.append(f"{interface.name} has no {_name(family)} address, so none of its hosts was asked by it")
            continue
        if ports.fixed:
            doors += _open_fixed(interface, family, ports, tally, stack)
        try:
            doors.append(Door(stack.enter_context(_open(interface, family, 0)), family, sends=True))
        except OSError as error:
            tally.notes.append(f"no {_name(family)} socket could be opened: {error.strerror}")
    return doors


def _open_fixed(
    interface: Interface | None, family: Family, ports: Ports, tally: Tally, stack: ExitStack
) -> Iterator[Door]:
    try:
        sock = stack.enter_context(_open(interface, family, ports.fixed))
    except OSError as error:
        why = "another program on this machine holds it" if error.errno == errno.EADDRINUSE else error.strerror
        tally.notes.append(
            f"UDP port {ports.fixed} could not be used ({why}): answers sent to that port alone are not heard"
        )
        return
    if interface is not None:
        for group in ports.join:
            if _family_of(group) == family:
                _join(sock, interface, group, tally)
    yield Door(sock, family, sends=ports.sends)


def _open(interface: Interface | None, family: Family, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        _enlarge(sock)
        sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        if port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if interface is not None:
            _stay_on(sock, interface, family)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))  # noqa: S104  bound to the device instead
    except BaseException:
        sock.close()
        raise
    return sock


def _stay_on(sock: socket.socket, interface: Interface, family: Family) -> None:
    """Keep what is sent and heard on one interface."""
    # Before Linux 5.7 this needs a right. Without it multicast still leaves by the interface set below, and what comes
    # in by another one is told apart by its packet information.
    with suppress(PermissionError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.name.encode())
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, interface.index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, HOPS)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        return
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _membership("0.0.0.0", interface))  # noqa: S104
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, HOPS)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
    sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)


def _join(sock: socket.socket, interface: Interface, group: str, tally: Tally) -> None:
    try:
        if _family_of(group) == socket.AF_INET6:
            request = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", interface.index)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _membership(group, interface))
    except OSError as error:
        tally.notes.append(f"group {group} could not be joined on {interface.name}: {error.strerror}")


def _membership(group: str, interface: Interface) -> bytes:
    """struct ip_mreqn: group, own address, interface. Named so, it needs no default route."""
    own = str(interface.ipv4[0].ip) if interface.ipv4 else "0.0.0.0"  # noqa: S104
    return struct.pack("=4s4si", socket.inet_aton(group), socket.inet_aton(own), interface.index)


def _enlarge(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_SPACE)
    except PermissionError:  # needs CAP_NET_ADMIN; else net.core.rmem_max is the limit
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_SPACE)


def _can_speak(interface: Interface, family: Family) -> bool:
    """An Ethernet interface has a link-local IPv6 address by itself, if perhaps a second later than it was listed."""
    if family == socket.AF_INET6:
        return bool(interface.ipv6) or interface.mac is not None
    return bool(interface.ipv4)


def _family_of(address: str) -> Family:
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET


def _name(family: Family) -> str:
    return "IPv6" if family == socket.AF_INET6 else "IPv4"
