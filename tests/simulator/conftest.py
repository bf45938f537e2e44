"""Makes devices from personas written in the test, and puts them on a loopback stage."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest

from simulator.device import Device, Surroundings
from simulator.persona import Persona, Quirks, load_persona
from simulator.stage import Kind, Place, Spot, Stage

NOON = 1_795_435_200.0  # Mon, 23 Nov 2026 12:00:00 GMT


def make_persona(*services: dict[str, Any], **more: Any) -> Persona:
    given = {
        "id": "made",
        "about": "made in a test",
        "origin": ["a test"],
        "truth": {"maker": None, "kind": "camera", "model": "M-1", "firmware": "1.0", "listed": False},
        "oui": "02:00:00",
        "serial": "S{index:03}",
        "services": services,
    }
    return Persona.model_validate(given | more)


@pytest.fixture
def make_device():
    """`make_device(service…, persona="name", index=7, address=…, quirks={…}, clock=…)`."""

    def make(
        *services: dict[str, Any],
        persona: str | Persona = "",
        index: int = 7,
        address: str = "127.99.0.7",
        quirks: dict[str, Any] | None = None,
        clock=lambda: NOON,
        **more: Any,
    ) -> Device:
        if isinstance(persona, str):
            persona = load_persona(persona) if persona else make_persona(*services, **more)
        around = Surroundings("255.255.255.0", "127.99.0.1", clock)
        return Device(persona, index, address, around, quirks=Quirks.model_validate(quirks or {}))

    return make


@pytest.fixture
async def on_stage():
    """`await on_stage(device, …)`: the devices play on loopback until the test ends; returns the stage."""
    async with AsyncExitStack() as stack:

        async def start(*devices: Device) -> Stage:
            stage = Stage([Place(Kind.LOOPBACK, tuple(Spot(device) for device in devices))])
            return await stack.enter_async_context(stage)

        yield start
