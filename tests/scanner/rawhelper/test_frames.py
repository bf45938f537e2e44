"""What scapy builds is what RFC 826 says, byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.rawhelper.frames import TARGET_OFFSET, build_request, read_frame, rehearse

MAC = "02:00:00:00:00:01"


def test_the_request_is_that_of_the_rfc() -> None:
    assert build_request(MAC, "10.77.0.2").hex(" ") == (
        "ff ff ff ff ff ff 02 00 00 00 00 01 08 06 "  # to everybody, from us, ARP
        "00 01 08 00 06 04 00 01 "  # Ethernet, IPv4, lengths, request
        "02 00 00 00 00 01 0a 4d 00 02 "  # our addresses
        "00 00 00 00 00 00"  # whoever has …
    )
    assert len(build_request(MAC, "10.77.0.2")) == TARGET_OFFSET


def test_a_probe_names_no_sender() -> None:
    assert build_request(MAC, "0.0.0.0")[28:32] == bytes(4)


def test_a_foreign_frame_is_read() -> None:
    frame = read_frame(b"\xff" * 6 + bytes.fromhex("4419b6000009") + b"\x80\x33" + b"\x21\x01" + bytes(44))
    assert frame is not None
    assert (frame.source, frame.destination, frame.ethertype) == ("44:19:b6:00:00:09", "ff:ff:ff:ff:ff:ff", 0x8033)
    assert frame.payload[:2] == b"\x21\x01"


def test_rehearsing_needs_nothing() -> None:
    rehearse()


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_passed_over(data: bytes) -> None:
    frame = read_frame(data)
    assert frame is None or frame.ethertype >= 0x0600
