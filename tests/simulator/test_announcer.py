"""Announcements are heard on the wire, unasked and again, in both layouts, from the device's own MAC."""

from __future__ import annotations

import socket

import pytest

from simulator.announcer import make_announcer
from simulator.estate import Estate, Placement, Segment


@pytest.mark.lab
@pytest.mark.parametrize("layout", ["own", "shared"])
def test_heard_by_who_only_listens(lan, layout):
    devices = (
        Placement(persona="hikvision-recorder", address="10.77.0.9"),
        Placement(persona="off-scope-hikvision", address="192.168.1.64"),
        Placement(persona="axis", address="10.77.0.10"),
    )
    segment = Segment(network="10.77.0.0/24", scanner="10.77.0.2", devices=devices)
    lab = lan(Estate(id="e", segments=(segment,)), layout=layout)
    with lab.enter(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x8033)) as raw:
        raw.bind(("eth0", 0x8033))
        raw.settimeout(5)
        heard: dict[str, str] = {}
        while len(heard) < 2:
            frame = raw.recv(200)
            heard[socket.inet_ntoa(frame[34:38])] = frame[6:12].hex(":")
    assert heard == {one.address: one.mac for one in lab.devices if one.persona != "axis"}


def test_without_the_right_there_is_no_announcer(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refuse)
    assert make_announcer([]) is None
