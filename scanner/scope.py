"""The only door to the network: what may be contacted exists only as a Target that a Scope made.

Never resolves a name, never contacts anything, never widens itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LARGEST_WITHOUT_FLAG: Final = 1 << 16
"""A /16 holds 65,536 addresses; more is asked for in words, since a typing error costs hours and floods a site."""


class _Seal:
    """What the targets of one scope have in common, and nobody else has."""

    __slots__ = ()


_MULTICAST: Final = {4: 0b1110, 6: 0xFF}
"""How multicast addresses begin (RFC 5771, RFC 4291)."""

_MULTICAST_BITS: Final = {4: 32 - 4, 6: 128 - 8}
"""Bits after that beginning."""

_MAPPED: Final = 0xFFFF
"""How IPv4-mapped IPv6 addresses begin, before the last 32 bits."""

_NUMBERS: Final = {str(number): number for number in range(256)}
"""Each part of an IPv4 address in the one way to write it."""

_Spans = tuple[tuple[int, int, int], ...]
"""Version, first and last number of each network."""


class ScopeError(ValueError):
    """The scope cannot be used as written; the message says which part and what to write instead."""


class Target(Struct, frozen=True, gc=False):
    """One address that a scope admitted. Only `Scope.admit` and `Scope.targets` make these."""

    text: str  # the address, without a zone: asked for at every step
    interface: str | None = None
    _seal: object = None
    _number: int = 0  # of an IPv4 address
    _wide: ipaddress.IPv6Address | None = None

    def __post_init__(self) -> None:
        if not isinstance(self._seal, _Seal):
            raise TypeError("a Target is made by Scope.admit only")

    @property
    def address(self) -> Address:
        """As an address; made when asked for, which is rarely."""
        return self._wide if self._wide is not None else ipaddress.IPv4Address(self._number)

    @property
    def version(self) -> int:
        """4 or 6."""
        return 4 if self._wide is None else 6

    @property
    def host(self) -> str:
        """The address as the socket layer takes it, with the zone of a link-local IPv6 address."""
        if self._wide is not None and self._wide.is_link_local and self.interface:
            return f"{self.text}%{self.interface}"
        return self.text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Target({self.host!r})"


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of this machine that faces the scope."""

    name: str
    index: int
    mac: str | None
    ipv4: tuple[ipaddress.IPv4Interface, ...] = ()
    ipv6: tuple[ipaddress.IPv6Interface, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The addresses and interfaces this run may touch, and who authorised it."""

    networks: tuple[Network, ...]
    interfaces: tuple[Interface, ...] = ()
    excluded: tuple[Network, ...] = ()
    authorised_by: str = ""
    _seal: _Seal = field(default_factory=_Seal, init=False, repr=False, compare=False)
    _usable: _Spans = field(default=(), init=False, repr=False, compare=False)
    _closed: _Spans = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every packet is held against the scope, so the networks are kept as numbers, too."""
        object.__setattr__(self, "_usable", tuple(_span(net, edges=False) for net in self.networks))
        object.__setattr__(self, "_closed", tuple(_span(net, edges=True) for net in self.excluded))

    def contains(self, address: Address | str) -> bool:
        """True when the address may be contacted. IPv4-mapped IPv6 addresses are never admitted: write IPv4."""
        if isinstance(address, str):
            if (parsed := _parse(address.partition("%")[0])) is None:
                return False
            address = parsed
        return self._holds(address.version, int(address))

    def _holds(self, version: int, number: int) -> bool:
        if number >> _MULTICAST_BITS[version] == _MULTICAST[version] or (version == 6 and number >> 32 == _MAPPED):
            return False
        if self._closed and _lies_in(self._closed, version, number):
            return False
        return _lies_in(self._usable, version, number)

    def admit(self, address: Address | str, interface: str | None = None) -> Target | None:
        """Return the Target for an address inside the scope, else None. Learned addresses come through here too."""
        if isinstance(address, ipaddress.IPv6Address):
            holds = self._holds(6, int(address))
            return Target(str(address), interface, self._seal, _wide=address) if holds else None
        text, _, zone = str(address).partition("%")
        if ":" in text:
            wide = _parse(text)
            return self.admit(wide, interface or zone or None) if wide is not None else None
        number = _read_number(text)
        if number is None or not self._holds(4, number):
            return None
        return Target(text, interface or zone or None, self._seal, number)  # there is one way to write it

    def holds(self, target: Target) -> bool:
        """True when a target may be contacted: it is of this scope, or of another and lies in this one too."""
        return target._seal is self._seal or self.contains(target.address)

    def targets(self) -> Iterator[Target]:
        """Every IPv4 address of the scope in order. IPv6 networks are not enumerated: multicast finds those hosts."""
        for version, first, last in self._usable:
            for number in range(first, last + 1) if version == 4 else ():
                if (target := self.admit(ipaddress.IPv4Address(number))) is not None:
                    yield target

    def size(self) -> int:
        """How many IPv4 addresses `targets` yields; counted, not walked."""
        total = 0
        for net in self.networks:
            if net.version == 4:
                edges = {net.network_address, net.broadcast_address} if net.prefixlen < 31 else set()
                out = [hole for hole in self._holes() if net.overlaps(hole)]
                total += net.num_addresses - len(edges)
                total -= sum(min(hole.num_addresses, net.num_addresses) for hole in out)
                total += sum(1 for edge in edges if any(edge in hole for hole in out))
        return total

    def _holes(self) -> list[ipaddress.IPv4Network]:
        """The excluded IPv4 networks without overlaps."""
        return list(ipaddress.collapse_addresses(n for n in self.excluded if isinstance(n, ipaddress.IPv4Network)))


def _parse(text: str) -> Address | None:
    """As ipaddress.ip_address, at a third of its time, and None where it raises."""
    if ":" not in text:
        number = _read_number(text)
        return ipaddress.IPv4Address(number) if number is not None else None
    try:
        return ipaddress.IPv6Address(text)
    except ValueError:
        return None


def _read_number(text: str) -> int | None:
    """The number of an IPv4 address; None where it is none."""
    try:
        first, second, third, fourth = text.split(".")
        return _NUMBERS[first] << 24 | _NUMBERS[second] << 16 | _NUMBERS[third] << 8 | _NUMBERS[fourth]
    except (KeyError, ValueError):
        return None


def _span(net: Network, *, edges: bool) -> tuple[int, int, int]:
    """Version, first and last number. The network and broadcast address of an IPv4 network wider than /31 is nobody's:
    left out without `edges`.
    """
    first, last = int(net.network_address), int(net.broadcast_address)
    inset = int(net.version == 4 and net.prefixlen < 31 and not edges)
    return net.version, first + inset, last - inset


def _lies_in(spans: _Spans, version: int, number: int) -> bool:
    for its_version, first, last in spans:  # noqa: SIM110 -- a generator takes three times as long, for each packet
        if first <= number <= last and its_version == version:
            return True
    return False


def parse_network(text: str) -> Network:
    """Read one network or address; host bits set, names and ranges are refused with what to write instead."""
    text = text.strip()
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ScopeError(f"{text!r} is not a network: write it as 10.0.0.0/24 or one address") from None
    raise ScopeError(
        f"{text!r} has host bits set: did you mean {loose} (the network) or {text.split('/')[0]} (one host)?"
    )


def make_scope(
    networks: Iterable[str],
    interfaces: Iterable[Interface] = (),
    *,
    excluded: Iterable[str] = (),
    authorised_by: str = "",
    allow_public: bool = False,
    allow_large: bool = False,
) -> Scope:
    """Build the scope from text, or raise ScopeError naming the part and the flag that would allow it."""
    nets = tuple(dict.fromkeys(parse_network(text) for text in networks))
    if not nets:
        raise ScopeError("no network given: name what may be scanned, for example 10.0.0.0/24")
    for net in nets:
        _refuse_unfit(net, allow_public=allow_public)
    kept: tuple[Network, ...] = (
        *_merge([n for n in nets if isinstance(n, ipaddress.IPv4Network)]),
        *ipaddress.collapse_addresses(n for n in nets if isinstance(n, ipaddress.IPv6Network)),
    )
    total = sum(net.num_addresses for net in kept if net.version == 4)
    if total > LARGEST_WITHOUT_FLAG and not allow_large:
        raise ScopeError(f"the scope holds {total:,} addresses, more than a /16: add --allow-large if that is meant")
    return Scope(kept, tuple(interfaces), tuple(parse_network(text) for text in excluded), authorised_by)


def _merge(nets: list[ipaddress.IPv4Network]) -> Iterator[ipaddress.IPv4Network]:
    """The networks without overlaps, in order. Hosts named one by one are never merged into a network.

    Four of them in a row would become a /30, and its first and last address are nobody's.
    """
    wide = list(ipaddress.collapse_addresses(net for net in nets if net.prefixlen < 31))
    spans = [_span(net, edges=False) for net in wide]
    hosts: list[ipaddress.IPv4Network] = []
    for net in sorted(net for net in nets if net.prefixlen >= 31):
        if hosts and net.subnet_of(hosts[-1]):
            continue
        if not all(_lies_in(tuple(spans), 4, int(address)) for address in net):
            hosts.append(net)
    yield from sorted([*wide, *hosts])


def _refuse_unfit(net: Network, *, allow_public: bool) -> None:
    if net.is_multicast:
        raise ScopeError(f"{net} is multicast: name the network of the hosts instead")
    if net.is_unspecified or (net.version == 4 and net.prefixlen == 0):
        raise ScopeError(f"{net} is not a network of hosts")
    if not is_private(net) and not allow_public:
        raise ScopeError(f"{net} holds public addresses: add --allow-public if you are authorised to scan them")


PRIVATE: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "100.64.0.0/10",
        "fe80::/10",
        "fc00::/7",
        "::1/128",
    )
)
"""Ranges that a site uses for itself: RFC 1918, 3927, 6598, 4193, 4291 and loopback."""


def is_private(net: Network) -> bool:
    """True when every address of the network lies in a range a site uses for itself."""
    return any(net.version == own.version and net.subnet_of(own) for own in PRIVATE)  # type: ignore[arg-type]
