"""Frames of ethertype 0x8033: the sender, and nothing built."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scanner.codec.sadp_layer2 as module
from scanner.codec import Garbled
from scanner.codec.sadp_layer2 import ETHERTYPE, parse_frame
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

# The layout that hiktools documents; addresses invented.
ONLINE = bytes.fromhex(
    "21 01 01 f6 00000001 0604 02 00 0000 686dbc000001 c0000240 ffffffffffff ffffffff ffffff00 00000000"
)


def test_a_unit_that_comes_online() -> None:
    frame = feed_datagram(parse_frame, ONLINE)
    assert (frame.origin, frame.type, frame.mac, frame.ipv4) == ("device", "online", "68:6d:bc:00:00:01", "192.0.2.64")
    assert frame.is_device
    assert frame.text == "device online 68:6d:bc:00:00:01 192.0.2.64"


@pytest.mark.parametrize(
    ("origin", "kind", "text", "is_device"),
    [
        (0x42, 0x03, "client inquiry", False),
        (0xF6, 0x04, "device inquiry-response", True),
        (0x00, 0x04, "00 inquiry-response", True),
        (0x42, 0x06, "client 06", False),
    ],
)
def test_who_speaks(origin: int, kind: int, text: str, is_device: bool) -> None:
    frame = parse_frame(ONLINE[:3] + bytes([origin]) + ONLINE[4:10] + bytes([kind]) + ONLINE[11:])
    assert (f"{frame.origin} {frame.type}", frame.is_device) == (text, is_device)


def test_the_shortest_frame_has_both_addresses() -> None:
    assert parse_frame(ONLINE[:34]) == parse_frame(ONLINE)


def test_other_frames_are_garbled() -> None:
    for data in (b"", ONLINE[:33], b"\x20" + ONLINE[1:]):
        with pytest.raises(Garbled):
            parse_frame(data)


def test_its_ethertype() -> None:
    assert ETHERTYPE == 0x8033


def test_there_is_no_builder() -> None:
    assert [name for name in dir(module) if name.startswith("build")] == []


@given(st.binary(max_size=80))
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_frame, data)
    parses_or_garbles(parse_frame, b"\x21" + data)
