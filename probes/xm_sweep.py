"""Asks every interface for Xiongmai-built devices by their search; never any message but 1530."""

from __future__ import annotations

from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, broadcasts, put
from scanner.codec import xm_search
from scanner.codec.text import encode_hex
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "xm-sweep"

LOST: Final = "Xiongmai-built devices under another brand may go unnoticed"

WAIT: Final = 3.0
"""Seconds, as for the other searches."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:
    """The search by broadcast."""
    return tuple(
        Shout(group, xm_search.PORT, payload)
        for group in broadcasts(interface)[:1]
        for payload in xm_search.build_search()
    )


def read(datagram: Datagram) -> Reading | None:
    """An answer without credentials; None for the search of another tool."""
    if datagram.data in xm_search.build_search():
        return None
    kept = xm_search.redact(datagram.data)
    return Reading((("xm-search.raw", encode_hex(kept)),), kept)


QUESTION: Final = Question(
    name=NAME,
    request="1530",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    local_port=xm_search.PORT,
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for Xiongmai-built devices, by message 1530 on UDP 34569, by broadcast.",
    never="Sends any other message; a login does not exist in this program.",
    emits=("xm-search.raw",),
    touch=Touch(datagrams=4),
    lost=LOST,
    run=run,
)
