"""The announcement has every field at its published offset."""

from __future__ import annotations

from simulator.players.sadp_layer2 import announcement


def test_the_frame(make_device):
    device = make_device(persona="hikvision-camera-old")
    frame = announcement(device, 5)
    assert frame[:6] == b"\xff" * 6
    assert frame[6:12].hex(":") == device.mac
    assert frame[12:14] == b"\x80\x33"
    body = frame[14:]
    assert (body[0], body[3], body[10]) == (0x21, 0xF6, 0x02)
    assert int.from_bytes(body[4:8]) == 5
    assert body[8:10] == b"\x06\x04"
    assert body[14:20].hex(":") == device.mac
    assert body[20:24] == bytes([127, 99, 0, 7])
    assert len(frame) >= 60
