"""mDNS answers are real DNS packets: browsing finds the instance, its port, its text and its address."""

from __future__ import annotations

import pytest
from zeroconf import DNSIncoming, DNSOutgoing, DNSQuestion
from zeroconf.const import _CLASS_IN, _FLAGS_QR_QUERY, _TYPE_A, _TYPE_PTR, _TYPE_TXT

from simulator.datagrams import Question
from simulator.persona import Way
from simulator.players.mdns import MDNS


def ask(device, name, kind=_TYPE_PTR, *, port=5353, unicast=False, number=0):
    out = DNSOutgoing(_FLAGS_QR_QUERY, multicast=not number, id_=number)
    question = DNSQuestion(name, kind, _CLASS_IN)
    question.unicast = unicast
    out.add_question(question)
    service = next(one for one in device.persona.services if one.play == "mdns")
    answers = MDNS.answer(Question(out.packets()[0], "127.0.0.1", port, to_group=True), device, service)
    return [(DNSIncoming(answer.data), answer.ways) for answer in answers]


def test_browsing_gives_everything_at_once(make_device):
    device = make_device(persona="axis")
    ((packet, ways),) = ask(device, "_axis-video._tcp.local.")
    pointers = [record.alias for record in packet.answers() if record.type == _TYPE_PTR]
    instance = f"AXIS P3265-V - {device.mac.replace(':', '').upper()}._axis-video._tcp.local."
    assert pointers == [instance]
    assert any(getattr(one, "port", 0) == 80 for one in packet.answers())
    assert any(b"macaddress=" in getattr(one, "text", b"") for one in packet.answers())
    assert any(getattr(one, "address", b"") == bytes([127, 99, 0, 7]) for one in packet.answers())
    assert ways == (Way.MULTICAST,)


def test_the_list_of_service_types(make_device):
    ((packet, _),) = ask(make_device(persona="hikvision-camera-old"), "_services._dns-sd._udp.local.")
    aliases = {record.alias for record in packet.answers() if record.type == _TYPE_PTR}
    assert aliases >= {"_CGI._tcp.local.", "_psia._tcp.local.", "_http._tcp.local."}


@pytest.mark.parametrize(("port", "unicast"), [(40_000, False), (5353, True)])
def test_direct_answers(make_device, port, unicast):
    ((_, ways),) = ask(make_device(persona="axis"), "_http._tcp.local.", port=port, unicast=unicast)
    assert ways == (Way.UNICAST,)


def test_an_old_resolver_gets_its_number_and_question_back(make_device):
    device = make_device(persona="axis")
    ((packet, _),) = ask(device, f"axis-{device.mac.replace(':', '')}.local.", _TYPE_A, port=40_000, number=77)
    assert packet.id == 77
    assert packet.questions


def test_no_answer_to_other_names_answers_or_garbage(make_device):
    device = make_device(persona="axis")
    service = next(one for one in device.persona.services if one.play == "mdns")
    assert ask(device, "_nobody._tcp.local.") == []
    assert ask(device, "_http._tcp.local.", _TYPE_TXT) == []
    for data in (b"", b"\0" * 12, b"\xff" * 40):
        assert MDNS.answer(Question(data, "127.0.0.1", 5353, to_group=True), device, service) == ()
