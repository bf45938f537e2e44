"""The answers of the crowd are real ones: a kernel would hand them on, and our codec reads them."""

from __future__ import annotations

import struct

from benchmarks.crowd import checksum, mac_of, write_match
from scanner.codec import wsd

QUESTION = (
    bytes(6) + bytes.fromhex("02000000ca01") + b"\x08\x00"
    + struct.pack("!BBHHHBBH4s4s", 0x45, 0, 100, 0, 0, 1, 17, 0, bytes([192, 0, 2, 2]), bytes([239, 255, 255, 250]))
    + struct.pack("!HHHH", 40_000, 3702, 80, 0)
    + wsd.build_probes(lambda: "00000000-0000-0000-0000-000000000123")[0]
)  # fmt: skip


def test_an_answer_goes_back_to_who_asked_and_is_read() -> None:
    frame = write_match("192.0.2.9", mac_of("192.0.2.9"), QUESTION)
    assert frame[:6] == QUESTION[6:12]
    assert frame[6:12].hex(":") == mac_of("192.0.2.9")
    assert (frame[26:30], frame[30:34]) == (bytes([192, 0, 2, 9]), bytes([192, 0, 2, 2]))
    assert struct.unpack("!HHH", frame[34:40]) == (3702, 40_000, len(frame) - 34)
    assert int.from_bytes(frame[16:18]) == len(frame) - 14
    assert checksum(frame[14:34]) == 0, "over a right header the sum is all ones"
    (match,) = wsd.parse_matches(frame[42:])
    assert match.xaddrs == ("http://192.0.2.9/onvif/device_service",)
