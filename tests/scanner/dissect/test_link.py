"""Hardware addresses, serial numbers and host names by their shared names."""

from __future__ import annotations

import pytest

from tests.scanner.dissect.finding import find


def test_an_address_has_a_block_and_digits() -> None:
    assert find("mac.mac", "68-6D-BC-00-00-01") == {"mac.oui": ["68:6d:bc"], "mac.prefix": ["686dbc000001"]}


def test_a_block_alone_has_six_digits() -> None:
    assert find("mac.oui", "68:6D:BC") == {"mac.prefix": ["686dbc"]}
    assert find("mac.oui", "68:6D") == {}


@pytest.mark.parametrize("name", ["sadp.mac", "dhdiscover.mac", "upnp-xml.mac", "onvif-wsd.mac", "tvt-search.mac"])
def test_an_address_that_was_told_gives_its_digits_only(name: str) -> None:
    assert find(name, "68:6d:bc:00:00:01") == {"mac.prefix": ["686dbc000001"]}
    assert find(name, "no address") == {}


@pytest.mark.parametrize("name", ["sadp.serial", "http.serial", "ssdp.serial", "upnp-xml.serial", "xm-search.serial"])
def test_a_serial_number_reaches_the_shared_name(name: str) -> None:
    assert find(name, " 3C06520PAN00000 ") == {"serial.value": ["3C06520PAN00000"]}


@pytest.mark.parametrize("value", ["axis-accc8e000001.local.", "axis-accc8e000001.LOCAL", "axis-accc8e000001"])
def test_a_host_name_loses_the_local_domain(value: str) -> None:
    assert find("mdns.hostname", value) == {"name.hostname": ["axis-accc8e000001"]}
    assert find("dhcp.hostname", value) == {"name.hostname": ["axis-accc8e000001"]}


def test_a_piece_of_an_address_is_its_first_three_bytes() -> None:
    assert find("mac.mac", "44-19-B6") == {"mac.prefix": ["4419b6"]}
    assert find("mac.mac", "44:19") == {}
