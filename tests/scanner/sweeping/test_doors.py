"""The sockets of a question: on their interface, joined to their groups, and honest about what could not be opened."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

import pytest

from scanner.link import Tally
from scanner.scope import Interface
from scanner.sweeping.doors import Door, Ports, open_doors
from tests.segment import Segment

BOTH = (socket.AF_INET, socket.AF_INET6)
LOOPBACK = Interface("lo", 1, None, (IPv4Interface("127.0.0.1/8"),), (IPv6Interface("::1/128"),))
BARE = Interface("lo", 1, None)


def open_on(
    stack: ExitStack, interface: Interface | None, ports: Ports, families: tuple[socket.AddressFamily, ...] = BOTH[:1]
) -> tuple[list[Door], Tally]:
    tally = Tally()
    return open_doors(interface, families, ports, tally=tally, stack=stack), tally


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_free_port_for_each_family() -> None:
    with ExitStack() as stack:
        doors, tally = open_on(stack, LOOPBACK, Ports(), BOTH)
        assert [door.family for door in doors] == [*BOTH]
        assert all(door.sends for door in doors)
        assert tally.notes == []
    assert doors[0].socket.fileno() == -1, "the stack closes them"


@pytest.mark.parametrize("sends", [True, False])
def test_a_prescribed_port_comes_with_a_free_one(sends: bool) -> None:
    port = free_port()
    with ExitStack() as stack:
        doors, _ = open_on(stack, LOOPBACK, Ports(port, sends=sends))
        assert [door.socket.getsockname()[1] == port for door in doors] == [True, False]
        assert [door.sends for door in doors] == [sends, True]


def test_a_port_that_another_program_holds_is_said_and_done_without() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, ExitStack() as stack:
        other.bind(("0.0.0.0", 0))
        port = other.getsockname()[1]
        doors, tally = open_on(stack, LOOPBACK, Ports(port, sends=True))
        assert len(doors) == 1
        assert f"UDP port {port} could not be used (another program on this machine holds it)" in tally.notes[0]


def test_a_port_that_shares_can_be_shared() -> None:
    port = free_port()
    with ExitStack() as stack:
        first, _ = open_on(stack, LOOPBACK, Ports(port))
        second, tally = open_on(stack, LOOPBACK, Ports(port))
        assert len(first) == len(second) == 2
        assert tally.notes == []


def test_an_interface_without_an_address_of_a_family_says_so() -> None:
    with ExitStack() as stack:
        doors, tally = open_on(stack, BARE, Ports(), BOTH)
    assert doors == []
    assert [note.partition(",")[0] for note in tally.notes] == ["lo has no IPv4 address", "lo has no IPv6 address"]


def test_a_question_to_single_hosts_leaves_the_way_to_the_kernel() -> None:
    with ExitStack() as stack:
        doors, _ = open_on(stack, None, Ports())
        assert doors[0].socket.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) > 1


@pytest.mark.lab
def test_groups_are_joined_on_the_interface_and_ttl_is_one(segment: Segment) -> None:
    with segment.enter(), ExitStack() as stack:
        (interface,) = segment.scope.interfaces
        ports = Ports(37020, join=("239.255.255.250", "ff02::c"))
        doors, tally = open_on(stack, interface, ports, BOTH)
        assert "FAFFFFEF" in Path("/proc/thread-self/net/igmp").read_text()
        joined = [line.split()[1:3] for line in Path("/proc/thread-self/net/igmp6").read_text().splitlines()]
        assert ["eth0", "ff02000000000000000000000000000c"] in joined
        ipv4 = doors[0].socket
        assert ipv4.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 1
        assert ipv4.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) == 1
        assert ipv4.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") == b"eth0"
        assert ipv4.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) > 400_000
        assert doors[-1].socket.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS) == 1
        assert tally.notes == []


@pytest.mark.lab
def test_a_group_that_cannot_be_joined_is_said(segment: Segment) -> None:
    with segment.enter(), ExitStack() as stack:
        (interface,) = segment.scope.interfaces
        _, tally = open_on(stack, interface, Ports(37020, join=("10.1.2.3",)))
        assert tally.notes == ["group 10.1.2.3 could not be joined on eth0: Invalid argument"]
