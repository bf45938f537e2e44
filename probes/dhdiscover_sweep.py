"""Asks every interface for Dahua-built devices by DHDiscover; never any method but the search."""

from __future__ import annotations

from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, broadcasts, put
from scanner.codec import Garbled, dhdiscover
from scanner.codec.text import decode_text
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "dhdiscover-sweep"

LOST: Final = "Dahua-built devices under another brand, and those with an address of another network, may go unnoticed"

WAIT: Final = 3.0
"""Seconds (protocol facts, 17.8)."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:
    """The search to the group and to the broadcast addresses."""
    payload = dhdiscover.build_search()
    return tuple(Shout(group, dhdiscover.PORT, payload) for group in (dhdiscover.GROUP, *broadcasts(interface)))


def read(datagram: Datagram) -> Reading | None:
    """An answer, readable or not; None for the search of another tool."""
    if b"DHDiscover.search" in datagram.data:
        return None
    kept = dhdiscover.redact(datagram.data)
    try:
        text = dhdiscover.parse_answer(datagram.data).text
    except Garbled:
        text = decode_text(kept)
    return Reading((("dhdiscover.raw", text),), kept)


QUESTION: Final = Question(
    name=NAME,
    request="DHDiscover.search",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    listen_port=dhdiscover.PORT,
    join=(dhdiscover.GROUP,),
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for Dahua-built devices, by DHDiscover.search to its group and by broadcast.",
    never="Sets an address, resets a password, begins a login: those methods do not exist in this program.",
    emits=("dhdiscover.raw",),
    touch=Touch(datagrams=6),
    lost=LOST,
    run=run,
)
