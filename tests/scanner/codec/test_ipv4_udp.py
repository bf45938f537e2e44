"""UDP out of Ethernet frames: whole ones are read, all else is garbled and nothing worse."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.ipv4_udp import UdpDatagram, parse_frame


def udp_frame(
    payload: bytes = b"<ProbeMatch/>",
    source: str = "192.168.1.64",
    target: str = "239.255.255.250",
    ports: tuple[int, int] = (37020, 37020),
    *,
    options: bytes = b"",
    protocol: int = 17,
    fragment: int = 0,
    mac: bytes = bytes.fromhex("4419b6000064"),
) -> bytes:
    udp = ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big") + b"\0\0"
    length = 20 + len(options) + 8 + len(payload)
    head = bytes([0x45 + len(options) // 4, 0]) + length.to_bytes(2, "big") + b"\0\1" + fragment.to_bytes(2, "big")
    head += bytes([1, protocol]) + b"\0\0" + socket.inet_aton(source) + socket.inet_aton(target)
    return b"\x01\x00\x5e\x7f\xff\xfa" + mac + b"\x08\x00" + head + options + udp + payload


def test_a_datagram_is_read() -> None:
    assert parse_frame(udp_frame()) == UdpDatagram("192.168.1.64", "239.255.255.250", 37020, 37020, b"<ProbeMatch/>")


def test_padding_of_the_frame_is_not_payload() -> None:
    assert parse_frame(udp_frame(b"x") + bytes(20)).payload == b"x"


def test_options_are_passed_over() -> None:
    assert parse_frame(udp_frame(b"x", options=b"\x94\x04\x00\x00")).payload == b"x"


def test_the_first_fragment_gives_what_it_holds() -> None:
    assert parse_frame(udp_frame(b"begin", fragment=0x2000)).payload == b"begin"


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        udp_frame()[:30],
        udp_frame(protocol=6),
        udp_frame(fragment=5),
        udp_frame().replace(b"\x08\x00", b"\x86\xdd", 1),
        udp_frame()[:14] + b"\x41" + udp_frame()[15:],
        udp_frame()[:-5],
        udp_frame()[:38] + b"\0\3" + udp_frame()[40:],
    ],
    ids=["empty", "cut", "TCP", "later fragment", "IPv6", "short header", "cut payload", "short UDP"],
)
def test_anything_else_is_garbled(frame: bytes) -> None:
    with pytest.raises(Garbled):
        parse_frame(frame)


@given(st.binary(max_size=80) | st.builds(lambda tail: udp_frame()[:14] + tail, st.binary(max_size=60)))
def test_garbage_is_read_or_garbled(frame: bytes) -> None:
    try:
        parse_frame(frame)
    except Garbled:
        return
