"""The scope is the only door to the network: what it lets through and what it refuses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.scope import Scope, ScopeError, Target, make_scope, parse_network


def test_a_target_cannot_be_made_without_a_scope() -> None:
    with pytest.raises(TypeError, match=r"Scope\.admit"):
        Target(ipaddress.ip_address("10.0.0.1"))


def test_targets_are_the_usable_addresses_in_order() -> None:
    scope = make_scope(["10.0.0.0/29"])
    assert [str(t) for t in scope.targets()] == [f"10.0.0.{n}" for n in range(1, 7)]
    assert scope.size() == 6


@pytest.mark.parametrize(("network", "expected"), [("10.0.0.4/31", 2), ("10.0.0.4/32", 1), ("10.0.0.4", 1)])
def test_small_networks_have_no_edges(network: str, expected: int) -> None:
    scope = make_scope([network])
    assert len(list(scope.targets())) == scope.size() == expected


def test_overlapping_networks_are_asked_once() -> None:
    scope = make_scope(["10.0.0.0/30", "10.0.0.0/29", "10.0.0.3"])
    assert [str(t) for t in scope.targets()] == [f"10.0.0.{n}" for n in range(1, 7)]


def test_an_excluded_network_is_never_admitted() -> None:
    scope = make_scope(["10.0.0.0/24"], excluded=["10.0.0.128/25"])
    assert scope.admit("10.0.0.129") is None
    assert scope.admit("10.0.0.127") is not None
    assert scope.size() == 127


@pytest.mark.parametrize(
    "address",
    [
        "10.0.1.1",
        "8.8.8.8",
        "::ffff:10.0.0.5",
        "224.0.0.251",
        "10.0.0.255",
        "10.0.0.0",
        "example.test",
        "",
        "10.0.0.5.1",
    ],
)
def test_foreign_addresses_are_not_admitted(address: str) -> None:
    assert make_scope(["10.0.0.0/24"]).admit(address) is None


def test_a_link_local_address_keeps_its_zone() -> None:
    target = make_scope(["fe80::/64"]).admit("fe80::1%eth0")
    assert target is not None
    assert target.host == "fe80::1%eth0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10.0.0.1/24", r"host bits set: did you mean 10\.0\.0\.0/24"),
        ("10.0.0.0/33", "is not a network"),
        ("camera.local", "is not a network"),
        ("10.0.0.1-20", "is not a network"),
        ("224.0.0.0/24", "multicast"),
        ("192.0.2.0/24", "--allow-public"),
        ("10.0.0.0/8", "--allow-large"),
        ("0.0.0.0/0", "not a network of hosts"),
    ],
)
def test_an_unfit_scope_is_refused_with_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ScopeError, match=says):
        make_scope([text])


def test_two_halves_of_a_large_scope_are_counted_together() -> None:
    with pytest.raises(ScopeError, match="131,072"):
        make_scope(["10.0.0.0/16", "10.1.0.0/16"])
    assert make_scope(["10.0.0.0/16", "10.1.0.0/16"], allow_large=True).size() == 131_070


def test_no_network_is_refused() -> None:
    with pytest.raises(ScopeError, match="no network given"):
        make_scope([])


def test_public_networks_need_their_flag() -> None:
    assert isinstance(make_scope(["192.0.2.0/24"], allow_public=True), Scope)


def test_parse_network_takes_both_families() -> None:
    assert parse_network(" 10.0.0.0/24 ") == ipaddress.ip_network("10.0.0.0/24")
    assert parse_network("fe80::/64") == ipaddress.ip_network("fe80::/64")


@given(
    st.integers(24, 32),
    st.lists(st.tuples(st.integers(0, 255), st.integers(22, 32)), max_size=4),
)
def test_the_size_is_what_walking_would_count(prefix: int, holes: list[tuple[int, int]]) -> None:
    excluded = [str(ipaddress.ip_network(f"10.0.0.{start}/{length}", strict=False)) for start, length in holes]
    scope = make_scope([f"10.0.0.0/{prefix}"], excluded=excluded)
    assert scope.size() == len(list(scope.targets()))


def test_the_size_of_a_large_scope_with_a_hole_is_not_walked() -> None:
    assert make_scope(["10.0.0.0/8"], excluded=["10.0.0.8/30"], allow_large=True).size() == (1 << 24) - 6


_NETWORKS = st.builds(
    lambda number, length: ipaddress.ip_network((number >> (32 - length) << (32 - length), length)),
    st.integers(0x0A000000, 0x0A0000FF),
    st.integers(24, 32),
)


@given(st.lists(_NETWORKS, min_size=1, max_size=3), st.lists(_NETWORKS, max_size=3), st.integers(0, 255))
def test_membership_is_that_of_the_networks(
    networks: list[ipaddress.IPv4Network], excluded: list[ipaddress.IPv4Network], last: int
) -> None:
    """In a network, in none that is excluded, and no mere edge (network or broadcast address) of all that hold it."""
    address = ipaddress.IPv4Address(0x0A000000 + last)
    holding = [net for net in networks if address in net]
    usable = any(net.prefixlen > 30 or address not in (net[0], net[-1]) for net in holding)
    free = not any(address in net for net in excluded)
    assert Scope(tuple(networks), excluded=tuple(excluded)).contains(address) is (usable and free)
