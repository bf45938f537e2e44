"""A lab is a network of its own: devices answer ARP and multicast with their own MAC, and nothing leads out of it."""

from __future__ import annotations

import socket

import pytest

SADP = b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>A1</Uuid><Types>inquiry</Types></Probe>'


def collect(one: socket.socket, seconds: float = 0.6) -> dict[str, bytes]:
    """Every answer that comes until it is quiet, by sender."""
    one.settimeout(seconds)
    heard: dict[str, bytes] = {}
    try:
        while True:
            data, peer = one.recvfrom(65_535)
            heard[peer[0]] = data
    except TimeoutError:
        return heard


@pytest.mark.lab
@pytest.mark.parametrize("layout", ["own", "shared"])
def test_devices_answer_multicast_and_arp(lan, layout):
    """Both layouts: the answer comes from the device's address, and the kernel learnt the device's own MAC."""
    lab = lan("demo", layout=layout)
    with lab.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((lab.estate.segments[0].scanner, 0))
        one.sendto(SADP, ("239.255.255.250", 37020))
        heard = collect(one)
        for address in ("10.77.0.21", "10.77.0.30"):
            socket.create_connection((address, 8000), timeout=2).close()
        neighbours = lab.run_in_scanner(["ip", "neigh"]).stdout
    speakers = {device.address: device.mac for device in lab.devices if device.address in heard}
    assert len(speakers) >= 7
    for address, mac in speakers.items():
        assert b"ProbeMatch" in heard[address]
        assert mac.replace(":", "-").encode() in heard[address]
    assert "10.77.0.30 dev eth0 lladdr 68:6d:bc:00:00:09" in neighbours
