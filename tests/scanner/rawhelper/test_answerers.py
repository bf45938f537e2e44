"""Whose card an answer over IPv6 came from: of link-local senders only, and nobody's where two claim it."""

from __future__ import annotations

import socket

import pytest

from scanner.rawhelper import answerers as subject
from scanner.rawhelper.answerers import Answerers
from tests.scanner.codec.test_ipv6_udp import CARD, LINK_LOCAL, udp6_frame

OTHER = bytes.fromhex("3cef8c000001")


def packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6, address)


def test_the_card_is_told_for_the_ports_it_answered_to() -> None:
    answerers = Answerers()
    answerers.hear(udp6_frame())
    assert answerers.find(packed(LINK_LOCAL), (3702, 40_000)) == CARD
    assert answerers.find(packed(LINK_LOCAL), (3702,)) is None
    assert answerers.find(packed("fe80::9"), (40_000,)) is None


def test_an_address_that_two_cards_claim_is_nobodys() -> None:
    answerers = Answerers()
    answerers.hear(udp6_frame())
    answerers.hear(udp6_frame(mac=OTHER))
    answerers.hear(udp6_frame())
    assert answerers.find(packed(LINK_LOCAL), (40_000,)) is None
    answerers.hear(udp6_frame(ports=(1, 1900)))
    answerers.hear(udp6_frame(ports=(1, 1901), mac=OTHER))
    assert answerers.find(packed(LINK_LOCAL), (1900, 1901)) is None
    assert answerers.find(packed(LINK_LOCAL), (1900,)) == CARD


@pytest.mark.parametrize(
    "frame",
    [
        udp6_frame("2001:db8::9"),
        udp6_frame("fec0::9"),
        udp6_frame(mac=b"\x01\0\x5e\0\0\1"),
        udp6_frame(mac=bytes(6)),
        udp6_frame(kind=6),
        b"",
    ],
    ids=["perhaps behind a router", "site-local", "group", "no card", "TCP", "empty"],
)
def test_what_does_not_show_a_card_is_left_out(frame: bytes) -> None:
    answerers = Answerers()
    answerers.hear(frame)
    assert answerers._cards == {}


def test_a_flood_pushes_the_oldest_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "ANSWERERS_CAP", 5)
    answerers = Answerers()
    for number in range(1, 10):
        answerers.hear(udp6_frame(f"fe80::{number}"))
    assert len(answerers._cards) == 5
    assert answerers.find(packed("fe80::9"), (40_000,)) == CARD
    assert answerers.find(packed("fe80::1"), (40_000,)) is None
