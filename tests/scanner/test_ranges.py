"""Address ranges are the scope's targets exactly, without a list of them."""

from __future__ import annotations

import ipaddress
import itertools
import math
import random
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import ranges
from scanner.ranges import Positions, TargetRange, permitted, stride
from scanner.scope import Scope, make_scope

SCOPES = (
    (["10.0.0.0/24"], []),
    (["10.0.0.0/24"], ["10.0.0.128/25"]),
    (["10.0.0.0/24", "10.0.1.0/24", "10.3.0.0/30"], ["10.0.0.5", "10.0.1.0/28"]),
    (["10.0.0.8/31", "10.0.0.20", "fe80::/64"], []),
    (["10.0.0.0/28"], ["10.0.0.0/28"]),
)

small = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
)


def addresses(of: ranges.Ranges) -> set[int]:
    return {number for first, last in of for number in range(first, last + 1)}


@pytest.mark.parametrize(("networks", "excluded"), SCOPES)
def test_permitted_is_what_the_scope_yields(networks: list[str], excluded: list[str]) -> None:
    scope = make_scope(networks, excluded=excluded)
    assert [str(IPv4Address(number)) for number in sorted(addresses(permitted(scope)))] == [
        str(target) for target in scope.targets()
    ]


@pytest.mark.parametrize(("networks", "excluded"), SCOPES)
def test_a_target_range_is_the_list_of_targets(networks: list[str], excluded: list[str]) -> None:
    scope = make_scope(networks, excluded=excluded)
    lazy = TargetRange(scope)
    assert list(lazy) == list(scope.targets())
    assert lazy[:3] == list(scope.targets())[:3]
    assert ranges.of_targets(lazy) == ranges.of_targets(list(scope.targets())) == permitted(scope)
    with pytest.raises(IndexError):
        lazy[len(lazy)]


def test_a_target_range_never_leaves_the_scope() -> None:
    scope = make_scope(["10.0.0.0/29"])
    wide = ranges.whole([ipaddress.ip_network("10.0.0.0/24")])
    assert [str(target) for target in TargetRange(scope, wide)] == [f"10.0.0.{host}" for host in range(1, 7)]


def test_overlapping_networks_of_a_scope_agree_with_its_own_rule_for_edges() -> None:
    nets = (ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("10.0.0.0/30"))
    scope = Scope(nets)
    assert len({str(target) for target in scope.targets()}) == ranges.count(permitted(scope))


def test_a_large_scope_costs_two_numbers() -> None:
    scope = make_scope(["10.0.0.0/8"], allow_large=True)
    assert permitted(scope) == ((10 * 2**24 + 1, 11 * 2**24 - 2),)
    assert len(TargetRange(scope)) == 2**24 - 2


@given(small, small)
def test_set_operations_agree_with_sets(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, two = ranges.merge(left), ranges.merge(right)
    assert addresses(ranges.intersect(one, two)) == addresses(one) & addresses(two)
    assert addresses(ranges.subtract(one, two)) == addresses(one) - addresses(two)
    assert ranges.within(one, two) == (addresses(one) <= addresses(two))
    assert ranges.count(one) == len(addresses(one))
    assert all(a[1] + 1 < b[0] for a, b in itertools.pairwise(one))


@given(small)
def test_positions_count_through_the_ranges_both_ways(pairs: list[tuple[int, int]]) -> None:
    merged = ranges.merge(pairs)
    positions = Positions(merged)
    assert [positions.address(at) for at in range(len(positions))] == sorted(addresses(merged))
    assert all(positions.position(positions.address(at)) == at for at in range(len(positions)))
    assert positions.position(1000) is None


@given(st.integers(0, 300), st.integers())
def test_a_stride_visits_every_position_once(size: int, seed: int) -> None:
    step, start = stride(size, random.Random(seed))
    assert math.gcd(step, max(size, 1)) == 1
    assert {(order * step + start) % size for order in range(size)} == set(range(size))
