"""Listening on the link layer: who sends SADP frames or ARP is told, tools and nonsense are not."""

from __future__ import annotations

from probes.link_listen import LOST, SWEEP
from scanner.link import Overheard
from scanner.model import Outcome
from tests.probes.test_sadp_sweep import ANSWER as HIKVISION
from tests.scanner.codec.test_ipv4_udp import udp_frame
from tests.segment import sadp_frame
from tests.sweep_link import ETH0, run_sweep, sweep_link

MAC = "44:19:b6:00:00:64"


def overheard(kind: str, raw: bytes, address: str = "") -> Overheard:
    return Overheard(kind, MAC, "eth0", 7.0, raw, address)


async def test_a_unit_without_a_usable_address_is_seen_by_its_frame() -> None:
    link = sweep_link(ETH0)
    link.frames["eth0"] = [overheard("sadp", sadp_frame(MAC, "192.168.1.64"))] * 2
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.value) == ("sadp.layer2", f"device online {MAC} 192.168.1.64")
    assert (seen.address, seen.mac, seen.scope, seen.port) == ("192.168.1.64", MAC, "off", None)


async def test_a_tool_and_a_broken_frame_are_no_device() -> None:
    link = sweep_link(ETH0)
    tool = bytearray(sadp_frame(MAC, "10.0.0.7", kind=0x03))
    tool[17] = 0x42
    link.frames["eth0"] = [overheard("sadp", bytes(tool)), overheard("sadp", tool[:20])]
    assert await run_sweep(SWEEP, link) == []


async def test_arp_of_strangers_is_told_once() -> None:
    link = sweep_link(ETH0)
    link.frames["eth0"] = [overheard("arp", b"frame", "192.168.1.64")] * 3
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.value, seen.address, seen.scope, seen.request) == (
        "mac.mac",
        MAC,
        "192.168.1.64",
        "off",
        "",
    )


async def test_without_the_raw_right_it_says_what_is_lost() -> None:
    link = sweep_link(ETH0)
    link.fails = (Outcome.SKIPPED, "no right to open raw sockets")
    assert await run_sweep(SWEEP, link) == []
    assert (link.results[0].outcome, link.results[0].lost) == (Outcome.SKIPPED, LOST)


async def test_a_strangers_answer_that_our_own_filter_dropped_is_told() -> None:
    link = sweep_link(ETH0)
    frames = [udp_frame(HIKVISION), udp_frame(b"noise"), udp_frame(HIKVISION)[:40]]
    link.frames["eth0"] = [overheard("udp", frame) for frame in frames]
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.address, seen.port, seen.mac, seen.scope) == (
        "sadp.raw",
        "192.168.1.64",
        37020,
        MAC,
        "off",
    )
    assert "0011223344556677" not in seen.value
