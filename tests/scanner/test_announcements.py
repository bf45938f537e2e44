"""What a device announces of itself is believed only for its own address, and only so much."""

from __future__ import annotations

import pytest

from scanner.announcements import ANNOUNCED_CAP, names_host, read_announcement
from scanner.model import Observation


def seen(name: str, value: str) -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, value, address="10.0.0.5")


def test_sadp_announces_its_ports() -> None:
    text = "<ProbeMatch><HttpPort>88</HttpPort><CommandPort>8000</CommandPort></ProbeMatch>"
    assert read_announcement(seen("sadp.raw", text)).ports == {("http", 88), ("sdk", 8000)}


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", ""])
def test_an_impossible_port_is_not_announced(port: str) -> None:
    assert (
        read_announcement(seen("sadp.raw", f"<ProbeMatch><HttpPort>{port}</HttpPort></ProbeMatch>")).ports
        == frozenset()
    )


def test_an_own_xaddr_is_kept_and_a_foreign_one_is_not() -> None:
    value = (
        "http://10.0.0.5:8899/onvif/device_service http://10.9.9.9/onvif http://camera.test/onvif https://10.0.0.5/x"
    )
    held = read_announcement(seen("onvif-wsd.xaddrs", value))
    assert held.xaddrs == ("http://10.0.0.5:8899/onvif/device_service", "https://10.0.0.5/x")
    assert held.ports == {("http", 8899), ("https", 443)}


def test_a_thousand_xaddrs_are_cut() -> None:
    value = " ".join(f"http://10.0.0.5:{n}/x" for n in range(1, 1000))
    assert len(read_announcement(seen("onvif-wsd.xaddrs", value)).xaddrs) == ANNOUNCED_CAP


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://10.0.0.5/desc.xml", True),
        ("http://10.0.0.5:49152/desc.xml", True),
        ("http://10.0.0.6/desc.xml", False),
        ("http://10.0.0.5@10.0.0.6/desc.xml", False),
        ("http://10.0.0.5.example.test/", False),
        ("http://[::ffff:10.0.0.5]/", False),
        ("http://[broken/", False),
        ("", False),
    ],
)
def test_only_the_answering_address_is_its_own(url: str, own: bool) -> None:
    assert names_host(url, "10.0.0.5") is own
    assert bool(read_announcement(seen("ssdp.location", url)).locations) is own


def test_garbage_announces_nothing() -> None:
    for name in ("sadp.raw", "dhdiscover.raw"):
        assert read_announcement(seen(name, "\x00 garbage <")).ports == frozenset()
