"""Wishes are checked before the first packet; a scope that faces no interface is refused."""

from __future__ import annotations

import ipaddress

import pytest

from scanner import assembly
from scanner.assembly import Wishes, choose_plugins, is_on_link, refuse_routed, routed_targets
from scanner.exits import UsageError
from scanner.interfaces import Available
from scanner.scope import Interface, Scope, make_scope

ETH0 = Interface("eth0", 2, "02:00:00:00:00:01", (ipaddress.IPv4Interface("10.0.0.2/24"),), ())
LO = Interface("lo", 1, None, (ipaddress.IPv4Interface("127.0.0.1/8"),), ())


def scope_of(*networks: str, interfaces: tuple[Interface, ...] = (ETH0,)) -> Scope:
    return make_scope(networks, interfaces)


def test_a_network_on_the_wire_passes() -> None:
    refuse_routed(scope_of("10.0.0.0/24", "10.0.0.128/25"))


def test_loopback_passes_without_a_link_layer() -> None:
    refuse_routed(scope_of("127.5.0.0/24", interfaces=(LO,)))


@pytest.mark.parametrize("network", ["10.99.0.0/24", "10.0.0.0/23", "10.0.1.7"])
def test_a_network_that_faces_no_interface_is_refused_with_what_to_do(network: str) -> None:
    with pytest.raises(UsageError, match=r"faces no interface \(this machine stands in 10\.0\.0\.0/24\).*--routed"):
        refuse_routed(scope_of("10.0.0.0/24", network))


def test_without_any_interface_the_machines_own_networks_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "list_interfaces", lambda: (Available(ETH0, is_up=True, has_carrier=True),))
    with pytest.raises(UsageError, match=r"stands in 10\.0\.0\.0/24"):
        refuse_routed(scope_of("10.99.0.0/24", interfaces=()))


def test_only_what_arp_cannot_reach_is_knocked_at_blindly() -> None:
    scope = scope_of("10.0.0.0/24", "10.9.0.0/30")
    assert [str(target) for target in routed_targets(scope)] == ["10.9.0.1", "10.9.0.2"]


def test_an_interface_without_hardware_address_has_no_wire() -> None:
    assert not is_on_link(ipaddress.ip_network("127.0.0.0/24"), (LO,))


def test_opt_in_plugins_run_only_when_named() -> None:
    names = {plugin.name for plugin in choose_plugins(Wishes(("10.0.0.0/24",)))[1]}
    more = {plugin.name for plugin in choose_plugins(Wishes(("10.0.0.0/24",), extra=("nmap-opinion",)))[1]}
    assert more - names == {"nmap-opinion"}


def test_a_plugin_can_be_left_out_and_an_unknown_one_is_refused() -> None:
    sweeps, _ = choose_plugins(Wishes(("10.0.0.0/24",), without=("mdns-sweep",)))
    assert "mdns-sweep" not in {sweep.name for sweep in sweeps}
    with pytest.raises(UsageError, match="no sweep or probe is called 'nosuch'"):
        choose_plugins(Wishes(("10.0.0.0/24",), without=("nosuch",)))
