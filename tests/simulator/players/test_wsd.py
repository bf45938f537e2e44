"""WS-Discovery honours Types and the quirks of picky firmware; the Uniview search stands beside it on the same port."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree

from simulator.datagrams import Question
from simulator.persona import persona_names
from simulator.players.wsd import UNIVIEWPROBE, WSD, read_probe

PROBE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    "<s:Header><a:MessageID>{id}</a:MessageID></s:Header><s:Body><d:Probe>{types}</d:Probe></s:Body></s:Envelope>"
)


def probe(types: str = "", message_id: str = "uuid:1") -> bytes:
    inside = f"<d:Types>{types}</d:Types>" if types else ""
    return PROBE.format(id=message_id, types=inside).encode()


def ask(device, data):
    service = next(one for one in device.persona.services if one.play == "wsd")
    return WSD.answer(Question(data, "127.0.0.1", 4000, to_group=True), device, service)


def test_read_probe_resolves_prefixes():
    asked = read_probe(probe("dn:NetworkVideoTransmitter tds:Device"))
    assert asked.message_id == "uuid:1"
    assert asked.types == (
        "http://www.onvif.org/ver10/network/wsdl NetworkVideoTransmitter",
        "http://www.onvif.org/ver10/device/wsdl Device",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        probe().replace(b"2005/04/discovery", b"2005/04/other"),
        probe().replace(b"d:Probe", b"d:Hello"),
    ],
)
def test_what_is_no_probe(data):
    assert read_probe(data) is None


@pytest.mark.parametrize(
    ("persona", "types", "answers"),
    [
        ("axis", "", 1),
        ("axis", "dn:NetworkVideoTransmitter", 1),
        ("axis", "tds:Device", 1),
        ("axis", "dn:NetworkVideoDisplay", 0),
        ("xiongmai", "tds:Device", 0),
        ("printer", "", 1),
        ("printer", "dn:NetworkVideoTransmitter", 0),
        ("hikvision-recorder", "dn:NetworkVideoStorage", 1),
    ],
)
def test_types_are_honoured(make_device, persona, types, answers):
    assert len(ask(make_device(persona=persona), probe(types))) == answers


def test_picky_firmware(make_device):
    line = make_device(persona="hikvision-camera-new")
    assert ask(line, probe())
    assert not ask(line, probe().replace(b"><", b">\n<"))
    urn = make_device(persona="tplink-vigi")
    assert ask(urn, probe(message_id="uuid:2"))
    assert not ask(urn, probe(message_id="urn:uuid:2"))


@pytest.mark.parametrize("name", persona_names())
def test_every_answer_is_xml_and_names_the_question(make_device, name):
    device = make_device(persona=name)
    for service in device.persona.services:
        if service.play == "wsd":
            (answer,) = WSD.answer(Question(probe(), "127.0.0.1", 1, to_group=True), device, service)
            texts = [item.text for item in ElementTree.fromstring(answer.data).iter()]
            assert "uuid:1" in texts


def test_uniview_search(make_device):
    device = make_device(persona="uniview")
    service = next(one for one in device.persona.services if one.play == "univiewprobe")
    data = probe().replace(
        b"<d:Probe></d:Probe>", b'<u:UniviewProbe xmlns:u="http://www.uniview.com/Ver10/Device/wsdl"/>'
    )
    assert UNIVIEWPROBE.concerns(data)
    assert not WSD.concerns(data)
    (answer,) = UNIVIEWPROBE.answer(Question(data, "127.0.0.1", 3705, to_group=True), device, service)
    assert answer.from_other_port
    assert b"UniviewProbeMatches" in answer.data
    assert b"<wsa:RelatesTo>uuid:1</wsa:RelatesTo>" in answer.data
    assert device.truth.serial.encode() in answer.data
