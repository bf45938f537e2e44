"""Which ports and paths are worth a question, and which a device may not make us ask."""

from __future__ import annotations

import pytest

from scanner.services import (
    Place,
    description_places,
    onvif_places,
    rtsp_ports,
    speaks_tls,
    web_ports,
)

NONE: frozenset[tuple[str, int]] = frozenset()
OWN = "192.0.2.7"


def test_web_ports_are_plain_first_and_the_sdk_port_is_left_out() -> None:
    ports = frozenset({8443, 443, 80, 8000, 22})
    assert web_ports(ports, NONE) == (80, 8000, 443, 8443)
    assert web_ports(ports, frozenset({("sdk", 8000), ("http", 85)})) == (80, 85, 443, 8443)
    assert web_ports(ports, frozenset({("sdk", 8000), ("http", 8000)})) == (80, 8000, 443, 8443)


def test_the_sdk_ports_of_a_host_that_spoke_sadp_are_left_out() -> None:
    ports, heard = frozenset({80, 443, 8000, 8443}), frozenset({"sadp.raw"})
    assert web_ports(ports, NONE, heard) == (80, 443)
    assert web_ports(ports, frozenset({("https", 8443)}), heard) == (80, 443, 8443)
    assert web_ports(ports, NONE, frozenset({"http.raw"})) == (80, 8000, 443, 8443)


def test_an_announcement_decides_whether_tls_is_spoken() -> None:
    assert speaks_tls(443, NONE)
    assert not speaks_tls(80, NONE)
    assert speaks_tls(80, frozenset({("https", 80)}))
    assert not speaks_tls(8443, frozenset({("http", 8443)}))


def test_rtsp_ports_are_open_or_announced() -> None:
    assert rtsp_ports(frozenset({80, 8554}), frozenset({("rtsp", 10554), ("http", 1)})) == (8554, 10554)


def test_the_own_xaddr_comes_before_the_usual_path() -> None:
    xaddrs = ("http://192.0.2.9/onvif/device_service", f"http://{OWN}:8899/onvif/device_service")
    assert onvif_places(OWN, xaddrs, frozenset({80}), NONE) == (Place(8899, "/onvif/device_service", False),)
    assert onvif_places(OWN, xaddrs[:1], frozenset({443}), NONE) == (Place(443, "/onvif/device_service", True),)
    assert onvif_places(OWN, (), frozenset({22}), NONE) == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.8/onvif/device_service",
        "http://camera.example/onvif/device_service",
        "http://[::ffff:192.0.2.7]/onvif/device_service",
        f"http://user@{OWN}/onvif/device_service",
        f"ftp://{OWN}/onvif/device_service",
        f"http://{OWN}/onvif/../cgi-bin/reboot",
        f"http://{OWN}/onvif/device.cgi",
        f"http://{OWN}/onvif/device_service?x=1",
        f"http://{OWN}/reboot",
        f"http://{OWN}:99999/onvif/device_service",
        f"http://{OWN}:0/onvif/device_service",
        f"http://{OWN}/onvif/" + "a" * 500,
        f"http://{OWN}/onvif/device\r\nX: y",
        "http://[/onvif/device_service",
    ],
)
def test_what_a_device_may_not_make_us_ask(url: str) -> None:
    assert onvif_places(OWN, (url,), frozenset(), NONE) == ()


def test_an_https_xaddr_has_its_own_port() -> None:
    assert onvif_places(OWN, (f"https://{OWN}/onvif/services",), frozenset(), NONE) == (
        Place(443, "/onvif/services", True),
    )


def test_a_description_is_fetched_once_a_port_from_the_own_address() -> None:
    locations = (
        f"http://{OWN}:49152/upnp_device_desc.xml",
        f"http://{OWN}:49152/other_desc.xml",
        f"http://{OWN}:2869/upnphost/udhisapi.dll?content=uuid:1-2",
        "http://192.0.2.8:80/desc.xml",
        f"http://{OWN}/cgi-bin/desc.xml",
        f"http://{OWN}/reboot",
    )
    assert description_places(OWN, locations) == (
        Place(49152, "/upnp_device_desc.xml", False),
        Place(2869, "/upnphost/udhisapi.dll?content=uuid:1-2", False),
    )


def test_ipv6_addresses_are_compared_as_addresses() -> None:
    (place,) = description_places("fe80::1", ("http://[FE80:0::1]:80/desc.xml",))
    assert place.port == 80
