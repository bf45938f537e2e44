"""The scope is the only door to the network: what it lets through and what it refuses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.scope import Interface, Scope, ScopeError, Target, _parse, make_scope, parse_network


def test_hosts_named_one_by_one_are_all_asked() -> None:
    """Merged into a /30 the first and the last would be nobody's, and be left out without a word."""
    scope = make_scope([f"10.0.0.{last}" for last in (12, 13, 14, 15)])
    assert [str(target) for target in scope.targets()] == ["10.0.0.12", "10.0.0.13", "10.0.0.14", "10.0.0.15"]
    assert scope.size() == 4


def test_pairs_named_one_by_one_are_all_asked() -> None:
    """Two /31 beside each other are the same case: a /30 of them would lose two addresses."""
    scope = make_scope(["10.0.0.12/31", "10.0.0.14/31"])
    assert [str(target) for target in scope.targets()] == ["10.0.0.12", "10.0.0.13", "10.0.0.14", "10.0.0.15"]


def test_a_host_named_twice_hides_none_that_comes_after_it() -> None:
    scope = make_scope(["10.0.0.8/31", "10.0.0.8", "10.0.0.20", "10.0.0.30"])
    assert [str(target) for target in scope.targets()] == ["10.0.0.8", "10.0.0.9", "10.0.0.20", "10.0.0.30"]


def test_networks_of_ipv6_are_not_enumerated() -> None:
    scope = make_scope(["fe80::/126", "10.0.0.4/31"])
    assert [str(target) for target in scope.targets()] == ["10.0.0.4", "10.0.0.5"]


def test_a_host_inside_a_network_counts_once_and_its_edge_where_it_is_named() -> None:
    scope = make_scope(["10.0.0.9", "10.0.0.8/31", "10.0.0.8", "10.0.0.0/29", "10.0.0.4", "10.0.0.7"])
    assert [str(net) for net in scope.networks] == ["10.0.0.0/29", "10.0.0.7/32", "10.0.0.8/31"]
    assert scope.size() == len(list(scope.targets())) == 9
    assert [str(net) for net in make_scope(["10.0.0.0/25", "10.0.0.128/25"]).networks] == ["10.0.0.0/24"]


def test_a_target_cannot_be_made_without_a_scope() -> None:
    with pytest.raises(TypeError, match=r"^a Target is made by Scope\.admit only$"):
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
    assert (str(target.address), target.interface) == ("fe80::1", "eth0")


@pytest.mark.parametrize("text", ["fe80::a1", "FE80:0::A1", "fe80:0:0:0:0:0:0:a1%eth0"])
def test_a_target_is_written_in_one_way_however_its_address_was(text: str) -> None:
    assert str(make_scope(["fe80::/64"]).admit(text)) == "fe80::a1"


def test_an_address_in_words_lies_in_the_scope_as_the_address_does() -> None:
    scope = make_scope(["10.0.0.0/24", "fe80::/64"])
    assert all(scope.contains(text) for text in ("10.0.0.5", "fe80::1", "fe80::1%eth0"))
    assert not any(scope.contains(text) for text in ("10.0.1.5", "fe81::1%eth0", "camera.local", ""))


def test_groups_and_mapped_addresses_lie_in_no_scope_however_wide() -> None:
    scope = Scope((ipaddress.ip_network("::/0"), ipaddress.ip_network("0.0.0.0/0")))
    assert scope.contains("2001:db8::1")
    assert not any(scope.contains(text) for text in ("ff02::1", "224.0.0.251", "::ffff:10.0.0.5"))


def test_the_scope_keeps_its_interfaces_and_who_authorised_it() -> None:
    card = Interface("eth0", 2, None)
    assert make_scope(["10.0.0.0/24"], [card]).interfaces == (card,)
    assert make_scope(["10.0.0.0/24"]).authorised_by == ""
    assert make_scope(["10.0.0.0/24"], authorised_by="the auditor").authorised_by == "the auditor"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10.0.0.1/24", r"host bits set: did you mean 10\.0\.0\.0/24 \(the network\) or 10\.0\.0\.1 \(one host\)\?"),
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


def test_a_scope_of_exactly_a_16_needs_no_flag() -> None:
    assert make_scope(["10.0.0.0/16"]).size() == 65_534


def test_the_size_is_that_of_all_networks() -> None:
    assert make_scope(["10.0.0.0/29", "10.0.1.0/29"]).size() == 12


def test_no_network_is_refused() -> None:
    with pytest.raises(ScopeError, match=r"^no network given: name what may be scanned, for example 10\.0\.0\.0/24$"):
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


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1", "0.0.0.0", "255.255.255.255", "10.0.0.01", "10.0.0.256", "10.0.0.-1", "10.0.0.+1", "10.0.0.1_0",
        "10.0.0", "10.0.0.0.1", "1", "", ".", "10..0.1", " 10.0.0.1", "10.0.0.1\n", "10.0.0.1/32", "10.0.0.\u0661",
        "0x0a.0.0.1", "fe80::a1", "FE80::00A1", "::ffff:10.0.0.1", ":", "::1::", "host",
    ],
)  # fmt: skip
def test_an_address_is_read_as_the_standard_library_reads_it(text: str) -> None:
    try:
        expected = ipaddress.ip_address(text)
    except ValueError:
        expected = None
    assert _parse(text) == expected


@pytest.mark.parametrize(
    ("address", "text", "version"),
    [
        ("10.0.0.9", "10.0.0.9", 4),
        (ipaddress.IPv4Address("10.0.0.9"), "10.0.0.9", 4),
        ("fe80::9%eth0", "fe80::9", 6),
        (ipaddress.IPv6Address("fe80::9"), "fe80::9", 6),
    ],
)
def test_a_target_knows_its_address_its_text_and_its_family(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address | str, text: str, version: int
) -> None:
    target = make_scope(["10.0.0.0/24", "fe80::/64"]).admit(address)
    assert target is not None
    assert (target.text, str(target), target.version) == (text, text, version)
    assert target.address == ipaddress.ip_address(text)
