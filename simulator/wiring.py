"""Lays out the wires of a simulated network: namespaces, bridges, interfaces, addresses. Sends nothing.

Two layouts. `own`: a bridge, and for each device a namespace with one interface, as on a real switch. `shared`: many
devices of a segment in one namespace with a macvlan interface each, for a thousand and more; ARP is then answered where
the scanner is plugged in, as switches with ARP suppression do: else each request would be copied to every device.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from simulator.arp import ArpHosts, ArpResponder
from simulator.device import Device
from simulator.estate import Segment
from simulator.namespaces import call_in, new_namespace, run_ip, write_sysctls
from simulator.stage import Kind, Place, Spot

SCANNER_MAC: Final = "02:00:00:00:ca:{:02x}"
"""A locally administered address for the auditor's machine, one a segment."""

QUIET: Final = {
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv6/conf/default/accept_dad": "0",  # addresses are usable at once instead of after a second
    "ipv6/conf/default/dad_transmits": "0",
    "ipv6/conf/default/router_solicitations": "0",
    "ipv4/igmp_max_memberships": "4096",
}
"""Settings of every namespace: off-scope senders are heard, and addresses are ready at once."""

SHARED_ARP: Final = {
    "ipv4/conf/all/arp_ignore": "1",  # an interface answers for its own address only
    "ipv4/conf/all/arp_announce": "2",
}


DEAF_ARP: Final = "8"
"""arp_ignore: answer for no address. The kernel of a device that misses a request or answers late leaves ARP to us."""

HOME: Final = 128
"""Devices that share a namespace. Each has a route to the same network, and the kernel walks them all for every packet
that must leave by one of them: with two thousand in one place it did little else."""

ARP_PORT: Final = (
    "link add arp0 type veth peer name arp1",
    "link set arp0 addrgenmode none up",
    # The bridge must not learn a sleeper's MAC here, or it would send its frames to this port.
    "link set arp1 master br0 up",
    "link set arp1 type bridge_slave learning off",
)
"""A port of the bridge for the ARP responder."""


SINK: Final = ("link add sink0 type veth peer name sink1", "link set sink0 addrgenmode none up",
               "link set sink1 addrgenmode none up")  # fmt: skip
"""A wire that ends in nothing."""

NO_REQUESTS: Final = (
    "qdisc add dev scan clsact",
    "filter add dev scan ingress protocol arp u32 match u16 1 0xffff at 6 action mirred egress redirect dev sink0",
)
"""Words for tc, which comes with `ip`: what the scanner asks by ARP (operation 1, RFC 826) ends behind its port."""


class Layout(StrEnum):
    """How the devices stand on the wire."""

    OWN = "own"
    SHARED = "shared"


@dataclass(slots=True)
class Wires:
    """A laid-out network. Closing it removes everything."""

    scanner: int  # descriptor of the scanner's namespace
    places: list[Place] = field(default_factory=list)
    responders: list[ArpResponder] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)  # of the scanner, one a segment
    stack: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Remove every namespace and interface."""
        self.stack.close()


def lay_wires(segments: Sequence[tuple[Segment, Sequence[Device]]], layout: Layout) -> Wires:
    """Make the network; raise LabError when the kernel refuses a part of it."""
    stack = ExitStack()
    try:
        wires = Wires(_namespace(stack), stack=stack)
        call_in(wires.scanner, lambda: run_ip(["link set lo up"]))
        for number, (segment, devices) in enumerate(segments):
            _lay_segment(wires, number, segment, devices, layout)
    except BaseException:
        stack.close()
        raise
    return wires


def _namespace(stack: ExitStack) -> int:
    descriptor = new_namespace()
    stack.callback(os.close, descriptor)
    call_in(descriptor, lambda: write_sysctls(QUIET))
    return descriptor


def _path(descriptor: int) -> str:
    return f"/proc/{os.getpid()}/fd/{descriptor}"


def _lay_segment(wires: Wires, number: int, segment: Segment, devices: Sequence[Device], layout: Layout) -> None:
    name = f"eth{number}"
    mac = SCANNER_MAC.format(number)
    hub = _namespace(wires.stack)
    scanner_link = f"link add scan type veth peer name {name} address {mac} netns {_path(wires.scanner)}"
    call_in(
        hub, lambda: run_ip(["link add br0 type bridge mcast_snooping 0 stp_state 0 forward_delay 0", scanner_link])
    )
    call_in(hub, lambda: run_ip(["link set scan master br0 up", "link set br0 up"]))
    address = f"addr add {segment.scanner}/{segment.prefix} broadcast + dev {name}"
    call_in(wires.scanner, lambda: run_ip([address, f"link set {name} up"]))
    wires.interfaces.append(name)
    lay = _lay_own if layout is Layout.OWN else _lay_shared
    if devices:
        wires.places += lay(wires, hub, segment, devices, mac)
    _add_arp_hosts(wires, hub, segment, devices)
    if layout is Layout.SHARED and devices:
        _answer_for_all(wires, hub, devices)


def _lay_own(wires: Wires, hub: int, segment: Segment, devices: Sequence[Device], scanner_mac: str) -> Iterator[Place]:
    homes = [_namespace(wires.stack) for _ in devices]
    lines = [
        line
        for device, home in zip(devices, homes, strict=True)
        for line in (
            f"link add h{device.index} type veth peer name eth0 address {device.mac} netns {_path(home)}",
            f"link set h{device.index} master br0 up",
        )
    ]
    call_in(hub, lambda: run_ip(lines))
    for device, home in zip(devices, homes, strict=True):
        setup = ["link set lo up", *_set_up(device, "eth0", segment, scanner_mac)]
        call_in(home, partial(run_ip, setup))
        if device.quirks.odd_at_arp:
            call_in(home, partial(_fall_asleep, "eth0"))
        index = call_in(home, partial(socket.if_nametoindex, "eth0"))
        yield Place(Kind.OWN, (Spot(device, "eth0", index),), partial(call_in, home))


def _lay_shared(
    wires: Wires, hub: int, segment: Segment, devices: Sequence[Device], scanner_mac: str
) -> Iterator[Place]:
    for number, first in enumerate(range(0, len(devices), HOME)):
        yield _lay_home(wires, hub, segment, devices[first : first + HOME], scanner_mac, number)


def _lay_home(
    wires: Wires, hub: int, segment: Segment, devices: Sequence[Device], scanner_mac: str, number: int
) -> Place:
    home = _namespace(wires.stack)
    call_in(home, lambda: write_sysctls(SHARED_ARP))
    # The trunk carries frames only: an address of its own would answer beside the devices.
    trunk = f"trunk{number}"
    call_in(
        hub,
        lambda: run_ip(
            [f"link add {trunk} type veth peer name p0 netns {_path(home)}", f"link set {trunk} master br0 up"]
        ),
    )
    call_in(home, lambda: run_ip(["link set lo up", "link set p0 addrgenmode none up"]))
    # private: devices do not hear each other, else a thousand multicast answers would be heard a thousand times each
    links = [f"link add link p0 name m{one.index} address {one.mac} type macvlan mode private" for one in devices]
    ups = [line for one in devices for line in _set_up(one, f"m{one.index}", segment, scanner_mac)]
    call_in(home, lambda: run_ip([*links, *ups]))
    for one in devices:
        if one.quirks.odd_at_arp:
            call_in(home, partial(_fall_asleep, f"m{one.index}"))
    indexes = call_in(home, lambda: {name: index for index, name in socket.if_nameindex()})
    spots = tuple(Spot(one, f"m{one.index}", indexes[f"m{one.index}"]) for one in devices)
    return Place(Kind.SHARED, spots, partial(call_in, home))


def _fall_asleep(interface: str) -> None:
    write_sysctls({f"ipv4/conf/{interface}/arp_ignore": DEAF_ARP})


def _set_up(device: Device, interface: str, segment: Segment, scanner_mac: str) -> list[str]:
    """Address and link of one device, and the scanner's MAC as a permanent entry.

    The kernel's neighbour table is one for all namespaces together and holds 1,024 learnt entries; permanent ones do
    not count, so the table stays the scanner's alone, as it would be on its own machine.
    """
    return [
        f"addr add {device.address}/{segment.prefix} broadcast + dev {interface}",
        f"link set {interface} up",
        f"neigh replace {segment.scanner} lladdr {scanner_mac} dev {interface} nud permanent",
    ]


def _answer_for_all(wires: Wires, hub: int, devices: Sequence[Device]) -> None:
    """Answer the scanner's ARP requests where it is plugged in, and let none through to the devices.

    Where the kernel has no such filter the devices answer themselves: each request is copied to every one of them, and
    where many come at once some are lost.
    """
    if not call_in(hub, _drop_requests):
        return
    hosts = ArpHosts()
    for device in devices:
        hosts.add_device(device.address, device.mac, device.ledger, device.quirks)
    responder = call_in(hub, lambda: ArpResponder.on("scan", hosts))
    wires.stack.callback(responder.close)
    wires.responders.append(responder)


def _drop_requests() -> bool:
    run_ip(SINK)
    text = "\n".join(NO_REQUESTS) + "\n"
    try:
        done = subprocess.run(["tc", "-batch", "-"], input=text, text=True, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def _add_arp_hosts(wires: Wires, hub: int, segment: Segment, devices: Sequence[Device]) -> None:
    """Answer ARP in the devices' stead where they do it as no kernel does, and for hosts that are nothing else."""
    hosts = ArpHosts()
    for one in segment.arp_only:
        hosts.add_range(one.first, one.count, one.oui, one.misses_first)
    for device in devices:
        if device.quirks.odd_at_arp:
            hosts.add_device(device.address, device.mac, device.ledger, device.quirks)
    if hosts:
        call_in(hub, lambda: run_ip(ARP_PORT))
        responder = call_in(hub, lambda: ArpResponder.on("arp0", hosts))
        wires.stack.callback(responder.close)
        wires.responders.append(responder)
