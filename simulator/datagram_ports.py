"""UDP ports of simulated devices: hears a datagram, asks the players, sends the answers. Decides nothing about content.

In a network namespace that holds many devices, one socket hears what is sent to a group, through the interface of one
device, and every device answers from its own interface; a second socket hears what is sent to one device.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import ipaddress
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import Service, Way

AT_ONCE: Final = 64
"""Devices that answer one datagram in one turn of the loop."""

BATCH: Final = 64
"""Datagrams read in one turn of the loop, so that TCP is not starved by a flood."""

RECEIVE_BUFFER: Final = 8 << 20
"""Bytes; the kernel gives less where it must, and drops are counted."""

SO_RXQ_OVFL: Final = 40
SO_ATTACH_FILTER: Final = 26
IP_PKTINFO: Final = getattr(socket, "IP_PKTINFO", 8)
"""Linux numbers that the socket module of 3.11 does not name."""

_ANCILLARY: Final = socket.CMSG_SPACE(20) + socket.CMSG_SPACE(4)
_TO_THIS_HOST: Final = b"".join(
    struct.pack("HBBI", *line)
    for line in ((0x28, 0, 0, 0xFFFFF004), (0x15, 0, 1, 0), (0x06, 0, 0, 0xFFFFFFFF), (0x06, 0, 0, 0))
)
"""Classic BPF: load the packet type (SKF_AD_PKTTYPE), accept PACKET_HOST (0), drop broadcast and multicast."""


@dataclass(frozen=True, slots=True)
class Member:
    """One device that plays one protocol on this port."""

    device: Device
    player: DatagramPlayer
    service: Service
    interface: int  # index, 0 on loopback


@dataclass(slots=True)
class DatagramPort:
    """One UDP port of one address family in one place. `insiders` are addresses of devices, whose talk is ignored."""

    number: int
    members: Sequence[Member]
    insiders: frozenset[str]
    direct: socket.socket  # hears what is sent to one device, and sends the answers
    group: socket.socket | None  # hears what is sent to all; None on loopback
    make_other: Callable[[], socket.socket]  # a socket of the same place on an ephemeral port
    ipv6: bool = False
    multicast: bool = True  # false on loopback
    drops: int = 0
    _other: socket.socket | None = None
    _by_interface: dict[int, list[Member]] = field(default_factory=dict)

    def open(self) -> None:
        """Begin to hear."""
        for member in self.members:
            self._by_interface.setdefault(member.interface, []).append(member)
        loop = asyncio.get_running_loop()
        for one in self._hearing():
            loop.add_reader(one, self._read, one)

    def close(self) -> None:
        """Stop hearing."""
        loop = asyncio.get_running_loop()
        for one in self._hearing():
            loop.remove_reader(one)
            one.close()
        if self._other is not None:
            self._other.close()

    def _hearing(self) -> tuple[socket.socket, ...]:
        return (self.direct,) if self.group is None else (self.direct, self.group)

    def _read(self, one: socket.socket) -> None:
        for _ in range(BATCH):
            try:
                data, ancillary, _, peer = one.recvmsg(65_535, _ANCILLARY)
            except (BlockingIOError, ConnectionError):
                return
            host = peer[0].partition("%")[0]
            if host in self.insiders:
                continue
            interface, destination = self._where(ancillary)
            members = self._by_interface.get(interface, self.members if not interface else ())
            to_group = destination is not None and destination.is_multicast
            if destination is not None and not to_group:
                to_group = all(destination != self._own_address(member) for member in members)
            question = Question(data, peer[0], peer[1], to_group, self.ipv6)
            self._hand_out(question, self.members if to_group else members)

    def _own_address(self, member: Member) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(member.device.link_local if self.ipv6 else member.device.address)

    def _where(
        self, ancillary: list[tuple[int, int, bytes]]
    ) -> tuple[int, ipaddress.IPv4Address | ipaddress.IPv6Address | None]:
        """Interface index and destination address of a datagram; 0 and None on loopback, where nothing says so."""
        interface = 0
        destination: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
        for level, kind, data in ancillary:
            if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                interface, destination = struct.unpack_from("i", data)[0], ipaddress.IPv4Address(data[8:12])
            elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
                interface, destination = struct.unpack_from("16xi", data)[0], ipaddress.IPv6Address(data[:16])
            elif (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
                self.drops = max(self.drops, struct.unpack("I", data)[0])
        return interface, destination

    def _hand_out(self, question: Question, members: Sequence[Member]) -> None:
        """Let the members answer, some at a time: what else the loop plays must not wait for two thousand of them."""
        if rest := members[AT_ONCE:]:
            asyncio.get_running_loop().call_soon(self._hand_out, question, rest)
        for member in members[:AT_ONCE]:
            if not member.player.concerns(question.data):
                continue
            if not member.device.hears(member.player.play, len(question.data), shared=question.to_group):
                continue
            answers = member.player.answer(question, member.device, member.service)
            if answers:
                member.device.ledger.answered[member.player.play] += 1
            for answer in answers:
                self._send_after(member.device.quirks.think + answer.delay, member, answer, question)

    def _send_after(self, delay: float, member: Member, answer: Answer, question: Question) -> None:
        if delay:
            asyncio.get_running_loop().call_later(delay, self._send, member, answer, question)
        else:
            self._send(member, answer, question)

    def _send(self, member: Member, answer: Answer, question: Question) -> None:
        if self.direct.fileno() < 0:
            return  # the stage closed while the device was thinking
        source = self._other_port() if answer.from_other_port else self.direct
        if Way.UNICAST in answer.ways or not self.multicast:
            if self.ipv6 or member.device.has_way_to(question.host):
                self._send_one(source, member, answer.data, (question.host, question.port))
            else:
                member.device.ledger.unsent += 1
        if Way.MULTICAST in answer.ways and self.multicast:
            for group in self._groups(member.player):
                self._send_one(source, member, answer.data, (group, self.number))

    def _groups(self, player: DatagramPlayer) -> Sequence[str]:
        return player.groups6 if self.ipv6 else (*(player.groups or ("255.255.255.255",)), *player.also_to)

    def _send_one(self, source: socket.socket, member: Member, data: bytes, target: tuple[str, int]) -> None:
        ledger = member.device.ledger
        if source.fileno() < 0:
            return
        try:
            source.sendmsg([data], self._from(member), 0, target)
            ledger.sent += len(data)
        except BlockingIOError:  # the wire is full for a moment: thousands answer one question
            asyncio.get_running_loop().call_later(0.002, self._send_one, source, member, data, target)
        except OSError as error:
            if error.errno not in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED, errno.ENODEV):
                raise
            ledger.unsent += 1

    def _from(self, member: Member) -> list[tuple[int, int, bytes]]:
        if not member.interface:
            return []
        if self.ipv6:
            source = socket.inet_pton(socket.AF_INET6, member.device.link_local)
            return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, source + struct.pack("i", member.interface))]
        source = socket.inet_aton(member.device.address)
        return [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("i", member.interface) + source + bytes(4))]

    def _other_port(self) -> socket.socket:
        if self._other is None:
            self._other = self.make_other()
        return self._other


def make_udp(port: int, *, host: str = "", ipv6: bool = False) -> socket.socket:
    """Return a UDP socket that says on which interface and for which address a datagram came."""
    one = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        _prepare(one, host=host, ipv6=ipv6)
        one.bind((host, port))
    except BaseException:
        one.close()
        raise
    return one


def _prepare(one: socket.socket, *, host: str, ipv6: bool) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    one.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    if ipv6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    elif not host:
        one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)


def hear_only_unicast(one: socket.socket) -> None:
    """Make a socket deaf to broadcast and multicast: with a thousand interfaces it would hear each a thousand times."""
    code = ctypes.create_string_buffer(_TO_THIS_HOST, len(_TO_THIS_HOST))
    program = struct.pack("HL", len(_TO_THIS_HOST) // 8, ctypes.addressof(code))
    one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    one.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 0)  # the kernel counts filtered datagrams as drops


def hear_groups(one: socket.socket, interface: str, groups: Sequence[str], *, ipv6: bool) -> None:
    """Tie a socket to one interface and join the groups there."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    index = socket.if_nametoindex(interface)
    for group in dict.fromkeys(groups):
        if ipv6:
            request = socket.inet_pton(socket.AF_INET6, group) + struct.pack("i", index)
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
        else:
            request = socket.inet_aton(group) + bytes(4) + struct.pack("i", index)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
