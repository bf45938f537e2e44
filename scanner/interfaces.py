"""Lists this machine's interfaces and chooses those that face the scope; sends nothing."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ifaddr

from scanner.netlink import list_links
from scanner.scope import Interface, Network, ScopeError

FACTORY_ADDRESS: Final = "192.168.1.64"
"""A usual address of a factory-fresh camera, for asking the kernel whether it would let its answer in."""

PROC_CONF: Final = Path("/proc/sys/net/ipv4/conf")


class InterfaceError(ScopeError):
    """No usable interface; the message says which there are and what to write instead."""


@dataclass(frozen=True, slots=True)
class Available:
    """One interface of this machine and whether it can be used now."""

    interface: Interface
    is_up: bool
    has_carrier: bool

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks it stands in."""
        return (*(own.network for own in self.interface.ipv4), *(own.network for own in self.interface.ipv6))


def list_interfaces() -> tuple[Available, ...]:
    """Every interface of this machine, in the kernel's order, or raise OSError."""
    addresses = _addresses()
    return tuple(
        Available(
            Interface(link.name, link.index, link.mac, *addresses.get(link.name, ((), ()))),
            is_up=link.is_up,
            has_carrier=link.has_carrier,
        )
        for link in list_links()
    )


def choose_interfaces(
    networks: Sequence[Network],
    names: Sequence[str] = (),
    *,
    available: Sequence[Available] | None = None,
    has_route: Callable[[Network], bool] | None = None,
) -> tuple[Interface, ...]:
    """The interfaces named, or without names those that face the networks; InterfaceError when there is none.

    An empty answer is right for networks behind a router: `unreached` then says what cannot be done there.
    """
    known = list_interfaces() if available is None else available
    if names:
        return tuple(_named(name, known) for name in dict.fromkeys(names))
    _refuse_link_local_only(networks, known)
    facing = [one for one in known if any(_faces(one.interface, net) for net in networks)]
    if usable := tuple(one.interface for one in facing if one.is_up and one.has_carrier):
        return usable
    if facing:
        raise InterfaceError(_why_unusable(facing[0]))
    if not any(map(has_route or route_exists, networks)):
        raise InterfaceError(
            f"no interface stands in {_listed(networks)}, and there is no route to it. {_own_networks(known)} "
            "Scan one of these, or connect this machine to the network that is meant"
        )
    return ()


def unreached(networks: Iterable[Network], interfaces: Iterable[Interface]) -> tuple[str, ...]:
    """One sentence for each network that faces none of the interfaces."""
    chosen = tuple(interfaces)
    return tuple(
        f"{net} is behind a router: link-layer and multicast sweeps cannot reach it; its hosts are found by their TCP "
        "ports and unicast discovery only, and their hardware addresses stay unknown"
        for net in networks
        if not any(_faces(interface, net) for interface in chosen)
    )


def route_exists(network: Network) -> bool:
    """True when the kernel knows a way to the network. Nothing is sent: a UDP connect only looks the route up."""
    host = network.network_address + (1 if network.num_addresses > 2 else 0)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((str(host), 9))
        except OSError:
            return False
    return True


def hears_strangers(interface: Interface, conf: Path = PROC_CONF) -> bool:
    """False when the kernel's reverse-path filter drops what a factory-fresh device on the wire would answer.

    Strict (1): the way back must lead out of the same interface; loose (2): there must be some way back (RFC 3704).
    """
    files = [conf / "all/rp_filter", conf / interface.name / "rp_filter"]
    mode = max((int(file.read_text("utf-8")) for file in files if file.exists()), default=0)
    if mode == 0:
        return True
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((FACTORY_ADDRESS, 9))  # a UDP connect sends nothing: it looks up the route
        except OSError:
            return False
        own = sock.getsockname()[0]
    return mode == 2 or any(own == str(address.ip) for address in interface.ipv4)


def _addresses() -> dict[str, tuple[tuple[ipaddress.IPv4Interface, ...], tuple[ipaddress.IPv6Interface, ...]]]:
    found = {}
    for adapter in ifaddr.get_adapters(include_unconfigured=True):
        texts = [(ip.ip if isinstance(ip.ip, str) else ip.ip[0], ip.network_prefix) for ip in adapter.ips]
        own = [ipaddress.ip_interface(f"{text.partition('%')[0]}/{prefix}") for text, prefix in texts]
        found[str(adapter.nice_name)] = (
            tuple(one for one in own if isinstance(one, ipaddress.IPv4Interface)),
            tuple(one for one in own if isinstance(one, ipaddress.IPv6Interface)),
        )
    return found


def _faces(interface: Interface, network: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return any(own.network.overlaps(network) for own in interface.ipv4)
    return any(own.network.overlaps(network) for own in interface.ipv6)


def _named(name: str, known: Sequence[Available]) -> Interface:
    for one in known:
        if one.interface.name == name:
            if one.is_up and one.has_carrier:
                return one.interface
            raise InterfaceError(_why_unusable(one))
    names = ", ".join(one.interface.name for one in known)
    raise InterfaceError(f"there is no interface {name!r}; this machine has {names}")


def _why_unusable(one: Available) -> str:
    name = one.interface.name
    if not one.is_up:
        return f"interface {name} is down: switch it on with `ip link set {name} up`, or name another with --interface"
    return f"interface {name} is up but has no carrier: check the cable or the switch port"


def _refuse_link_local_only(networks: Sequence[Network], known: Sequence[Available]) -> None:
    if networks and all(net.version == 6 and net.is_link_local for net in networks):
        names = ", ".join(one.interface.name for one in known if one.is_up)
        raise InterfaceError(f"every interface has link-local addresses: choose with --interface among {names}")


def _listed(networks: Iterable[Network]) -> str:
    return ", ".join(map(str, networks))


def _own_networks(known: Iterable[Available]) -> str:
    parts = [f"{one.interface.name} ({_listed(one.networks) or 'no address'})" for one in known if one.is_up]
    return f"This machine's interfaces: {'; '.join(parts)}." if parts else "This machine has no interface that is up."
