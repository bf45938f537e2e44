"""IPv4 address ranges as pairs of numbers, so that a /16 costs a few bytes and not 65,536 objects; pure.

A range is (first, last), both included. Ranges are sorted and do not overlap.
"""

from __future__ import annotations

import bisect
import ipaddress
import math
import random
from collections.abc import Iterable, Sequence
from typing import overload

from scanner.scope import Network, Scope, Target

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def permitted(scope: Scope) -> Ranges:
    """The addresses that `scope.targets()` yields."""
    return subtract(_usable(scope.networks), whole(scope.excluded))


def whole(networks: Iterable[Network]) -> Ranges:
    """Every IPv4 address of the networks, edges included."""
    return merge((int(net.network_address), int(net.broadcast_address)) for net in networks if net.version == 4)


def of_addresses(addresses: Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> Ranges:
    """The IPv4 ones among some addresses."""
    return merge((int(address), int(address)) for address in addresses if address.version == 4)


def merge(ranges: Iterable[Range]) -> Ranges:
    """Sort ranges and join those that touch or overlap."""
    out: list[Range] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return tuple(out)


def intersect(left: Ranges, right: Ranges) -> Ranges:
    """Addresses that are in both."""
    out: list[Range] = []
    i = j = 0
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if first <= last:
            out.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(out)


def subtract(left: Ranges, right: Ranges) -> Ranges:
    """Addresses of the first that are not in the second."""
    out: list[Range] = []
    for start, last in left:
        first = start
        for cut_first, cut_last in right:
            if cut_last < first or cut_first > last:
                continue
            if cut_first > first:
                out.append((first, cut_first - 1))
            first = cut_last + 1
        if first <= last:
            out.append((first, last))
    return tuple(out)


def count(ranges: Ranges) -> int:
    """How many addresses."""
    return sum(last - first + 1 for first, last in ranges)


def within(inner: Ranges, outer: Ranges) -> bool:
    """True when every address of the first is in the second."""
    return not subtract(inner, outer)


def _usable(networks: Iterable[Network]) -> Ranges:
    pairs = []
    for net in networks:
        edge = 1 if net.prefixlen < 31 else 0
        if net.version == 4:
            pairs.append((int(net.network_address) + edge, int(net.broadcast_address) - edge))
    return merge(pairs)


class Positions:
    """Numbers 0 to `len` - 1 for the addresses of some ranges, both ways."""

    __slots__ = ("_firsts", "_offsets", "ranges", "size")

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._firsts = [first for first, _ in ranges]
        self._offsets = [0]
        for first, last in ranges:
            self._offsets.append(self._offsets[-1] + last - first + 1)
        self.size = self._offsets[-1]

    def __len__(self) -> int:
        return self.size

    def address(self, position: int) -> int:
        """The address at a position of 0 to `len` - 1."""
        at = bisect.bisect_right(self._offsets, position) - 1
        return self._firsts[at] + position - self._offsets[at]

    def position(self, address: int) -> int | None:
        """The position of an address; None when it is in no range."""
        at = bisect.bisect_right(self._firsts, address) - 1
        if at < 0 or address > self.ranges[at][1]:
            return None
        return self._offsets[at] + address - self._firsts[at]


def stride(size: int, rng: random.Random) -> tuple[int, int]:
    """A step without common divisor with the size, so that its multiples visit every position once, and a start.

    The order spreads over the whole range from the first addresses on, and costs no memory.
    """
    if size < 3:
        return 1, 0
    step = rng.randrange(size // 3, 2 * size // 3 + 1) or 1
    while math.gcd(step, size) != 1:
        step += 1
    return step, rng.randrange(size)


class TargetRange(Sequence[Target]):
    """The targets of a scope, made one by one as they are asked for."""

    __slots__ = ("_positions", "_scope", "ranges")

    def __init__(self, scope: Scope, ranges: Ranges | None = None) -> None:
        """All IPv4 targets of the scope, or those of them that lie in `ranges`."""
        self._scope = scope
        self.ranges = permitted(scope) if ranges is None else intersect(ranges, permitted(scope))
        self._positions = Positions(self.ranges)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Target: ...

    @overload
    def __getitem__(self, index: slice) -> list[Target]: ...

    def __getitem__(self, index: int | slice) -> Target | list[Target]:
        if isinstance(index, slice):
            return [self._at(position) for position in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._at(index % len(self))

    def _at(self, position: int) -> Target:
        target = self._scope.admit(ipaddress.IPv4Address(self._positions.address(position)))
        if target is None:
            raise AssertionError(f"position {position} lies outside the scope")
        return target


def of_targets(targets: Sequence[Target]) -> Ranges:
    """The ranges behind some targets, without walking them where they are a TargetRange."""
    if isinstance(targets, TargetRange):
        return targets.ranges
    return of_addresses(target.address for target in targets)
