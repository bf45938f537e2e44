"""Asks every interface for ONVIF devices by WS-Discovery, on IPv4 and IPv6; follows no address that an answer names."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, put
from scanner.codec import Garbled, wsd
from scanner.codec.text import decode_text
from scanner.link import Datagram, Heard, Shout, SweepLink
from scanner.scope import Interface

NAME: Final = "wsd-sweep"

LOST: Final = "ONVIF devices are found by their open ports only, and IPv6-only devices not at all"

WAIT: Final = 5.0
"""Seconds: ONVIF devices answer within half a second, busy recorders within some (protocol facts, 17.8)."""


_REFERENCES: Final = re.compile(rb"(<[\w:]{0,40}(?:MessageID|RelatesTo)[^<>]{0,200}>)[^<]{0,200}", re.IGNORECASE)
"""What differs between the answers to the forms of one question: their own number, and that of what they answer."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:  # noqa: ARG001  the same on every interface
    """Every form of the probe to both groups: typed for cameras, typed for devices, untyped, both forms of the id."""
    probes = wsd.build_probes(lambda: str(uuid.uuid4()))
    return tuple(Shout(group, wsd.PORT, probe) for group in (wsd.GROUP_V4, wsd.GROUP_V6) for probe in probes)


def read(datagram: Datagram) -> Reading | None:
    """A match or a Hello, and whatever cannot be read; None for a probe or farewell of somebody else."""
    facts = (("onvif-wsd.raw", decode_text(datagram.data)),)
    try:
        matches = wsd.parse_matches(datagram.data)
    except Garbled:
        return Reading(facts)
    # A device answers each of our forms; but for the question they answer, the answers are the same.
    same_as = repr([replace(match, relates_to="") for match in matches])
    return Reading(facts, same_as=same_as) if matches else None


class Reader:
    """Reads as `read` does, and reads an answer that a device repeats for each form of the question only once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, bytes], Reading | None] = {}

    def __call__(self, datagram: Datagram) -> Reading | None:
        said = (datagram.source, _REFERENCES.sub(rb"\1", datagram.data))
        if said not in self._read:
            self._read[said] = read(datagram)
        return self._read[said]


QUESTION: Final = Question(
    name=NAME,
    request="Probe",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    listen_port=wsd.PORT,
    join=(wsd.GROUP_V4, wsd.GROUP_V6),
)


def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Ask and hand on."""
    return put(link, replace(QUESTION, read=Reader()))


SWEEP = Sweep(
    name=NAME,
    asks="Every segment for ONVIF devices, by WS-Discovery in four forms, on IPv4 and IPv6.",
    never="Fetches an address that an answer names, sends Hello or Bye.",
    emits=("onvif-wsd.raw",),
    touch=Touch(datagrams=16),
    lost=LOST,
    run=run,
)
