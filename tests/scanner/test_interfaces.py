"""Interfaces: the ones that face the scope are chosen, and every mistake is answered with what to do."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface, ip_network
from pathlib import Path

import pytest

from scanner import interfaces
from scanner.interfaces import (
    Available,
    InterfaceError,
    choose_interfaces,
    hears_strangers,
    list_interfaces,
    route_exists,
    unreached,
)
from scanner.scope import Interface

ETH0 = Available(
    Interface("eth0", 2, "02:00:00:00:00:01", (IPv4Interface("10.0.0.2/24"),), (IPv6Interface("fe80::1/64"),)),
    is_up=True,
    has_carrier=True,
)
ETH1 = Available(Interface("eth1", 3, "02:00:00:00:00:02", (IPv4Interface("10.0.1.2/24"),)), True, True)
BARE = Available(Interface("eth2", 4, "02:00:00:00:00:03"), True, True)
DOWN = Available(Interface("eth3", 5, "02:00:00:00:00:04", (IPv4Interface("10.0.3.2/24"),)), False, False)
UNPLUGGED = Available(Interface("eth4", 6, "02:00:00:00:00:05", (IPv4Interface("10.0.4.2/24"),)), True, False)
ALL = (ETH0, ETH1, BARE, DOWN, UNPLUGGED)


def choose(network: str, *names: str, routed: bool = False) -> list[str]:
    networks = [ip_network(part) for part in network.split()]
    chosen = choose_interfaces(networks, names, available=ALL, has_route=lambda net: routed)
    return [interface.name for interface in chosen]


def test_those_that_face_the_scope_are_chosen() -> None:
    assert choose("10.0.0.0/24") == ["eth0"]
    assert choose("10.0.0.0/23") == ["eth0", "eth1"]
    assert choose("10.0.0.7/32") == ["eth0"]


def test_a_name_wins_even_on_a_wire_without_an_address() -> None:
    assert choose("10.0.0.0/24", "eth2") == ["eth2"]
    assert choose("10.0.0.0/24", "eth1", "eth1", "eth0") == ["eth1", "eth0"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InterfaceError, match=r"no interface 'eth9'.*eth0, eth1, eth2, eth3, eth4"):
        choose("10.0.0.0/24", "eth9")


@pytest.mark.parametrize(
    ("network", "names", "words"),
    [
        ("10.0.3.0/24", (), "eth3 is down: switch it on with `ip link set eth3 up`"),
        ("10.0.0.0/24", ("eth3",), "eth3 is down"),
        ("10.0.4.0/24", (), "eth4 is up but has no carrier: check the cable"),
        ("10.0.0.0/24", ("eth4",), "no carrier"),
    ],
)
def test_one_that_cannot_be_used_says_why(network: str, names: tuple[str, ...], words: str) -> None:
    with pytest.raises(InterfaceError) as caught:
        choose(network, *names)
    assert words in str(caught.value)


def test_a_scope_that_faces_nothing_is_answered_with_the_networks_there_are() -> None:
    with pytest.raises(InterfaceError, match=r"no interface stands in 192\.168\.9\.0/24.*eth0 \(10\.0\.0\.0/24"):
        choose("192.168.9.0/24")


def test_a_routed_scope_is_allowed_and_its_limits_are_said() -> None:
    assert choose("192.168.9.0/24", routed=True) == []
    (sentence,) = unreached([ip_network("192.168.9.0/24"), ip_network("10.0.0.0/25")], [ETH0.interface])
    assert "192.168.9.0/24 is behind a router" in sentence


def test_link_local_alone_says_nothing_about_which_wire() -> None:
    with pytest.raises(InterfaceError, match="--interface among eth0"):
        choose("fe80::/64")
    assert choose("fe80::/64 10.0.0.0/24") == ["eth0"]


def test_the_machine_has_a_loopback_without_a_link_layer() -> None:
    loopback = next(one for one in list_interfaces() if one.interface.name == "lo")
    assert loopback.interface.mac is None
    assert loopback.interface.index > 0
    assert [interface.name for interface in choose_interfaces([ip_network("127.0.0.0/8")])] == ["lo"]


def test_a_route_is_looked_up_without_a_packet() -> None:
    assert route_exists(ip_network("127.0.0.0/24"))


LOOPBACK = Interface("lo", 1, None, (IPv4Interface("127.0.0.1/8"),))


@pytest.mark.parametrize(
    ("everywhere", "here", "hears"), [("0", "0", True), ("1", "0", False), ("0", "2", True), ("0", "1", False)]
)
def test_the_reverse_path_filter_decides_who_is_heard(tmp_path: Path, everywhere: str, here: str, hears: bool) -> None:
    """There is no route to a factory address here, unless loosely through the loopback's own network."""
    for name, value in (("all", everywhere), ("lo", here)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rp_filter").write_text(value + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interfaces, "FACTORY_ADDRESS", "127.5.5.5")
        other = replace(LOOPBACK, ipv4=(IPv4Interface("127.0.0.99/8"),))
        assert hears_strangers(other, tmp_path) is hears


def test_without_any_route_no_filter_lets_a_stranger_in(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "rp_filter").write_text("2")
    assert not hears_strangers(LOOPBACK, tmp_path)
