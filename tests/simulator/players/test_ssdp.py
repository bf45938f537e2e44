"""SSDP answers the search targets of the persona, with CRLF and a blank line at the end."""

from __future__ import annotations

import pytest

from simulator.datagrams import Question
from simulator.players.ssdp import SSDP

SEARCH = 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: {}\r\n\r\n'


def ask(device, text):
    service = next(one for one in device.persona.services if one.play == "ssdp")
    return SSDP.answer(Question(text.encode(), "127.0.0.1", 4000, to_group=True), device, service)


def test_dahua_puts_its_serial_into_the_answer(make_device):
    device = make_device(persona="dahua-camera-old")
    answers = ask(device, SEARCH.format("ssdp:all"))
    assert len(answers) == 2
    text = answers[0].data.decode()
    assert text.startswith("HTTP/1.1 200 OK\r\n")
    assert text.endswith("\r\n\r\n")
    assert f"USN: uuid:www.dahuatech.com.device_3_0-{device.truth.serial}::upnp:rootdevice\r\n" in text
    assert "LOCATION: http://127.99.0.7:49152/upnp_device_desc.xml" in text


def test_the_target_is_repeated(make_device):
    (answer,) = ask(make_device(persona="hikvision-recorder"), SEARCH.format("upnp:rootdevice"))
    assert b"\r\nST: upnp:rootdevice\r\n" in answer.data


@pytest.mark.parametrize("text", ["", "NOTIFY * HTTP/1.1\r\nNT: x\r\n\r\n", SEARCH.format("urn:nobody")])
def test_nothing_else_is_answered(make_device, text):
    assert ask(make_device(persona="dahua-camera-old"), text) == ()
