"""The Xiongmai search answers message 1530 with 1531 and JSON that ends as the real one does."""

from __future__ import annotations

import json
import struct

import pytest

from simulator.datagrams import Question
from simulator.players.xm_search import XM_SEARCH

ASK = bytes.fromhex("ff00000000000000000000000000fa0500000000")


def ask(device, data):
    return XM_SEARCH.answer(Question(data, "127.0.0.1", 34569, to_group=True), device, device.persona.services[0])


def test_the_answer(make_device):
    device = make_device(persona="xiongmai")
    (answer,) = ask(device, ASK)
    assert struct.unpack_from("<H", answer.data, 14)[0] == 1531
    assert struct.unpack_from("<I", answer.data, 16)[0] == len(answer.data) - 20
    assert answer.data.endswith(b"\n\0")
    inside = json.loads(answer.data[20:].rstrip(b"\0"))["NetWork.NetCommon"]
    assert inside["MAC"] == device.mac
    assert inside["HostIP"] == "0x0700637F"  # 127.99.0.7, last byte first


@pytest.mark.parametrize("data", [b"", ASK[:19], b"\xfe" + ASK[1:], ASK.replace(b"\xfa\x05", b"\xe8\x03")])
def test_nothing_else_is_answered(make_device, data):
    assert ask(make_device(persona="xiongmai"), data) == ()
