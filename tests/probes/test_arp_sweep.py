"""The ARP sweep asks every interface for the whole scope and tells who has which address."""

from __future__ import annotations

from probes.arp_sweep import LOST, SWEEP
from scanner.link import Neighbour
from scanner.model import Outcome
from tests.sweep_link import run_sweep, sweep_link


def neighbour(address: str, mac: str = "44:19:b6:00:00:09", interface: str = "eth0") -> Neighbour:
    return Neighbour(address, mac, interface, 5.0, b"frame of " + address.encode())


async def test_every_interface_is_asked_and_has_its_result() -> None:
    link = sweep_link()
    link.neighbours = {"eth0": [neighbour("10.0.0.9")], "eth1": [neighbour("10.0.1.9", interface="eth1")]}
    seen = await run_sweep(SWEEP, link)
    assert link.resolved == [("eth0", 510), ("eth1", 510)], "the two networks are one /23"
    assert [(one.address, one.value, one.interface, one.at, one.request) for one in seen] == [
        ("10.0.0.9", "44:19:b6:00:00:09", "eth0", 5.0, "who-has"),
        ("10.0.1.9", "44:19:b6:00:00:09", "eth1", 5.0, "who-has"),
    ]
    assert [(one.interface, one.outcome, one.answered) for one in link.results] == [
        ("eth0", Outcome.ANSWERED, 1),
        ("eth1", Outcome.ANSWERED, 1),
    ]


async def test_a_stranger_is_marked_and_two_owners_are_two() -> None:
    link = sweep_link()
    link.neighbours = {
        "eth0": [
            neighbour("192.168.1.64"),
            neighbour("10.0.0.9"),
            neighbour("10.0.0.9"),
            neighbour("10.0.0.9", "3c:ef:8c:00:00:01"),
        ]
    }
    seen = await run_sweep(SWEEP, link)
    assert [(one.address, one.scope) for one in seen] == [
        ("192.168.1.64", "off"),
        ("10.0.0.9", "in"),
        ("10.0.0.9", "in"),
    ]


async def test_what_it_could_not_ask_it_says() -> None:
    link = sweep_link()
    link.fails = (Outcome.BROKEN, "the raw-socket program ended")
    assert await run_sweep(SWEEP, link) == []
    assert [(one.outcome, one.lost) for one in link.results] == [(Outcome.BROKEN, LOST)] * 2
