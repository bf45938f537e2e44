"""Asks every interface for Hikvision-built devices by SADP; never any verb but the two inquiries."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, broadcasts, put
from scanner.codec import Garbled, sadp
from scanner.codec.text import decode_text
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "sadp-sweep"

LOST: Final = (
    "Hikvision-built devices under another brand, and those with an address of another network, may go unnoticed"
)

WAIT: Final = 5.0
"""Seconds (protocol facts, 17.8)."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:
    """Both inquiries to the group and, for switches that drop multicast, to the broadcast addresses."""
    asked = str(uuid.uuid4()).upper()
    payloads = [sadp.build_inquiry(asked, verb) for verb in sadp.VERBS]
    return tuple(
        Shout(group, sadp.PORT, payload) for group in (sadp.GROUP, *broadcasts(interface)[:1]) for payload in payloads
    )


def read(datagram: Datagram) -> Reading | None:
    """An answer, readable or not; None for an inquiry, ours or another tool's."""
    if sadp.is_own_probe(datagram.data):
        return None
    kept = sadp.redact(datagram.data)
    try:
        text = sadp.parse_answer(datagram.data).text
    except Garbled:
        text = decode_text(kept)  # who speaks on this port is of the family, even where it cannot be read
    return Reading((("sadp.raw", text),), kept)


QUESTION: Final = Question(
    name=NAME,
    request="inquiry",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    local_port=sadp.PORT,
    join=(sadp.GROUP,),
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for Hikvision-built devices, by the SADP inquiry to its group and by broadcast.",
    never="Activates, re-addresses, unlocks or resets: those verbs do not exist in this program.",
    emits=("sadp.raw",),
    touch=Touch(datagrams=16),
    lost=LOST,
    run=run,
)
