"""Knocking: each port once, silent ones of a host that lives once more, and behind a router everybody."""

from __future__ import annotations

from probes.port_sweep import FIRST, PORTS, SWEEP, knock_host, unresolvable
from scanner.model import Observation, Outcome
from scanner.scope import Interface
from tests.sweep_link import ETH0, ScriptedSweepLink, run_sweep, sweep_link

HOST = "10.0.0.9"


async def knock(link: ScriptedSweepLink, *ports: int) -> list[Observation]:
    target = link.scope.admit(HOST)
    assert target is not None
    source = knock_host(link, target, ports, clock=lambda: 9.0)
    return [seen async for heard in source for seen in heard.observations]


async def test_open_and_closed_ports_are_told() -> None:
    link = sweep_link()
    link.outcomes = {(HOST, 80): [Outcome.ANSWERED], (HOST, 81): [Outcome.REFUSED]}
    seen = await knock(link, 80, 81)
    assert [(one.name, one.value, one.port, one.at, one.address) for one in seen] == [
        ("tcp.open-port", "80", 80, 9.0, HOST),
        ("tcp.closed-port", "81", 81, 9.0, HOST),
    ]
    assert link.knocked == [(HOST, 80), (HOST, 81)]


async def test_a_silent_port_of_a_living_host_is_tried_once_more_at_the_end() -> None:
    link = sweep_link()
    link.outcomes = {(HOST, 80): [Outcome.SILENT, Outcome.ANSWERED], (HOST, 81): [Outcome.REFUSED]}
    seen = await knock(link, 80, 81, 82)
    assert [one.value for one in seen] == ["81", "80"]
    assert link.knocked == [(HOST, 80), (HOST, 81), (HOST, 82), (HOST, 80), (HOST, 82)]


async def test_a_host_that_shows_no_life_is_left_after_one_round() -> None:
    link = sweep_link()
    assert await knock(link, 80, 81) == []
    assert len(link.knocked) == 2


async def test_further_ports_are_left_alone_when_the_first_were_enough() -> None:
    link = sweep_link()
    link.outcomes = {(HOST, port): [Outcome.REFUSED] for port in PORTS}
    target = link.scope.admit(HOST)
    assert target is not None
    told: list[int] = []
    for answer in (True, False):

        async def enough(answer: bool = answer) -> bool:
            told.append(len(link.knocked))
            return answer

        async for _ in knock_host(link, target, enough=enough):
            pass
    assert [port for _, port in link.knocked] == [*FIRST, *PORTS]
    assert told == [len(FIRST), 2 * len(FIRST)]


async def test_our_own_trouble_is_no_closed_port() -> None:
    link = sweep_link()
    link.outcomes = {(HOST, 80): [Outcome.BROKEN]}
    assert await knock(link, 80) == []
    assert len(link.knocked) == 1


def test_only_what_arp_cannot_find_is_swept() -> None:
    link = sweep_link(ETH0, networks=("10.0.0.0/24", "10.9.0.0/30"))
    assert [str(target) for target in unresolvable(link)] == ["10.9.0.1", "10.9.0.2"]
    loopback = Interface("lo", 1, None, ETH0.ipv4)
    assert len(unresolvable(sweep_link(loopback, networks=("10.0.0.0/24",)))) == 254


async def test_behind_a_router_every_address_is_knocked_at() -> None:
    link = sweep_link(ETH0, networks=("10.0.0.0/24", "10.9.0.0/29"))
    link.outcomes = {("10.9.0.3", 80): [Outcome.ANSWERED], ("10.9.0.4", 8000): [Outcome.REFUSED]}
    seen = await run_sweep(SWEEP, link)
    assert {(one.address, one.name) for one in seen} == {("10.9.0.3", "tcp.open-port"), ("10.9.0.4", "tcp.closed-port")}
    assert {address for address, _ in link.knocked} == {f"10.9.0.{host}" for host in range(1, 7)}
    (result,) = link.results
    assert (result.interface, result.asked, result.answered) == ("", 6, 2)


async def test_where_arp_reaches_everybody_there_is_nothing_to_sweep() -> None:
    link = sweep_link(ETH0, networks=("10.0.0.0/24",))
    assert await run_sweep(SWEEP, link) == []
    assert link.knocked == link.results == []


def test_the_ports_are_those_of_cameras_without_the_two_that_need_a_login() -> None:
    assert {80, 443, 554, 8000, 8080, 8443, 8554, 34567, 37777, 81} <= set(PORTS)
    assert len(set(PORTS)) == len(PORTS)
