"""Each probe alone against one of every persona, and what each of those counted: no more than the probe declares.

The devices stand on loopback and are asked as fast as they answer; the hostile ones among them are in test_hostile.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from probes import HostView, Probe, load_plugins
from probes.onvif_credentials import make_probe
from scanner.model import Attempt
from scanner.net import Net
from scanner.onvif_reader import Credentials
from scanner.pace import Pace
from scanner.scope import make_scope
from simulator.device import Device
from simulator.estate import Estate
from simulator.persona import load_persona, persona_names
from simulator.stage import lowest_port

pytestmark = pytest.mark.skipif(lowest_port() > 80, reason="this process may not open the ports that devices have")

NAMES: Final = (
    *(n for n in persona_names() if not load_persona(n).factory_address),
    "fragile/refuses-all",
    "fragile/tired",
)

PLACES: Final = {name: f"127.66.0.{number}" for number, name in enumerate(NAMES, 10)}

LOGINS: Final = {address: Credentials("auditor", "secret") for address in PLACES.values()}

NMAP: Final = "nmap-opinion"
"""Its packets are another program's: tests/harm/test_scope.py holds them to the scope."""

PROBES: Final = [
    make_probe(LOGINS) if probe.name == "onvif-credentials" else probe
    for probe in load_plugins()[1]
    if probe.name != NMAP
]

OPEN: Final = frozenset({21, 22, 23, 80, 81, 88, 443, 554, 8000, 8080, 8443, 8554, 37777})
"""Every port a probe might want is said to be open: a closed one is refused, which costs no connection."""


@dataclass(frozen=True)
class Cost:
    """What one run of a probe on one port came to, as the device counted it."""

    persona: str
    port: int
    connections: int
    requests: int


def view_of(net: Net, device: Device) -> HostView:
    target = net.scope.admit(device.address)
    assert target is not None
    return HostView(
        target,
        OPEN,
        xaddrs=(f"http://{device.address}/onvif/device_service",),
        locations=(f"http://{device.address}:49152/rootdesc1.xml", f"http://{device.address}/upnp_device_desc.xml"),
        heard=frozenset({"http.raw", "onvif.raw"}),
    )


async def run_on(net: Net, probe: Probe, device: Device) -> list[Cost]:
    """The probe on each port it wants of one device, one after the other."""
    costs = []
    view = view_of(net, device)
    for port in probe.ports_for(view):
        before = device.ledger.connections, device.ledger.stream_requests
        async for _ in probe.run(net, view, port):
            pass
        await at_rest(device)
        after = device.ledger.connections, device.ledger.stream_requests
        costs.append(Cost(device.persona.id, port, after[0] - before[0], after[1] - before[1]))
    return costs


async def at_rest(device: Device) -> None:
    """Wait until the device has seen the end of its last connection."""
    async with asyncio.timeout(5):
        while device.ledger.open_now:
            await asyncio.sleep(0.001)


Play = Callable[[Estate], Any]


def make_estate() -> Estate:
    devices = [{"persona": name, "address": address} for name, address in PLACES.items()]
    return Estate.model_validate(
        {"id": "probes", "segments": [{"network": "127.66.0.0/24", "scanner": "127.66.0.2", "devices": devices}]}
    )


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
async def test_a_probe_costs_every_device_what_it_declares_and_what_the_ledger_says(probe: Probe, play: Play) -> None:
    devices = await play(make_estate())
    attempts: list[Attempt] = []
    async with Net(make_scope(["127.66.0.0/24"]), Pace(1e6, 1e6), sink=attempts.append) as net:
        costs = [cost for part in await asyncio.gather(*(run_on(net, probe, one) for one in devices)) for cost in part]
        assert any(one.received for one in attempts), "it was told nothing: nothing is proved"
        assert [cost for cost in costs if cost.connections > probe.touch.connections] == []
        assert [cost for cost in costs if cost.requests > probe.touch.requests] == []
        for device in devices:
            told, counted = net.ledger_of(device.address), device.ledger
            hellos = sum(
                one.requests for one in attempts if one.address == device.address and "ClientHello" in one.detail
            )
            assert told.connections == counted.connections, device.persona.id
            assert told.requests - hellos == counted.stream_requests, device.persona.id
            assert counted.most_open <= 1
            assert counted.left_open == 0
            assert set(counted.ends) <= {"clean", "handshake"}, device.persona.id
            check_logins(probe, device)
            check_heads(device)


HEADERS: Final = {"host", "user-agent", "connection", "content-type", "content-length"}
"""What docs/safety.md says that an HTTP request has, plain or by TLS, and no other."""

STREAMING: Final = {"cseq", "user-agent", "accept"}


def check_heads(device: Device) -> None:
    """Every request has the headers of the safety page and no others."""
    for seen in device.ledger.requests_seen:
        if seen.service in ("http", "https", "rtsp"):
            lines = seen.told.partition("\r\n\r\n")[0].split("\r\n")[1:]
            names = {line.partition(":")[0].lower() for line in lines}
            assert names <= (STREAMING if seen.service == "rtsp" else HEADERS), seen


def check_logins(probe: Probe, device: Device) -> None:
    """Nobody is logged in to; who was asked for by name, by a digest, and after a refusal never again."""
    ledger = device.ledger
    assert ledger.authorizations == []
    if probe.name != "onvif-credentials":
        assert ledger.logins == [], device.persona.id
        return
    logins = [seen for seen in ledger.requests_seen if "UsernameToken" in seen.told]
    assert len(logins) <= 3
    assert not any("secret" in seen.told for seen in ledger.requests_seen)
    if ledger.refusals:
        assert len(logins) <= 1, device.persona.id
