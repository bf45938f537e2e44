"""ARP answers are right to the byte, sleepers miss exactly the first request, and strangers get nothing."""

from __future__ import annotations

import ipaddress

from simulator.arp import ArpHosts, answer
from simulator.ledger import Ledger
from simulator.persona import Quirks

ASKER = bytes.fromhex("020000000001")


def request(target: str) -> bytes:
    head = b"\xff" * 6 + ASKER + bytes.fromhex("08060001080006040001")
    return head + ASKER + ipaddress.IPv4Address("10.0.0.2").packed + bytes(6) + ipaddress.IPv4Address(target).packed


def test_the_reply():
    hosts = ArpHosts()
    hosts.add_range("10.0.0.5", 1, "44:19:b6", 0.0)
    reply = answer(request("10.0.0.5"), hosts)
    assert reply[:6] == ASKER
    assert reply[6:12].hex(":") == "44:19:b6:00:00:05"
    assert reply[12:22] == bytes.fromhex("08060001080006040002")
    assert reply[22:32] == bytes.fromhex("4419b6000005") + bytes([10, 0, 0, 5])
    assert reply[32:42] == ASKER + bytes([10, 0, 0, 2])


def test_nobody_answers_for_an_address_that_is_free():
    assert answer(request("10.0.0.6"), ArpHosts()) is None
    assert not ArpHosts()


def test_a_share_of_hosts_misses_the_first_request():
    hosts = ArpHosts()
    hosts.add_range("10.1.0.0", 1000, "00:1b:21", 0.05)
    addresses = [str(ipaddress.IPv4Address("10.1.0.0") + offset) for offset in range(1000)]
    missed = [one for one in addresses if answer(request(one), hosts) is None]
    assert len(missed) == 50
    assert all(answer(request(one), hosts) for one in missed)


def test_a_sleeping_device_counts_its_requests():
    hosts, ledger = ArpHosts(), Ledger()
    hosts.add_device("10.0.0.9", "44:19:b6:00:00:09", ledger, Quirks(misses_first=True))
    assert answer(request("10.0.0.9"), hosts) is None
    assert answer(request("10.0.0.9"), hosts) is not None
    assert ledger.arp_requests == 2


def test_a_device_that_takes_its_time_is_known_by_it():
    hosts = ArpHosts()
    hosts.add_device("10.0.0.9", "44:19:b6:00:00:09", Ledger(), Quirks(arp_delay=1.5))
    hosts.add_device("10.0.0.10", "44:19:b6:00:00:10", Ledger(), Quirks())
    assert hosts.delays == {bytes([10, 0, 0, 9]): 1.5}
    assert answer(request("10.0.0.9"), hosts) is not None
