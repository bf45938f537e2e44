"""The answer frame has every field where protocol notes say it is, and its lengths add up."""

from __future__ import annotations

import ipaddress
import struct

import pytest

from simulator.datagrams import Question
from simulator.players.dvrip_search import DVRIP_SEARCH

ASK = bytes.fromhex("a3010001" + "00" * 12 + "02" + "00" * 15)


def ask(device, data):
    service = next(one for one in device.persona.services if one.play == "dvrip-search")
    return DVRIP_SEARCH.answer(Question(data, "127.0.0.1", 5050, to_group=True), device, service)


def test_the_frame(make_device):
    device = make_device(persona="dahua-camera-old")
    (answer,) = ask(device, ASK)
    data = answer.data
    second, third = data[2], struct.unpack_from("<H", data, 0x14)[0]
    assert data[0] == 0xB3
    assert struct.unpack_from("<I", data, 4)[0] == 0x58
    assert len(data) == 0x78 + second + third
    assert data[0x28:0x38].rstrip(b"\0") == b"IPC"
    assert ipaddress.IPv4Address(data[0x38:0x3C]) == ipaddress.IPv4Address(device.address)
    assert struct.unpack_from("<HHH", data, 0x5E) == (80, 443, 37777)
    assert struct.unpack_from("<H", data, 0x68)[0] == 37778
    assert data[0x78 : 0x78 + second] == f"{device.mac}IPC-HDW4300S".encode()
    assert f"SerialNo:{device.truth.serial}\r\n".encode() in data[0x78 + second :]


@pytest.mark.parametrize("data", [b"", ASK[:-1], ASK + b"\0", b"\xa0" + ASK[1:], bytes(32)])
def test_nothing_else_is_answered(make_device, data):
    assert ask(make_device(persona="dahua-camera-old"), data) == ()


def test_the_other_form_of_the_request(make_device):
    assert ask(make_device(persona="dahua-camera-old"), ASK[:3] + b"\0" + ASK[4:])
