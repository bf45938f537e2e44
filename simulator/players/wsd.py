"""Plays WS-Discovery on UDP 3702, multicast and unicast, IPv4 and IPv6; honours Types. Parses with no entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from defusedxml import DefusedXmlException, ElementTree

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import UniviewProbe, Wsd

VERSIONS: Final = (
    "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01",
)
"""The discovery namespaces; devices here answer in the first, whichever asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe as far as a device reads it. `types` are "namespace local-name"."""

    message_id: str
    types: tuple[str, ...]


@lru_cache(maxsize=64)
def read_probe(data: bytes) -> Asked | None:
    """Return what a Probe asks, or None when it is none. All devices of a segment read the same bytes."""
    prefixes: dict[str, str] = {}
    message_id, types, is_probe = "", "", False
    try:
        for event, item in ElementTree.iterparse(BytesIO(data), events=("start-ns", "end"), forbid_dtd=True):
            if event == "start-ns":
                prefixes[item[0]] = item[1]
                continue
            namespace, _, local = item.tag.rpartition("}")
            known = namespace[1:] in VERSIONS
            is_probe = is_probe or (known and local == "Probe")
            if local == "MessageID":
                message_id = (item.text or "").strip()
            elif known and local == "Types":
                types = item.text or ""
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return None
    return Asked(message_id, tuple(_expand(name, prefixes) for name in types.split())) if is_probe else None


def _expand(name: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{prefixes.get(prefix, '')} {local}"


def _answer(question: Question, device: Device, service: Wsd) -> Sequence[Answer]:
    asked = read_probe(question.data)
    if asked is None:
        return ()
    short = ",".join(name.rpartition(" ")[2] for name in asked.types)
    device.ledger.note_request("wsd", WSD.port, f"Probe {short}".strip(), device.surroundings.clock())
    if not _hears(service, question.data, asked):
        return ()
    extra = {"relates_to": asked.message_id}
    return (Answer(device.fill(service.answer, extra).encode(), service.via, service.from_other_port),)


def _hears(service: Wsd, data: bytes, asked: Asked) -> bool:
    if service.one_line_only and b"\n" in data.strip():
        return False
    if service.refuses_urn and asked.message_id.startswith("urn:"):
        return False
    if not asked.types:
        return service.untyped
    return any(wanted in service.types for wanted in asked.types)


def _answer_uniview(question: Question, device: Device, service: UniviewProbe) -> Sequence[Answer]:
    device.ledger.note_request("univiewprobe", WSD.port, "UniviewProbe", device.surroundings.clock())
    text = device.fill(service.answer, {"relates_to": _message_id(question.data)})
    return (Answer(text.encode(), service.via, service.from_other_port),)


@lru_cache(maxsize=64)
def _message_id(data: bytes) -> str:
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return ""
    return next(((item.text or "").strip() for item in root.iter() if str(item.tag).endswith("}MessageID")), "")


WSD: Final = DatagramPlayer(
    "wsd",
    3702,
    ("239.255.255.250",),
    _answer,
    concerns=lambda data: b"UniviewProbe" not in data,
    groups6=("ff02::c",),
)
UNIVIEWPROBE: Final = DatagramPlayer(
    "univiewprobe", 3702, ("239.255.255.250",), _answer_uniview, concerns=lambda data: b"UniviewProbe" in data
)
