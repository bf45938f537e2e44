"""The kernel's filter programs, run as the kernel would run them."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from scanner.rawhelper.packet_filter import (
    ACCEPT_HEAD,
    answer_filter,
    arp_filter,
    encode,
    foreign_filter,
    nothing_filter,
    run,
    stranger_filter,
)
from tests.scanner.codec.test_ipv4_udp import udp_frame
from tests.scanner.codec.test_ipv6_udp import udp6_frame

OWN = bytes.fromhex("020000000001")
OTHER = bytes.fromhex("4419b6000009")
LIKE_OWN = bytes.fromhex("020000000002")


def arp(operation: int = 2, sender: bytes = OTHER, **change: bytes) -> bytes:
    parts = {
        "ethernet": OWN + sender + b"\x08\x06",
        "types": b"\0\x01\x08\0",
        "lengths": b"\x06\x04",
        "operation": operation.to_bytes(2, "big"),
        "rest": sender + bytes([10, 0, 0, 9]) + OWN + bytes([10, 0, 0, 2]),
    } | change
    return b"".join(parts.values())


@pytest.mark.parametrize("operation", [1, 2])
def test_requests_and_replies_of_others_are_kept(operation: int) -> None:
    assert run(arp_filter(OWN), arp(operation))
    assert run(arp_filter(OWN), arp(operation, LIKE_OWN))
    assert run(arp_filter(OWN), arp(operation) + bytes(18)), "padded to the least length of Ethernet"


@pytest.mark.parametrize(
    "frame",
    [
        arp(sender=OWN),
        arp(3),
        arp(0),
        arp(0x0102),
        arp(types=b"\0\x06\x08\0"),
        arp(types=b"\0\x01\x86\xdd"),
        arp(lengths=b"\x06\x10"),
        arp()[:41],
        b"",
    ],
    ids=["own", "RARP", "none", "wide", "token ring", "IPv6", "long", "cut", "empty"],
)
def test_everything_else_never_wakes_us(frame: bytes) -> None:
    assert not run(arp_filter(OWN), frame)


def test_foreign_frames_are_kept_and_our_own_are_not() -> None:
    frame = b"\xff" * 6 + OTHER + b"\x80\x33" + bytes(46)
    assert run(foreign_filter(OWN), frame)
    assert run(foreign_filter(OWN), frame.replace(OTHER, LIKE_OWN))
    assert not run(foreign_filter(OWN), frame.replace(OTHER, OWN))


def test_a_sender_hears_nothing() -> None:
    assert not run(nothing_filter(), arp())


def test_a_program_is_eight_bytes_an_instruction() -> None:
    assert len(encode(arp_filter(OWN))) == 8 * len(arp_filter(OWN))


STRANGERS = stranger_filter(OWN, [ip_network("10.77.0.0/24"), ip_network("172.16.0.0/12")], (37020, 3702))


@pytest.mark.parametrize(
    "frame",
    [
        udp_frame(),
        udp_frame(ports=(5000, 37020)),
        udp_frame(ports=(3702, 40000)),
        udp_frame(options=b"\x94\x04\x00\x00"),
        udp_frame(source="10.78.0.9"),
        udp_frame(fragment=0x2000),
    ],
    ids=["group", "to the port", "from the port", "options", "next network", "first fragment"],
)
def test_answers_of_strangers_are_kept(frame: bytes) -> None:
    assert run(STRANGERS, frame)


@pytest.mark.parametrize(
    "frame",
    [
        udp_frame(source="10.77.0.9"),
        udp_frame(source="172.31.0.9"),
        udp_frame(ports=(53, 40000)),
        udp_frame(protocol=6),
        udp_frame(fragment=185),
        udp_frame(mac=OWN),
        udp_frame()[:33],
    ],
    ids=["own network", "second network", "other port", "TCP", "later fragment", "our own", "cut"],
)
def test_whatever_the_kernel_hands_on_or_nobody_asked_for_is_not(frame: bytes) -> None:
    assert not run(STRANGERS, frame)


def test_the_longest_program_fits_the_kernel() -> None:
    networks = [ip_network(f"10.{number}.0.0/16") for number in range(16)]
    assert len(stranger_filter(OWN, networks, range(8))) < 4096


ANSWERS = answer_filter(OWN, (37020, 3702))
GROUP = b"\x33\x33\0\0\0\x0c"


@pytest.mark.parametrize(
    "frame",
    [
        udp6_frame(to=OWN),
        udp6_frame(to=OWN, fragment=1),
        udp6_frame(to=GROUP, ports=(40_000, 3702)),
        udp6_frame(to=GROUP, ports=(40_000, 37020), fragment=1),
        udp6_frame("febf::9", to=OWN),
        udp6_frame(to=OWN, mac=LIKE_OWN),
    ],
    ids=["to us", "in fragments", "to the group", "to the group in fragments", "odd prefix", "nearly own"],
)
def test_answers_over_ipv6_are_kept(frame: bytes) -> None:
    assert run(ANSWERS, frame)


@pytest.mark.parametrize(
    "frame",
    [
        udp6_frame(to=GROUP, ports=(3702, 5353)),
        udp6_frame(to=LIKE_OWN),
        udp6_frame("fec0::9", to=OWN),
        udp6_frame("2001:db8::9", to=OWN),
        udp6_frame(to=OWN, mac=OWN),
        udp6_frame(to=OWN, kind=6),
        udp6_frame(to=OWN, kind=58, fragment=1),
        udp6_frame(to=OWN, fragment=0x5A8),
        udp6_frame(to=GROUP, ports=(1, 3702))[:57],
    ],
    ids=["other group", "to another", "site-local", "global", "our own", "TCP", "ICMP", "later fragment", "cut"],
)
def test_other_datagrams_over_ipv6_never_wake_us(frame: bytes) -> None:
    assert not run(ANSWERS, frame)


def test_of_an_answer_over_ipv6_only_the_head_is_handed_on() -> None:
    assert len(udp6_frame(fragment=1, payload=b"")) - 4 == ACCEPT_HEAD[3], "up to the ports, behind a fragment's header"
