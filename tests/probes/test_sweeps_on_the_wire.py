"""Every sweep on the simulated estate: whoever speaks a protocol is heard, the stranger too, and he is left alone."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import pytest

from probes import load_plugins
from scanner.interfaces import choose_interfaces
from scanner.model import Observation, Outcome, SweepResult
from scanner.pace import parse_pace
from scanner.pacer import Pacer
from scanner.scope import make_scope
from scanner.sweeping.link import Sweeping
from simulator.lab import Lab
from simulator.persona import load_persona

STRANGER = "192.168.1.64"
PROTOCOLS = {
    "onvif-wsd.raw": "wsd",
    "sadp.raw": "sadp",
    "dhdiscover.raw": "dhdiscover",
    "dvrip-search.raw": "dvrip-search",
    "xm-search.raw": "xm-search",
    "tvt-search.raw": "tvt-search",
    "univiewprobe.raw": "univiewprobe",
    "sadp.layer2": "sadp-layer2",
    "ssdp.raw": "ssdp",
    "mdns.service": "mdns",
}
"""Observation of a sweep and what a persona calls the protocol."""


def plays(persona: str) -> set[str]:
    return {service.play for service in load_persona(persona).services}


async def sweep_all(network: str) -> tuple[list[Observation], list[SweepResult]]:
    bare = make_scope([network])
    scope = make_scope([network], choose_interfaces(bare.networks))
    heard: list[Observation] = []
    results: list[SweepResult] = []
    async with Sweeping(scope, Pacer(parse_pace("lab")), report=results.append, attempted=print) as link:

        async def run(name: str) -> None:
            (sweep,) = [one for one in load_plugins()[0] if one.name == name]
            async for item in sweep.run(link):
                heard.extend(item.observations)

        async with asyncio.TaskGroup() as group:
            for sweep in load_plugins()[0]:
                group.create_task(run(sweep.name))
    return heard, results


@pytest.mark.lab
@pytest.mark.slow
async def test_everybody_is_heard_in_his_own_words(lan: Callable[..., Lab]) -> None:
    lab = lan("demo")
    with lab.enter():
        heard, results = await sweep_all("10.77.0.0/24")
    by_name = defaultdict(set)
    for seen in heard:
        by_name[seen.name].add(seen.address)
    inside = {device.address for device in lab.devices if device.address != STRANGER}
    assert by_name["mac.mac"] & inside == inside
    for name, protocol in PROTOCOLS.items():
        speakers = {one.address for one in lab.devices if protocol in plays(one.persona)}
        missed = speakers - by_name[name]
        assert speakers, f"nobody in the estate speaks {protocol}"
        assert not missed - {STRANGER}, f"{protocol} of {missed} was not heard"
    assert STRANGER in by_name["sadp.raw"]
    assert {seen.scope for seen in heard if seen.address == STRANGER} == {"off"}
    assert {result.outcome for result in results} <= {Outcome.ANSWERED, Outcome.SILENT}
    assert len({result.sweep for result in results}) == len(load_plugins()[0]) - 2, "but for the two of routed scopes"
    ledger = lab.ledger(STRANGER)
    assert (ledger.arp_requests, ledger.connections) == (0, 0)
