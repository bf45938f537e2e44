"""Asks every interface for Uniview-built devices by their private probe; follows no address that an answer names."""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, broadcasts, put
from scanner.codec import Garbled, univiewprobe
from scanner.codec.text import decode_text
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "uniview-sweep"

LOST: Final = "Uniview-built devices under another brand may go unnoticed"

WAIT: Final = 3.0
"""Seconds: answers are larger than a frame and come in fragments, but at once."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:
    """Both forms of the probe by broadcast."""
    payloads = univiewprobe.build_search(lambda: str(uuid.uuid4()))
    return tuple(
        Shout(group, univiewprobe.PORT, payload) for group in broadcasts(interface)[:1] for payload in payloads
    )


def read(datagram: Datagram) -> Reading | None:
    """Whatever comes to the port the vendor's tool listens on."""
    facts = (("univiewprobe.raw", decode_text(datagram.data)),)
    try:
        answer = univiewprobe.parse_answer(datagram.data)
    except Garbled:
        return Reading(facts)
    matches = [replace(match, relates_to="") for match in answer.matches]
    return Reading(facts, same_as=repr((answer.element, matches)))


QUESTION: Final = Question(
    name=NAME,
    request="UniviewProbe",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    local_port=univiewprobe.LOCAL_PORT,
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for Uniview-built devices, by UniviewProbe in two forms, by broadcast.",
    never="Fetches an address that an answer names.",
    emits=("univiewprobe.raw",),
    touch=Touch(datagrams=8),
    lost=LOST,
    run=run,
)
