"""SADP inquiries out, ProbeMatch answers in; no other verb exists here, and salts are dropped before anyone sees them.

Port 37020 also carries verbs that activate, re-address and reset devices: they are not implemented, not even disabled.
Sources: answers captured by open tools (UniversalScanner's self-test, hikvision-tooling).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUP: Final = "239.255.255.250"
PORT: Final = 37020

VERBS: Final = ("inquiry", "inquiry_v32")
"""The two read-only verbs."""


@dataclass(frozen=True, slots=True)
class SadpAnswer:
    """One answer; `fields` are (name as sent, text) without credentials; absent parts are empty text."""

    root: str  # "ProbeMatch" for a true answer
    fields: tuple[tuple[str, str], ...]
    text: str  # the answer as capped text, credentials cut out
    uuid: str
    model: str
    type_code: str
    serial: str
    mac: str  # normalised; empty when it is none
    firmware: str
    dsp: str
    oem: str
    activated: str  # "true", "false" or empty
    channels: int | None  # analogue plus digital; None when the unit names neither
    network: str  # "192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false"
    ipv4: str
    http_port: int | None
    command_port: int | None

    @property
    def is_answer(self) -> bool:
        """True for a ProbeMatch."""
        return self.root.lower() == "probematch"


def build_inquiry(uuid: str, verb: str = "inquiry") -> bytes:
    """Build one inquiry; ValueError for any verb but the two of VERBS, or a UUID that is not one."""
    raise NotImplementedError


def parse_answer(data: bytes) -> SadpAnswer:
    """Read one datagram; raises Garbled when it is not XML. A datagram from 37020 that is not XML is worth a raw."""
    raise NotImplementedError


def is_own_probe(data: bytes, uuid: str = "") -> bool:
    """True for an inquiry (ours or another tool's) heard back from the group; with `uuid`, only for that one."""
    raise NotImplementedError
