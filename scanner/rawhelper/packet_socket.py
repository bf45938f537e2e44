"""AF_PACKET sockets: to send ARP requests, to hear ARP, SADP frames and heads of IPv6 answers; decides nothing.

Each is bound to one interface. The kernel's filter is attached before the socket is bound, so nothing else slips in.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from scanner.codec.sadp_layer2 import ETHERTYPE as SADP
from scanner.rawhelper import packet_filter
from scanner.rawhelper.ring import SendRing

ARP: Final = 0x0806
IPV4: Final = 0x0800
IPV6: Final = 0x86DD

DISCOVERY_PORTS: Final = (37020, 37810, 3702, 3705, 5050, 34569, 23456, 1900)
"""UDP ports that answers to our questions come from or go to (see the codecs of these protocols)."""

RECEIVE_SPACE: Final = 8 << 20
"""Bytes of receive buffer: some 10,000 small frames, so a pause of our process loses no answer."""

SEND_SPACE: Final = 1 << 20
"""Bytes of send buffer: several batches."""

FRAME_CAP: Final = 2048
"""Bytes read of one frame: an Ethernet frame without jumbo extension has 1,518."""

READ_AT_ONCE: Final = 512
"""Frames read before the sender gets its turn again: 2 ms of work, so a storm cannot stop the pace."""

_SOL_PACKET: Final = 263
_PACKET_STATISTICS: Final = 6
_SO_ATTACH_FILTER: Final = 26
_SO_SNDBUFFORCE: Final = 32
_SO_RCVBUFFORCE: Final = 33
_HARDWARE_ETHERNET: Final = 1


class NoEthernet(OSError):
    """The interface has no Ethernet addresses, so nobody there can be asked by ARP."""


@dataclass(slots=True)
class PacketSockets:
    """The sockets of one interface."""

    name: str
    index: int
    mac: bytes
    sender: socket.socket
    arp: socket.socket
    sadp: socket.socket
    answers: socket.socket  # heads of answers over IPv6: whose card they come from
    strangers: socket.socket | None = None  # UDP from beyond our networks, where the kernel would not hand it on
    ring: SendRing | None = None  # what the sender's frames leave through
    drops: int = 0  # frames the kernel dropped because its buffer was full, since the start

    def count_drops(self) -> int:
        """Frames dropped since the last call: the kernel's counter starts again whenever it is read."""
        new = sum(_dropped(sock) for sock in self.listening)
        self.drops += new
        return new

    def close(self) -> None:
        """Close all."""
        if self.ring is not None:
            self.ring.close()
        for sock in (self.sender, *self.listening):
            sock.close()

    @property
    def listening(self) -> tuple[socket.socket, ...]:
        """Those that hear."""
        always = (self.arp, self.sadp, self.answers)
        return always if self.strangers is None else (*always, self.strangers)


def open_sockets(name: str, *, strangers_beyond: Sequence[IPv4Network] | None = None) -> PacketSockets:
    """Open the sockets of one interface; PermissionError without the raw right, NoEthernet or OSError otherwise.

    With `strangers_beyond`, UDP answers from outside these networks are heard as well.
    """
    with contextlib.ExitStack() as stack:
        sender = stack.enter_context(_open(name, packet_filter.nothing_filter(), 0))
        _, _, _, hardware, mac = sender.getsockname()
        if hardware != _HARDWARE_ETHERNET or len(mac) != 6:
            raise NoEthernet(f"{name} has no Ethernet address")
        arp = stack.enter_context(_open(name, packet_filter.arp_filter(mac), ARP))
        sadp = stack.enter_context(_open(name, packet_filter.foreign_filter(mac), SADP))
        answers = stack.enter_context(_open(name, packet_filter.answer_filter(mac, DISCOVERY_PORTS), IPV6))
        strangers = None
        if strangers_beyond is not None:
            program = packet_filter.stranger_filter(mac, strangers_beyond, DISCOVERY_PORTS)
            strangers = stack.enter_context(_open(name, program, IPV4))
        index, ring = socket.if_nametoindex(name), _find_ring(sender)
        stack.pop_all()
    return PacketSockets(name, index, mac, sender, arp, sadp, answers, strangers, ring)


def read_frames(sock: socket.socket) -> Iterator[bytes]:
    """The frames that wait, at most READ_AT_ONCE; OSError when the interface went away."""
    for _ in range(READ_AT_ONCE):
        try:
            yield sock.recv(FRAME_CAP)
        except BlockingIOError:
            return


def receive_space(sock: socket.socket) -> int:
    """The receive buffer the kernel really gave, in bytes."""
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def _find_ring(sender: socket.socket) -> SendRing | None:
    try:
        return SendRing(sender)
    except OSError:  # older than Linux 4.6, or made without PACKET_MMAP
        return None


def _open(name: str, program: tuple[packet_filter.Instruction, ...], ethertype: int) -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        sock.setblocking(False)
        _attach(sock, program)
        _enlarge(sock)
        sock.bind((name, ethertype))
    except BaseException:
        sock.close()
        raise
    return sock


def _attach(sock: socket.socket, program: tuple[packet_filter.Instruction, ...]) -> None:
    code = packet_filter.encode(program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HL", len(program), ctypes.addressof(buffer))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)


def _enlarge(sock: socket.socket) -> None:
    for forced, allowed, space in (
        (_SO_SNDBUFFORCE, socket.SO_SNDBUF, SEND_SPACE),
        (_SO_RCVBUFFORCE, socket.SO_RCVBUF, RECEIVE_SPACE),
    ):
        try:
            sock.setsockopt(socket.SOL_SOCKET, forced, space)
        except PermissionError:  # needs CAP_NET_ADMIN; without it wmem_max and rmem_max of the kernel are the limits
            sock.setsockopt(socket.SOL_SOCKET, allowed, space)


def _dropped(sock: socket.socket) -> int:
    _, dropped = struct.unpack("II", sock.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    return int(dropped)
