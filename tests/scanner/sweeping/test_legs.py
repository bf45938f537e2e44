"""Who asks for which addresses, and as whom."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, ip_network

import pytest

from scanner import ranges
from scanner.scope import Interface
from scanner.sweeping.legs import NO_SENDER, plan_legs


def interface(*addresses: str, name: str = "eth0") -> Interface:
    return Interface(name, 2, "02:00:00:00:00:01", tuple(IPv4Interface(address) for address in addresses))


def plan(wanted: str, *own: str, others: tuple[Interface, ...] = ()) -> list[tuple[str, str, str]]:
    networks = [ip_network(part) for part in wanted.split()]
    return [
        (leg.sender, str(IPv4Address(first)), str(IPv4Address(last)))
        for leg in plan_legs(interface(*own), ranges.whole(networks), others)
        for first, last in leg.ranges
    ]


def test_the_own_address_asks_and_is_not_asked() -> None:
    assert plan("10.0.0.0/29", "10.0.0.2/29") == [
        ("10.0.0.2", "10.0.0.0", "10.0.0.1"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.7"),
    ]


def test_only_what_is_on_the_wire_is_asked() -> None:
    assert plan("10.0.0.0/8", "10.0.0.2/30") == [
        ("10.0.0.2", "10.0.0.0", "10.0.0.1"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.3"),
    ]


def test_each_own_network_has_its_own_sender() -> None:
    asked = plan("10.0.0.0/30 10.0.9.0/30", "10.0.0.1/24", "10.0.9.1/24")
    assert {(sender, first) for sender, first, _ in asked} == {
        ("10.0.0.1", "10.0.0.0"),
        ("10.0.0.1", "10.0.0.2"),
        ("10.0.9.1", "10.0.9.0"),
        ("10.0.9.1", "10.0.9.2"),
    }


def test_a_second_address_in_the_same_network_asks_nothing_twice() -> None:
    asked = plan("10.0.0.0/29", "10.0.0.1/24", "10.0.0.5/24")
    assert {sender for sender, _, _ in asked} == {"10.0.0.1"}
    assert "10.0.0.5" not in {address for _, first, last in asked for address in (first, last)}


@pytest.mark.parametrize("own", [(), ("172.16.0.9/24",)])
def test_a_wire_without_an_address_of_ours_is_asked_as_nobody(own: tuple[str, ...]) -> None:
    assert plan("10.0.0.0/30", *own) == [(NO_SENDER, "10.0.0.0", "10.0.0.3")]


def test_what_another_interface_stands_in_is_left_to_it() -> None:
    other = interface("10.0.0.2/24", name="eth1")
    assert plan("10.0.0.0/30", others=(other,)) == []
    assert plan("10.0.0.0/30 10.0.1.0/30", others=(other,)) == [(NO_SENDER, "10.0.1.0", "10.0.1.3")]


def test_our_own_address_alone_leaves_nobody_to_ask() -> None:
    assert plan("10.0.0.2/32", "10.0.0.2/24") == []
