"""The TVT answer is 240 bytes with every field at its published offset."""

from __future__ import annotations

import ipaddress
import struct

from simulator.datagrams import Question
from simulator.persona import TvtSearch, Way
from simulator.players.tvt_search import TVT_SEARCH, build_answer

ASK = (b"MHED" + bytes.fromhex("080001000100")).ljust(140, b"\0")


def ask(device, data):
    return TVT_SEARCH.answer(Question(data, "127.0.0.1", 23456, to_group=True), device, device.persona.services[0])


def test_the_frame(make_device):
    device = make_device(persona="tvt")
    (answer,) = ask(device, ASK)
    data = answer.data
    assert len(data) == 240
    assert data[:4] == b"MHED"
    assert struct.unpack_from("<H", data, 4)[0] == 7
    assert data[12:32].rstrip(b"\0") == b"NVR"
    assert data[32:38].hex(":") == device.mac
    assert struct.unpack_from("<H", data, 38)[0] == 6036
    assert str(ipaddress.IPv4Address(data[40:44])) == device.address
    assert struct.unpack_from("<I", data, 52)[0] == 0x01040A00
    assert struct.unpack_from("<H", data, 60)[0] == 80
    assert struct.unpack_from("<I", data, 64)[0] == 0
    assert data[196:212].rstrip(b"\0") == b"TD-2708TS-HP"
    assert struct.unpack_from("<I", data, 228)[0] == 8
    assert Way.MULTICAST in answer.ways


def test_a_long_model_goes_on_in_the_other_part(make_device):
    service = TvtSearch(
        play="tvt-search", name="N", model="ABCDEFGHIJKLMNOPQRST", firmware=(1, 0, 0, 0), build=1, type=2, channels=1
    )
    data = build_answer(make_device(), service)
    assert (data[196:212], data[180:196].rstrip(b"\0")) == (b"ABCDEFGHIJKLMNOP", b"QRST")


def test_nothing_else_is_answered(make_device):
    assert ask(make_device(persona="tvt"), b"MHED\x09" + ASK[5:]) == ()
