"""The closed network is held against what devices say: gateways and cloud services, reported and never tried."""

from __future__ import annotations

import pytest

from scanner.model import Observation
from scanner.way_out import account_for_way_out, describe_way_out, read_gateways, uses_cloud


def network(value: str, protocol: str = "sadp") -> Observation:
    return Observation(protocol, "network", value)


@pytest.mark.parametrize(
    ("value", "gateways"),
    [
        ("192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false", ("192.0.2.1",)),
        ("192.0.2.64/255.255.255.0 gateway 0.0.0.0 dhcp false", ()),
        ("192.0.2.64/255.255.255.0 dhcp false", ()),
        ("", ()),
    ],
)
def test_a_gateway_is_read_and_an_unset_one_is_none(value: str, gateways: tuple[str, ...]) -> None:
    assert read_gateways([network(value)]) == gateways


def test_a_switched_on_cloud_service_is_read() -> None:
    assert uses_cloud(
        [Observation("sadp", "raw", "<ProbeMatch><HCPlatformEnable>true</HCPlatformEnable></ProbeMatch>")]
    )
    assert not uses_cloud(
        [Observation("sadp", "raw", "<ProbeMatch><HCPlatformEnable>false</HCPlatformEnable></ProbeMatch>")]
    )
    assert not uses_cloud([Observation("http", "body", "<HCPlatformEnable>true</HCPlatformEnable>")])


def test_the_card_says_it_in_a_sentence() -> None:
    (line,) = describe_way_out([network("a/b gateway 192.0.2.1")])
    assert line == "Its settings name 192.0.2.1 as gateway, a way out of this network."
    assert describe_way_out([network("a/b")]) == ()


def test_the_coverage_counts_devices_and_names_gateways() -> None:
    devices = [[network("a gateway 192.0.2.1")], [network("b gateway 192.0.2.2", "dhdiscover")], [network("c")]]
    (note,) = account_for_way_out(devices)
    assert note.text == (
        "2 devices name a gateway (192.0.2.1 and 192.0.2.2); whether it leads out of this network was not tried."
    )


def test_a_liar_with_a_thousand_gateways_does_not_fill_the_page() -> None:
    (note,) = account_for_way_out([[network(f"a gateway 10.0.{n // 256}.{n % 256}") for n in range(1, 1000)]])
    assert len(note.text) < 200
