"""Both layouts give each device its MAC and addresses, and leave the neighbour table to the scanner."""

from __future__ import annotations

import json
import subprocess

import pytest

from simulator.estate import build_estate, place
from simulator.namespaces import call_in
from simulator.wiring import Layout, lay_wires

pytestmark = pytest.mark.lab


def ip_json(*arguments: str):
    done = subprocess.run(["ip", "-json", *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(params=list(Layout))
def wires(request, lan):
    estate = build_estate("10.8.0.0/24", {"silent": 3, "axis": 2})
    placed = place(estate)
    made = lay_wires([(estate.segments[0], [device for _, device in placed])], request.param)
    yield made, [device for _, device in placed]
    made.close()


def test_every_device_has_its_mac_and_addresses(wires):
    made, devices = wires
    seen = {}
    for one in made.places:
        for link in one.call(lambda: ip_json("addr")):
            for address in link["addr_info"]:
                seen[address["local"]] = link["address"]
    for device in devices:
        assert seen[device.address] == device.mac
        assert seen[device.link_local] == device.mac


def test_the_scanner_stands_on_the_segment(wires):
    made, _ = wires
    assert made.interfaces == ["eth0"]
    (link,) = call_in(made.scanner, lambda: ip_json("-4", "addr", "show", "eth0"))
    assert [(one["local"], one["prefixlen"]) for one in link["addr_info"]] == [("10.8.0.2", 24)]
    assert call_in(made.scanner, lambda: ip_json("route", "show", "default")) == []


def test_devices_know_the_scanner_for_good(wires):
    """Learnt entries would fill the kernel's table, which is one for all namespaces together."""
    made, devices = wires
    entries = [entry for one in made.places for entry in one.call(lambda: ip_json("-4", "neigh"))]
    assert len(entries) == len(devices)
    assert all(entry["state"] == ["PERMANENT"] for entry in entries)
