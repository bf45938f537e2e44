"""Kernel filter programs (classic BPF) for the listening sockets; pure, attaches nothing.

What the kernel drops here never costs a wake-up: on a busy segment that is nearly everything.
Instruction encoding: Linux include/uapi/linux/filter.h and bpf_common.h.
"""

from __future__ import annotations

import struct
from typing import Final

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand

LOAD_WORD: Final = 0x20  # A = 32 bits at the absolute offset
LOAD_HALF: Final = 0x28  # A = 16 bits
LOAD_LENGTH: Final = 0x80  # A = frame length
JUMP_EQUAL: Final = 0x15
JUMP_AT_LEAST: Final = 0x35
RETURN: Final = 0x06

KEEP: Final = 0x40000
"""Bytes of a frame to keep: more than any frame has."""

ACCEPT: Final = (RETURN, 0, 0, KEEP)
REJECT: Final = (RETURN, 0, 0, 0)

ARP_LENGTH: Final = 42
ETHERNET_IPV4: Final = 0x0001_0800  # hardware type 1, protocol type 0x0800
SIX_AND_FOUR: Final = 0x0604  # address lengths


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
    high, low = struct.unpack("!IH", own_mac)
    return (
        (LOAD_WORD, 0, 0, 6),
        (JUMP_EQUAL, 0, 2, high),
        (LOAD_HALF, 0, 0, 10),
        (JUMP_EQUAL, 1, 0, low),
        ACCEPT,
        REJECT,
    )


def nothing_filter() -> tuple[Instruction, ...]:
    """No frame at all: for a socket that only sends."""
    return (REJECT,)


def encode(program: tuple[Instruction, ...]) -> bytes:
    """The program as an array of struct sock_filter."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def run(program: tuple[Instruction, ...], frame: bytes) -> bool:
    """Run a program as the kernel would; True when it keeps the frame. For tests and for reading a program."""
    value, at = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == RETURN:
            return operand > 0
        if code == LOAD_LENGTH:
            value = len(frame)
        elif code in (LOAD_WORD, LOAD_HALF):
            size = 4 if code == LOAD_WORD else 2
            if operand + size > len(frame):
                return False
            value = int.from_bytes(frame[operand : operand + size], "big")
        else:
            hit = value == operand if code == JUMP_EQUAL else value >= operand
            at += if_true if hit else if_false
