"""Unites observations into devices: one camera may answer on two addresses, over IPv4 and IPv6, to four sweeps.

Pure. Never merges by address alone: factory-fresh units share 192.168.1.64 and 192.168.1.108.
What unites: the same link-layer address (unless it answers for a whole network, as a router with proxy ARP does), and
a serial number or endpoint reference that both sides state in the same protocol, if what they are agrees as well and no
more cards state it than a device has.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeAlias

from scanner.model import Addresses, Observation, replace

PROXY_ADDRESSES: Final = 4
"""A card with more IPv4 addresses than this answers for others (proxy ARP, a load balancer, a flood of forgeries)."""

STATED: Final = frozenset({"sadp.serial", "dhdiscover.serial", "dvrip-search.serial", "onvif-wsd.endpoint"})
"""Identities that hardware states of itself. Both sides must state it in the same protocol: a device that merely lies
about another's serial number is not merged with one that never said it."""

STATING: Final = frozenset(name.partition(".")[0] for name in STATED)
"""Their protocols."""

_STATED_FIELDS: Final = frozenset(name.partition(".")[2] for name in STATED)
"""Their fields: looked at first, since most observations have another."""

SHORTEST_IDENTITY: Final = 9
"""Characters below which a serial number is a placeholder ("0", "N/A", "12345678")."""


CROWD: Final = 256
"""Senders outside the scope without a known card beyond which nobody can tell real ones from forged ones: they are one
entry together. A wire with so many real units of other networks is one to be scanned in its own right."""

ADDRESSES_SHOWN: Final = 16
"""Addresses listed of an entry that stands for a crowd; the record has them all."""

CARDS: Final = 4
"""Network cards of one device at most: two wired ones, one for the camera network behind it, one by radio. What more
cards state is a number that a whole batch was given, or that is copied: each of them is a device of its own."""

CLAIMANTS: Final = 8
"""Devices that may state one identity and contradict each other, each kept apart; further ones stay apart untried."""

Agree = Callable[[Sequence[Observation], Sequence[Observation]], bool]
"""True when two hosts that state the same identity may be one device by everything else they say. A liar copies an
honest device's serial number to have its own contradictions counted against that device."""


def agree_always(one: Sequence[Observation], other: Sequence[Observation]) -> bool:
    """Take every statement at its word: for observations that are known to be of one device."""
    del one, other
    return True


Source: TypeAlias = "tuple[str | None, str | None]"
"""Address and link-layer source of an observation."""

Statement: TypeAlias = "tuple[str, str]"
"""What hardware states of itself: the dotted name of the field, and the identity."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where observations come from before uniting: an address, a link-layer source, or both."""

    address: str | None
    mac: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """All observations of one device."""

    hosts: tuple[Host, ...]
    observations: tuple[Observation, ...]
    addresses: Addresses
    id: str  # survives a change of address where a MAC or a stated serial is known
    shared_address: bool = False  # another device answered from one of its addresses
    crowd: int = (
        0  # IPv4 addresses that its card, or a crowd without known cards, answered for; 0 for an ordinary device
    )


@dataclass(frozen=True, slots=True)
class Survey:
    """What can be told of one host only by all that there are."""

    crowded: frozenset[str]  # cards that answer for a network
    sizes: Mapping[Host, int]  # how many answered behind each host of a crowd
    shared: frozenset[str]  # addresses that several cards answered from
    strangers: frozenset[Host]  # hosts outside the scope that are one entry with others of their card, or of no card


def unite(observations: Iterable[Observation], agree: Agree = agree_always) -> tuple[Cluster, ...]:
    """Group observations by device, in a stable order. The order of the input does not matter."""
    by_source: dict[Source, list[Observation]] = {}
    for seen in observations:
        by_source.setdefault((seen.address, seen.mac), []).append(seen)
    hosts = assign_hosts(by_source)
    by_host = {host: [seen for source in held for seen in by_source[source]] for host, held in hosts.items()}
    outside = {host for host, held in by_host.items() if all(seen.scope == "off" for seen in held)}
    clusters = unite_hosts(by_host, survey_hosts(by_host, outside), agree)
    return tuple(sorted(clusters, key=cluster_order))


def unite_hosts(
    by_host: Mapping[Host, Sequence[Observation]], survey: Survey, agree: Agree = agree_always
) -> list[Cluster]:
    """The devices among hosts of which no others may be a part: all there are, or what `find_kin` gave together."""
    groups = _Union(by_host)
    _join_by_mac(groups, survey.crowded)
    if groups.count > 1:  # most hosts are alone or of one card
        _join_by_statement(groups, by_host, agree)
        _join_strangers(groups, survey.strangers)
    return _tell_apart([_make_cluster(hosts, by_host, survey) for hosts in groups.sets()])


def find_kin(stated: Mapping[Host, Collection[Statement]], survey: Survey) -> list[tuple[Host, ...]]:
    """Hosts by what could make them one device: the same card, the same statement, the same crowd.

    Whether they are one is `unite_hosts`' to say, of each such set by itself. In the order of their first hosts.
    """
    groups = _Union(stated)
    _join_by_mac(groups, survey.crowded)
    first: dict[Statement, Host] = {}
    for host in groups:
        for statement in stated[host]:
            groups.join(first.setdefault(statement, host), host)
    _join_strangers(groups, survey.strangers)
    return groups.sets()


def assign_hosts(sources: Iterable[Source]) -> dict[Host, list[Source]]:
    """What was heard without a MAC belongs to the only MAC seen at its address, or stands apart if there are two."""
    held = list(sources)
    macs: dict[str, list[str]] = {}
    for address, mac in held:
        if address is not None and mac is not None:
            macs.setdefault(address, []).append(mac)
    by_host: dict[Host, list[Source]] = {}
    for address, mac in held:
        only = macs.get(address, ()) if mac is None and address is not None else ()
        by_host.setdefault(Host(address, only[0] if len(only) == 1 else mac), []).append((address, mac))
    return by_host


def survey_hosts(hosts: Collection[Host], outside: Collection[Host]) -> Survey:
    """Look over all hosts; those `outside` were heard from outside the scope alone."""
    crowded = _crowded_macs(hosts)
    by_card: dict[str, list[Host]] = defaultdict(list)
    strangers: dict[str, list[Host]] = defaultdict(list)
    for host in hosts:
        if host.address is None or ":" in host.address:
            continue
        card = host.mac or ""
        by_card[card].append(host)
        if host in outside:
            strangers[card].append(host)
    sizes = {host: len(by_card[card]) for card in crowded for host in by_card[card]}
    joined: set[Host] = set()
    for card, held in strangers.items():
        if card in crowded or (not card and len(held) > CROWD):
            joined.update(held)
            sizes.update({host: max(sizes.get(host, 0), len(held)) for host in held})
    return Survey(crowded, sizes, _shared_addresses(hosts), frozenset(joined))


def state(seen: Observation) -> Statement | None:
    """The identity that the observation states, if it states one."""
    return state_fact(seen.protocol, seen.field, seen.value)


def state_fact(protocol: str, field: str, value: str) -> Statement | None:
    """The identity that a fact states, if it states one."""
    if field in _STATED_FIELDS and (name := f"{protocol}.{field}") in STATED and _is_identity(value):
        return name, value
    return None


def cluster_order(cluster: Cluster) -> tuple[int, int, str]:
    """Devices stand in the order of their first hosts."""
    return host_order(cluster.hosts[0])


def host_order(host: Host) -> tuple[int, int, str]:
    """By address as a number, then by card."""
    if host.address is None:
        return (9, 0, host.mac or "")
    number = _read_ipv4(host.address)
    if number is not None:
        return (4, number, host.mac or "")
    try:
        parsed = ip_address(host.address)
    except ValueError:
        return (8, 0, f"{host.address} {host.mac}")
    return (parsed.version, int(parsed), host.mac or "")


def _read_ipv4(text: str) -> int | None:
    """The number of an IPv4 address as everybody writes it, in a quarter of the time of `ip_address`."""
    try:
        a, b, c, d = map(int, text.split("."))
    except ValueError:
        return None
    if text != f"{a}.{b}.{c}.{d}" or min(a, b, c, d) < 0 or max(a, b, c, d) > 255:
        return None
    return a << 24 | b << 16 | c << 8 | d


def _crowded_macs(hosts: Iterable[Host]) -> frozenset[str]:
    addresses: dict[str, set[str]] = defaultdict(set)
    for host in hosts:
        if host.mac is not None and host.address is not None and ":" not in host.address:
            addresses[host.mac].add(host.address)
    return frozenset(mac for mac, held in addresses.items() if len(held) > PROXY_ADDRESSES)


class _Union:
    """Disjoint sets of hosts, who stand in their order everywhere."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._parent = {host: host for host in sorted(hosts, key=host_order)}
        self.count = len(self._parent)  # of sets

    def __iter__(self) -> Iterator[Host]:
        return iter(self._parent)

    def __contains__(self, host: Host) -> bool:
        return host in self._parent

    def find(self, host: Host) -> Host:
        while self._parent[host] != host:
            self._parent[host] = self._parent[self._parent[host]]
            host = self._parent[host]
        return host

    def join(self, one: Host, other: Host) -> None:
        first, second = self.find(one), self.find(other)
        if first != second:
            self._parent[second] = first
            self.count -= 1

    def sets(self) -> list[tuple[Host, ...]]:
        held: dict[Host, list[Host]] = defaultdict(list)
        for host in self._parent:
            held[self.find(host)].append(host)
        return list(map(tuple, held.values()))


def _join_by_mac(groups: _Union, crowded: frozenset[str]) -> None:
    first: dict[str, Host] = {}
    for host in groups:
        if host.mac is None or host.mac in crowded:
            continue
        if host.mac in first:
            groups.join(first[host.mac], host)
        first.setdefault(host.mac, host)


def _join_by_statement(groups: _Union, by_host: Mapping[Host, Sequence[Observation]], agree: Agree) -> None:
    stated = {host: list(dict.fromkeys(filter(None, map(state, by_host[host])))) for host in groups}
    common = _common_statements(stated)
    claimants: dict[Statement, list[Host]] = {}
    for host in groups:
        for statement in stated[host]:
            if statement in common:
                continue
            held = claimants.setdefault(statement, [])
            for other in held:
                if groups.find(other) == groups.find(host) or (
                    _may_join(statement[0], other, host) and agree(by_host[other], by_host[host])
                ):
                    groups.join(other, host)
                    break
            else:
                held += [host] if len(held) < CLAIMANTS else []


def _common_statements(stated: Mapping[Host, Collection[Statement]]) -> frozenset[Statement]:
    """What more cards state than a device has. Where no card is known, as behind a router, an IPv4 address is one."""
    cards: dict[Statement, set[str]] = defaultdict(set)
    for host, held in stated.items():
        card = host.mac or (host.address if host.address is not None and ":" not in host.address else None)
        if card is not None:
            for statement in held:
                cards[statement].add(card)
    return frozenset(statement for statement, held in cards.items() if len(held) > CARDS)


def _join_strangers(groups: _Union, strangers: frozenset[Host]) -> None:
    """One entry for all that a crowded card said from outside the scope.

    Inside the scope the addresses stay apart: each was asked by itself, as hosts behind a router with proxy ARP are.
    """
    first: dict[str, Host] = {}
    for host in groups if strangers else ():
        if host in strangers:
            groups.join(first.setdefault(host.mac or "", host), host)


def _may_join(name: str, one: Host, other: Host) -> bool:
    """An endpoint reference is easily copied: it does not unite two different cards. A vendor's serial does."""
    return name != "onvif-wsd.endpoint" or one.mac is None or other.mac is None or one.mac == other.mac


def _is_identity(value: str) -> bool:
    return len(value) >= SHORTEST_IDENTITY and len(set(value)) > 2


def _shared_addresses(hosts: Iterable[Host]) -> frozenset[str]:
    macs: dict[str, set[str]] = defaultdict(set)
    for host in hosts:
        if host.address is not None and host.mac is not None:
            macs[host.address].add(host.mac)
    return frozenset(address for address, held in macs.items() if len(held) > 1)


def _make_cluster(hosts: tuple[Host, ...], by_host: Mapping[Host, Sequence[Observation]], survey: Survey) -> Cluster:
    crowds = survey.sizes
    observations = [seen for host in hosts for seen in by_host[host]]
    observations.sort(key=observation_order)
    addresses = [host.address for host in hosts if host.address is not None]
    ordered = list(dict.fromkeys(addresses))
    macs = tuple(sorted({host.mac for host in hosts if host.mac is not None}))
    crowd = max((crowds.get(host, 0) for host in hosts), default=0)
    shown = ADDRESSES_SHOWN if crowd else len(ordered)
    inside = any(seen.scope != "off" for seen in observations)
    own = tuple(mac for host in hosts if (mac := host.mac) is not None and not (host in crowds and inside))
    return Cluster(
        hosts,
        tuple(observations),
        Addresses(
            ipv4=tuple(a for a in ordered if ":" not in a)[:shown],
            ipv6=tuple(a for a in ordered if ":" in a),
            mac=macs,
        ),
        _name(hosts, tuple(sorted(set(own))), observations),
        any(address in survey.shared for address in ordered),
        crowd,
    )


def _tell_apart(clusters: list[Cluster]) -> list[Cluster]:
    """The same, each with an id of its own: devices without a card that state one serial number would have the same."""
    known = Counter(cluster.id for cluster in clusters)
    return [replace(one, id=_make_id(_name_host(one.hosts[0]))) if known[one.id] > 1 else one for one in clusters]


def observation_order(seen: Observation) -> tuple[str, str, str, str, str, int, str]:
    """A total order that does not depend on when things were heard."""
    return (seen.protocol, seen.field, seen.request, seen.value, seen.address or "", seen.port or 0, seen.digest)


def _name(hosts: Sequence[Host], macs: Sequence[str], observations: Sequence[Observation]) -> str:
    """Made of the card, unless others share it; `macs` are those that are the device's own."""
    if macs:
        basis = macs[0]
    else:
        serials = [statement[1] for seen in observations if (statement := state(seen)) is not None]
        basis = min(serials, default=_name_host(hosts[0]))
    return _make_id(basis)


def _name_host(host: Host) -> str:
    return f"{host.address or ''} {host.mac or ''}"


def _make_id(basis: str) -> str:
    return "dev-" + hashlib.sha256(basis.encode()).hexdigest()[:12]
