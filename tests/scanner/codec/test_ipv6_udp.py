"""Who sent a datagram over IPv6, by its frame; all else is garbled and nothing worse."""

from __future__ import annotations

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.ipv6_udp import Sender, read_sender

CARD = bytes.fromhex("4419b6000064")
US = bytes.fromhex("020000000001")
LINK_LOCAL = "fe80::4619:b6ff:fe00:64"


def udp6_frame(
    source: str = LINK_LOCAL,
    ports: tuple[int, int] = (3702, 40_000),
    *,
    mac: bytes = CARD,
    to: bytes = US,
    kind: int = 17,
    fragment: int | None = None,
    payload: bytes = b"<ProbeMatch/>",
) -> bytes:
    """A frame with a datagram; with `fragment` the field that holds the offset stands in a header of its own."""
    udp = ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big") + b"\0\0"
    body = udp + payload
    if fragment is not None:
        body = bytes([kind, 0]) + fragment.to_bytes(2, "big") + bytes(4) + body
    head = b"\x60\0\0\0" + len(body).to_bytes(2, "big") + bytes([44 if fragment is not None else kind, 1])
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, "fe80::1")
    return to + mac + b"\x86\xdd" + head + addresses + body


SENDER = Sender(CARD, socket.inet_pton(socket.AF_INET6, LINK_LOCAL), 40_000)


def test_the_sender_is_read() -> None:
    assert read_sender(udp6_frame()) == SENDER
    assert read_sender(udp6_frame(fragment=1)) == SENDER, "the first of several fragments"
    assert read_sender(udp6_frame()[:58]) == SENDER, "the kernel hands on the headers alone"


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        udp6_frame()[:57],
        udp6_frame(fragment=1)[:65],
        udp6_frame(kind=6),
        udp6_frame(kind=58, fragment=1),
        udp6_frame(fragment=0x5A8),
        udp6_frame().replace(b"\x86\xdd", b"\x08\x00"),
        udp6_frame()[:14] + b"\x40" + udp6_frame()[15:],
    ],
    ids=["empty", "cut", "fragment cut", "TCP", "ICMP", "later fragment", "IPv4", "version"],
)
def test_all_else_is_garbled(frame: bytes) -> None:
    with pytest.raises(Garbled):
        read_sender(frame)


@given(st.binary(max_size=100))
def test_no_bytes_break_it(frame: bytes) -> None:
    with contextlib.suppress(Garbled):
        assert len(read_sender(bytes(12) + b"\x86\xdd\x60" + frame).address) == 16
