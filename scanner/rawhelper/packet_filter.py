"""Kernel filter programs (classic BPF) for the listening sockets; pure, attaches nothing.

What the kernel drops here never costs a wake-up: on a busy segment that is nearly everything.
Instruction encoding: Linux include/uapi/linux/filter.h and bpf_common.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network
from typing import Final

from scanner.codec.ipv6_udp import FRAGMENT, FRAGMENT_HEADER, UDP
from scanner.codec.ipv6_udp import HEADER as UDP_AT

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand

LOAD_WORD: Final = 0x20  # A = 32 bits at the absolute offset
LOAD_HALF: Final = 0x28  # A = 16 bits
LOAD_LENGTH: Final = 0x80  # A = frame length
LOAD_BYTE: Final = 0x30  # A = 8 bits
LOAD_HALF_BEYOND: Final = 0x48  # A = 16 bits at X plus the offset
LOAD_HEADER_LENGTH: Final = 0xB1  # X = four times the lower half of the byte at the offset: the IPv4 header's length
MASK: Final = 0x54  # A = A and operand
JUMP_EQUAL: Final = 0x15
JUMP_AT_LEAST: Final = 0x35
JUMP_ANY_BIT: Final = 0x45
RETURN: Final = 0x06

KEEP: Final = 0x40000
"""Bytes of a frame to keep: more than any frame has."""

ACCEPT: Final = (RETURN, 0, 0, KEEP)
ACCEPT_HEAD: Final = (RETURN, 0, 0, 66)  # the headers up to the ports, behind a fragment's too, and no payload
REJECT: Final = (RETURN, 0, 0, 0)

ARP_LENGTH: Final = 42
ETHERNET_IPV4: Final = 0x0001_0800  # hardware type 1, protocol type 0x0800
SIX_AND_FOUR: Final = 0x0604  # address lengths
RECEIVER: Final = 0
SENDER: Final = 6
"""Offsets of the hardware addresses."""
FRAGMENT_OFFSET: Final = 0x1FFF  # set in every fragment but the first
LINK_LOCAL: Final = 0xFE80  # the first ten bits of an address (RFC 4291)
NO_FIRST_FRAGMENT: Final = 0xFFF8  # of the half word that holds the offset


def arp_filter(own_mac: bytes) -> tuple[Instruction, ...]:
    """Requests and replies for IPv4 over Ethernet that somebody else sent."""
    high, low = struct.unpack("!IH", own_mac)
    return (
        (LOAD_LENGTH, 0, 0, 0),
        (JUMP_AT_LEAST, 0, 13, ARP_LENGTH),
        (LOAD_WORD, 0, 0, 14),
        (JUMP_EQUAL, 0, 11, ETHERNET_IPV4),
        (LOAD_HALF, 0, 0, 18),
        (JUMP_EQUAL, 0, 9, SIX_AND_FOUR),
        (LOAD_HALF, 0, 0, 20),
        (JUMP_EQUAL, 1, 0, 1),  # request
        (JUMP_EQUAL, 0, 6, 2),  # reply
        (LOAD_WORD, 0, 0, 22),
        (JUMP_EQUAL, 0, 3, high),
        (LOAD_HALF, 0, 0, 26),
        (JUMP_EQUAL, 2, 1, low),
        REJECT,  # never reached: keeps the jumps above short to read
        ACCEPT,
        REJECT,
    )


def foreign_filter(own_mac: bytes) -> tuple[Instruction, ...]:
    """Every frame of the socket's ethertype that somebody else sent."""
    return (*_where_ours(own_mac, SENDER, REJECT), ACCEPT)


def stranger_filter(
    own_mac: bytes, own_networks: Sequence[IPv4Network], ports: Sequence[int]
) -> tuple[Instruction, ...]:
    """UDP over IPv4 from or to one of the ports, sent by somebody else whose address is in none of our networks."""
    program: list[Instruction] = [
        (LOAD_BYTE, 0, 0, 23),
        (JUMP_EQUAL, 1, 0, UDP),
        REJECT,
        (LOAD_HALF, 0, 0, 20),
        (JUMP_ANY_BIT, 0, 1, FRAGMENT_OFFSET),
        REJECT,
        *_where_ours(own_mac, SENDER, REJECT),
    ]
    for network in own_networks:
        program += [
            (LOAD_WORD, 0, 0, 26),
            (MASK, 0, 0, int(network.netmask)),
            (JUMP_EQUAL, 0, 1, int(network.network_address)),
            REJECT,
        ]
    program.append((LOAD_HEADER_LENGTH, 0, 0, 14))
    for offset in (14, 16):  # source port, destination port
        program.append((LOAD_HALF_BEYOND, 0, 0, offset))
        for port in ports:
            program += [(JUMP_EQUAL, 0, 1, port), ACCEPT]
    return (*program, REJECT)


def answer_filter(own_mac: bytes, ports: Sequence[int]) -> tuple[Instruction, ...]:
    """The head of a UDP datagram over IPv6 from a link-local sender that is for us alone, or for one of the ports."""
    plain, in_fragments = _for_us(own_mac, ports, UDP_AT), _for_us(own_mac, ports, UDP_AT + FRAGMENT_HEADER)
    return (
        (LOAD_HALF, 0, 0, 22),
        (MASK, 0, 0, 0xFFC0),
        (JUMP_EQUAL, 1, 0, LINK_LOCAL),
        REJECT,
        *_where_ours(own_mac, SENDER, REJECT),
        (LOAD_BYTE, 0, 0, 20),
        (JUMP_EQUAL, 0, len(plain), UDP),
        *plain,
        (JUMP_EQUAL, 1, 0, FRAGMENT),
        REJECT,
        (LOAD_BYTE, 0, 0, UDP_AT),
        (JUMP_EQUAL, 1, 0, UDP),
        REJECT,
        (LOAD_HALF, 0, 0, UDP_AT + 2),
        (JUMP_ANY_BIT, 0, 1, NO_FIRST_FRAGMENT),
        REJECT,
        *in_fragments,
    )


def _for_us(own_mac: bytes, ports: Sequence[int], at: int) -> tuple[Instruction, ...]:
    program: list[Instruction] = [
        *_where_ours(own_mac, RECEIVER, ACCEPT_HEAD),
        (LOAD_HALF, 0, 0, at + 2),  # destination port
    ]
    for port in ports:
        program += [(JUMP_EQUAL, 0, 1, port), ACCEPT_HEAD]
    return (*program, REJECT)


def _where_ours(own_mac: bytes, offset: int, verdict: Instruction) -> tuple[Instruction, ...]:
    """End with this verdict where the hardware address at the offset is our own; else go on behind it."""
    high, low = struct.unpack("!IH", own_mac)
    return (
        (LOAD_WORD, 0, 0, offset),
        (JUMP_EQUAL, 0, 3, high),
        (LOAD_HALF, 0, 0, offset + 4),
        (JUMP_EQUAL, 0, 1, low),
        verdict,
    )


def nothing_filter() -> tuple[Instruction, ...]:
    """No frame at all: for a socket that only sends."""
    return (REJECT,)


def encode(program: tuple[Instruction, ...]) -> bytes:
    """The program as an array of struct sock_filter."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def run(program: tuple[Instruction, ...], frame: bytes) -> bool:
    """Run a program as the kernel would; True when it keeps the frame. For tests and for reading a program."""
    value, index, at = 0, 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == RETURN:
            return operand > 0
        if code in _JUMPS:
            at += if_true if _JUMPS[code](value, operand) else if_false
        elif code == LOAD_LENGTH:
            value = len(frame)
        elif code == MASK:
            value &= operand
        elif (offset := operand + (index if code == LOAD_HALF_BEYOND else 0)) + _WIDTHS[code] > len(frame):
            return False
        elif code == LOAD_HEADER_LENGTH:
            index = 4 * (frame[offset] & 0xF)
        else:
            value = int.from_bytes(frame[offset : offset + _WIDTHS[code]], "big")


_WIDTHS: Final = {LOAD_WORD: 4, LOAD_HALF: 2, LOAD_HALF_BEYOND: 2, LOAD_BYTE: 1, LOAD_HEADER_LENGTH: 1}
_JUMPS: Final[dict[int, Callable[[int, int], bool]]] = {
    JUMP_EQUAL: lambda value, operand: value == operand,
    JUMP_AT_LEAST: lambda value, operand: value >= operand,
    JUMP_ANY_BIT: lambda value, operand: bool(value & operand),
}
