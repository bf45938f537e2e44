"""What a hostile device is: one attack, what it claims to be, and what a report may say of it. Plays nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from simulator.datagrams import Answer, Question
from simulator.device import Device
from simulator.persona import Persona
from simulator.streams import Talk

PREFIX: Final = "hostile/"
"""How the name of a hostile persona begins."""

OUI: Final = "02:66:66"
"""A locally administered block: the hardware address of a hostile device says nothing of a maker."""

Talks = Callable[[Talk], Awaitable[None]]
"""A script on a TCP port."""

Answers = Callable[[Question, Device], Sequence[Answer]]
"""A script on a UDP port."""

Hears = Callable[[bytes, Device], Sequence[bytes]]
"""A script on the link layer: one frame that came in, and the frames to send for it."""


class Shown(StrEnum):
    """What a report may say at most of a hostile device."""

    NOBODY = "nobody"  # no maker, no accusation
    SUSPECTED = "suspected"  # an accusation that the report itself calls unproven
    AS_CLAIMED = "as it claims"  # it speaks a maker's own protocol without a contradiction: who does that is believed


@dataclass(frozen=True, slots=True)
class OnTcp:
    """A script and the ports it talks on; on `tls_ports` inside TLS with the case's certificate."""

    script: Talks
    ports: tuple[int, ...] = ()
    tls_ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OnUdp:
    """A script and the discovery port it hears questions on, with the groups it has joined there."""

    script: Answers
    port: int
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnLink:
    """A script that hears and sends whole frames."""

    script: Hears


Part = OnTcp | OnUdp | OnLink


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile device."""

    id: str
    family: str
    does: str  # one sentence without a full stop
    parts: tuple[Part, ...] = ()
    services: tuple[dict[str, Any], ...] = ()  # services of ordinary personas it plays beside
    shown: Shown = Shown.NOBODY
    why: str = ""  # why a report may say more than NOBODY
    certificate: dict[str, Any] | None = None
    values: dict[str, str] = field(default_factory=dict)
    oui: str = OUI

    @property
    def persona(self) -> Persona:
        """The case as a persona, so that it can stand in any estate."""
        scripts = [self._service(number, part) for number, part in enumerate(self.parts)]
        return Persona.model_validate(
            {
                "id": f"{PREFIX}{self.id}",
                "about": self.does,
                "origin": ["invented: an attack on whoever asks"],
                "truth": {"maker": None, "kind": "hostile", "listed": False},
                "expect": "not-identified",
                "oui": self.oui,
                "values": self.values,
                "certificate": self.certificate,
                "services": [*scripts, *self.services],
            }
        )

    def _service(self, number: int, part: Part) -> dict[str, Any]:
        name = f"{self.id} {number}"
        match part:
            case OnTcp():
                return {"play": "script", "script": name, "ports": part.ports, "tls_ports": part.tls_ports}
            case OnUdp():
                return {"play": "datagram-script", "script": name}
            case OnLink():
                return {"play": "frame-script", "script": name}
