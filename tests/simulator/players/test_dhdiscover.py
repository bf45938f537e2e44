"""DHDiscover: only a framed search is answered, framed again; `uni` decides how, `mac` who."""

from __future__ import annotations

import json
import struct

import pytest

from simulator.datagrams import Question
from simulator.persona import Way
from simulator.players.dhdiscover import DHDISCOVER, frame

SEARCH = b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}\n'


def ask(device, data):
    service = device.persona.services[0]
    return DHDISCOVER.answer(Question(data, "127.0.0.1", 4000, to_group=False), device, service)


def test_the_published_request_bytes_are_answered(make_device):
    header = bytes.fromhex("200000004448495000000000000000003b000000000000003b00000000000000")
    assert frame(SEARCH) == header + SEARCH
    (answer,) = ask(make_device(persona="dahua-camera-new"), header + SEARCH)
    length, again = struct.unpack_from("<I4xI", answer.data, 16)
    body = answer.data[32:]
    assert answer.data[:8] == b"\x20\0\0\0DHIP"
    assert length == again == len(body)
    info = json.loads(body.rstrip(b"\0\n"))["params"]["deviceInfo"]
    assert info["SerialNo"] == "8B00007PAG00007"
    assert info["IPv4Address"]["IPAddress"] == "127.99.0.7"


@pytest.mark.parametrize("persona", ["dahua-camera-old", "dahua-recorder", "lorex", "amcrest", "liar"])
def test_every_persona_answers_valid_json(make_device, persona):
    device = make_device(persona=persona)
    service = next(one for one in device.persona.services if one.play == "dhdiscover")
    (answer,) = DHDISCOVER.answer(Question(frame(SEARCH), "127.0.0.1", 1, to_group=False), device, service)
    assert json.loads(answer.data[32:].rstrip(b"\0\n"))["method"] == "client.notifyDevInfo"


@pytest.mark.parametrize(
    "data",
    [
        SEARCH,  # measured on real units: without the header there is no answer
        frame(b'{"method":"DHDiscover.setConfig","params":{}}\n'),
        frame(b'{"method":"DHDiscover.search","params":{"mac":"00:00:00:00:00:01"}}\n'),
        frame(b"[1]"),
        frame(b"{"),
        frame(b""),
        b"\x20\0\0\0XXXX" + bytes(24) + SEARCH,
    ],
)
def test_no_answer(make_device, data):
    assert ask(make_device(persona="dahua-camera-new"), data) == ()


def test_uni_zero_is_answered_to_the_group_too(make_device):
    asked = frame(b'{"method":"DHDiscover.search","params":{"mac":"","uni":0}}\n')
    (answer,) = ask(make_device(persona="dahua-camera-new"), asked)
    assert answer.ways == (Way.UNICAST, Way.MULTICAST)
