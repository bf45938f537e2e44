"""SADP: both read-only verbs are answered with the asker's id, every other verb with silence."""

from __future__ import annotations

import pytest

from simulator.datagrams import Question
from simulator.persona import Sadp, Way
from simulator.players.sadp import SADP

ASK = '<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{}</Uuid><Types>{}</Types></Probe>'


def ask(device, text, service=None):
    service = service or next(one for one in device.persona.services if one.play == "sadp")
    return SADP.answer(Question(text.encode(), "127.0.0.1", 4000, to_group=True), device, service)


@pytest.mark.parametrize("verb", ["inquiry", "inquiry_v32"])
def test_answers_both_verbs(make_device, verb):
    device = make_device(persona="hikvision-camera-old")
    (answer,) = ask(device, ASK.format("7F0B", verb))
    assert b"<Uuid>7F0B</Uuid>\r\n<Types>" + verb.encode() in answer.data
    assert b"<DeviceSN>DS-2CD2042WD-I20170612AAWR700000007</DeviceSN>" in answer.data
    assert b"<IPv4Address>127.99.0.7</IPv4Address>" in answer.data
    assert b"{" not in answer.data
    assert answer.ways == (Way.UNICAST, Way.MULTICAST)


@pytest.mark.parametrize("verb", ["activate", "update", "", "inquiry "])
def test_other_verbs_are_not_answered_but_counted(make_device, verb):
    device = make_device(persona="hikvision-camera-old")
    assert ask(device, ASK.format("1", verb)) == ()
    assert device.ledger.requests_seen[0].line == verb


def test_a_device_may_know_only_one_verb(make_device):
    device = make_device()
    service = Sadp(play="sadp", types=("inquiry_v32",), answer="x")
    assert ask(device, ASK.format("1", "inquiry"), service) == ()
    assert len(ask(device, ASK.format("1", "inquiry_v32"), service)) == 1


@pytest.mark.parametrize("text", ["", "<ProbeMatch><Types>inquiry</Types></ProbeMatch>", "\x00\xff", "<Probe></Probe>"])
def test_anything_else_is_not_answered(make_device, text):
    assert ask(make_device(persona="ezviz"), text) == ()
