"""Estates place personas at addresses, once each, and say the truth about every address."""

from __future__ import annotations

import ipaddress

import pytest

from simulator.estate import build_estate, load_estate, mixed_counts, place, to_loopback, truth
from simulator.persona import load_persona
from simulator.yaml_text import FileError


def test_the_demo_has_every_kind_of_trouble():
    estate = load_estate("demo")
    names = {one.persona for one in estate.segments[0].devices}
    assert names >= {"liar", "silent", "vms-page", "rtsp-relay", "off-scope-hikvision", "script-name"}
    assert 24 <= len(estate.segments[0].devices) <= 40


def test_truth_names_every_address_with_its_own_serial():
    found = dict(truth(load_estate("demo")))
    assert found["10.77.0.30"].maker == "hikvision"
    assert found["10.77.0.30"].serial.startswith("DS-7616NI-K2/16P16")
    assert found["192.168.1.64"].listed
    assert found["10.77.0.22"].serial != found["10.77.0.23"].serial


def test_loopback_addresses_stand_for_the_estates():
    assert to_loopback("10.77.0.30") == "127.77.0.30"
    assert all(address.startswith("127.") for address, _ in truth(load_estate("demo"), loopback=True))


def test_quirks_of_a_unit_go_over_those_of_its_persona():
    devices = {device.address: device for _, device in place(load_estate("demo"))}
    assert devices["10.77.0.62"].quirks.think == 0.2
    assert devices["10.77.0.22"].quirks.think == 0


def test_a_built_estate_is_repeatable_and_inside_its_network():
    one = build_estate("10.9.0.0/20", mixed_counts(300, 40), seed=5)
    assert one == build_estate("10.9.0.0/20", mixed_counts(300, 40), seed=5)
    assert one != build_estate("10.9.0.0/20", mixed_counts(300, 40), seed=6)
    addresses = [ipaddress.ip_address(device.address) for device in one.segments[0].devices]
    assert len(set(addresses)) == 300
    assert all(address in ipaddress.ip_network("10.9.0.0/20") for address in addresses)
    assert ipaddress.ip_address(one.segments[0].scanner) not in addresses


@pytest.mark.parametrize(("hosts", "listed"), [(60, 20), (1000, 100)])
def test_mixed_counts_hold_what_was_asked(hosts, listed):
    counts = mixed_counts(hosts, listed)
    assert sum(counts.values()) == hosts
    assert sum(n for name, n in counts.items() if load_persona(name).truth.listed) == listed
    assert counts["liar"] > 0
    assert "off-scope-hikvision" not in counts


def test_too_many_for_the_network():
    with pytest.raises(FileError, match="room for 5 devices, not for 6"):
        build_estate("10.0.0.0/28", {"silent": 6})


@pytest.mark.parametrize(
    ("devices", "says"),
    [
        ("[{persona: silent, address: 10.0.0.3}, {persona: axis, address: 10.0.0.3}]", "10.0.0.3 stands twice"),
        ("[{persona: nobody, address: 10.0.0.3}]", "no persona 'nobody'"),
        ("[{persona: silent}]", "segments.0.devices.0.address: Field required"),
    ],
)
def test_a_mistake_in_an_estate_is_named(tmp_path, devices, says):
    path = tmp_path / "e.yaml"
    path.write_text(f"id: e\nsegments: [{{network: 10.0.0.0/24, scanner: 10.0.0.2, devices: {devices}}}]\n")
    with pytest.raises(FileError, match=says):
        load_estate(str(path))


def test_an_unknown_estate_is_answered_with_the_list():
    with pytest.raises(FileError, match="write one of demo"):
        load_estate("nowhere")
