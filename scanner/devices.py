"""Unites observations into devices: one camera may answer on two addresses, over IPv4 and IPv6, to four sweeps.

Pure. Never merges by address alone: factory-fresh units share 192.168.1.64 and 192.168.1.108.
What unites: the same link-layer address (unless it answers for a whole network, as a router with proxy ARP does), and
a serial number or endpoint reference that both sides state in the same protocol, if what they are agrees as well.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from scanner.model import Addresses, Observation

PROXY_ADDRESSES: Final = 4
"""A card with more IPv4 addresses than this answers for others (proxy ARP, a load balancer, a flood of forgeries)."""

STATED: Final = frozenset({"sadp.serial", "dhdiscover.serial", "dvrip-search.serial", "onvif-wsd.endpoint"})
"""Identities that hardware states of itself. Both sides must state it in the same protocol: a device that merely lies
about another's serial number is not merged with one that never said it."""

STATING: Final = frozenset(name.partition(".")[0] for name in STATED)
"""Their protocols."""

SHORTEST_IDENTITY: Final = 9
"""Characters below which a serial number is a placeholder ("0", "N/A", "12345678")."""


CROWD: Final = 256
"""Senders outside the scope without a known card beyond which nobody can tell real ones from forged ones: they are one
entry together. A wire with so many real units of other networks is one to be scanned in its own right."""

ADDRESSES_SHOWN: Final = 16
"""Addresses listed of an entry that stands for a crowd; the record has them all."""

CLAIMANTS: Final = 8
"""Devices that may state one identity and contradict each other, each kept apart; further ones stay apart untried."""

Agree = Callable[[Sequence[Observation], Sequence[Observation]], bool]
"""True when two hosts that state the same identity may be one device by everything else they say. A liar copies an
honest device's serial number to have its own contradictions counted against that device."""


def agree_always(one: Sequence[Observation], other: Sequence[Observation]) -> bool:
    """Take every statement at its word: for observations that are known to be of one device."""
    del one, other
    return True


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


def unite(observations: Iterable[Observation], agree: Agree = agree_always) -> tuple[Cluster, ...]:
    """Group observations by device, in a stable order. The order of the input does not matter."""
    by_host = _assign_hosts(list(observations))
    crowded = _crowded_macs(by_host)
    groups = _Union(sorted(by_host, key=_host_order))
    _join_by_mac(groups, by_host, crowded)
    _join_by_statement(groups, by_host, agree)
    sizes = _join_crowds(groups, by_host, crowded)
    shared = _shared_addresses(by_host)
    clusters = [_make_cluster(hosts, by_host, shared, sizes) for hosts in groups.sets()]
    return tuple(sorted(clusters, key=lambda c: _host_order(c.hosts[0])))


def _assign_hosts(observations: Sequence[Observation]) -> dict[Host, list[Observation]]:
    """An observation without a MAC belongs to the only MAC seen at its address, or stands apart if there are two."""
    by_source: dict[tuple[str | None, str | None], list[Observation]] = {}
    for seen in observations:
        by_source.setdefault((seen.address, seen.mac), []).append(seen)
    macs: dict[str, list[str]] = {}
    for address, mac in by_source:
        if address is not None and mac is not None:
            macs.setdefault(address, []).append(mac)
    by_host: dict[Host, list[Observation]] = {}
    for (address, mac), held in by_source.items():
        only = macs.get(address, ()) if mac is None and address is not None else ()
        by_host.setdefault(Host(address, only[0] if len(only) == 1 else mac), []).extend(held)
    return by_host


def _host_order(host: Host) -> tuple[int, int, str]:
    if host.address is None:
        return (9, 0, host.mac or "")
    try:
        parsed = ip_address(host.address)
    except ValueError:
        return (8, 0, f"{host.address} {host.mac}")
    return (parsed.version, int(parsed), host.mac or "")


def _crowded_macs(by_host: Mapping[Host, Sequence[Observation]]) -> frozenset[str]:
    addresses: dict[str, set[str]] = defaultdict(set)
    for host in by_host:
        if host.mac is not None and host.address is not None and ":" not in host.address:
            addresses[host.mac].add(host.address)
    return frozenset(mac for mac, held in addresses.items() if len(held) > PROXY_ADDRESSES)


class _Union:
    """Disjoint sets of hosts."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._parent = {host: host for host in hosts}

    def find(self, host: Host) -> Host:
        while self._parent[host] != host:
            self._parent[host] = self._parent[self._parent[host]]
            host = self._parent[host]
        return host

    def join(self, one: Host, other: Host) -> None:
        self._parent[self.find(other)] = self.find(one)

    def sets(self) -> list[tuple[Host, ...]]:
        held: dict[Host, list[Host]] = defaultdict(list)
        for host in self._parent:
            held[self.find(host)].append(host)
        return [tuple(sorted(hosts, key=_host_order)) for hosts in held.values()]


def _join_by_mac(groups: _Union, by_host: Mapping[Host, Sequence[Observation]], crowded: frozenset[str]) -> None:
    first: dict[str, Host] = {}
    for host in sorted(by_host, key=_host_order):
        if host.mac is None or host.mac in crowded:
            continue
        if host.mac in first:
            groups.join(first[host.mac], host)
        first.setdefault(host.mac, host)


def _join_by_statement(groups: _Union, by_host: Mapping[Host, Sequence[Observation]], agree: Agree) -> None:
    claimants: dict[tuple[str, str], list[Host]] = {}
    for host in sorted(by_host, key=_host_order):
        for seen in by_host[host]:
            if seen.protocol not in STATING or seen.name not in STATED or not _is_identity(seen.value):
                continue
            held = claimants.setdefault((seen.name, seen.value), [])
            if host in held:
                continue
            for other in held:
                if groups.find(other) == groups.find(host) or (
                    _may_join(seen.name, other, host) and agree(by_host[other], by_host[host])
                ):
                    groups.join(other, host)
                    break
            else:
                held += [host] if len(held) < CLAIMANTS else []


def _join_crowds(
    groups: _Union, by_host: Mapping[Host, Sequence[Observation]], crowded: frozenset[str]
) -> Mapping[Host, int]:
    """One entry for all that a crowded card said from outside the scope; gives how many answered behind each host.

    Inside the scope the addresses stay apart: each was asked by itself, as hosts behind a router with proxy ARP are.
    """
    by_card: dict[str, list[Host]] = defaultdict(list)
    strangers: dict[str, list[Host]] = defaultdict(list)
    for host in sorted(by_host, key=_host_order):
        if host.address is None or ":" in host.address:
            continue
        card = host.mac or ""
        by_card[card].append(host)
        if all(seen.scope == "off" for seen in by_host[host]):
            strangers[card].append(host)
    sizes = {host: len(by_card[card]) for card in crowded for host in by_card[card]}
    for card, held in strangers.items():
        if card in crowded or (not card and len(held) > CROWD):
            for host in held:
                groups.join(held[0], host)
                sizes[host] = max(sizes.get(host, 0), len(held))
    return sizes


def _may_join(name: str, one: Host, other: Host) -> bool:
    """An endpoint reference is easily copied: it does not unite two different cards. A vendor's serial does."""
    return name != "onvif-wsd.endpoint" or one.mac is None or other.mac is None or one.mac == other.mac


def _is_identity(value: str) -> bool:
    return len(value) >= SHORTEST_IDENTITY and len(set(value)) > 2


def _shared_addresses(by_host: Mapping[Host, Sequence[Observation]]) -> frozenset[str]:
    macs: dict[str, set[str]] = defaultdict(set)
    for host in by_host:
        if host.address is not None and host.mac is not None:
            macs[host.address].add(host.mac)
    return frozenset(address for address, held in macs.items() if len(held) > 1)


def _make_cluster(
    hosts: tuple[Host, ...],
    by_host: Mapping[Host, Sequence[Observation]],
    shared: frozenset[str],
    crowds: Mapping[Host, int],
) -> Cluster:
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
        any(address in shared for address in ordered),
        crowd,
    )


def observation_order(seen: Observation) -> tuple[str, str, str, str, str, int, str]:
    """A total order that does not depend on when things were heard."""
    return (seen.protocol, seen.field, seen.request, seen.value, seen.address or "", seen.port or 0, seen.digest)


def _name(hosts: Sequence[Host], macs: Sequence[str], observations: Sequence[Observation]) -> str:
    """Made of the card, unless others share it; `macs` are those that are the device's own."""
    serials = sorted(o.value for o in observations if o.name in STATED and _is_identity(o.value))
    basis = (list(macs) or serials or [f"{hosts[0].address or ''} {hosts[0].mac or ''}"])[0]
    return "dev-" + hashlib.sha256(basis.encode()).hexdigest()[:12]
