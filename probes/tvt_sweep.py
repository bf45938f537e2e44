"""Asks every interface for TVT-built devices by their search; never any operation but 8."""

from __future__ import annotations

from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, put
from scanner.codec import tvt_search
from scanner.codec.text import encode_hex
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "tvt-sweep"

LOST: Final = "TVT-built devices under another brand may go unnoticed"

WAIT: Final = 3.0
"""Seconds, as for the other searches."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:  # noqa: ARG001  the same on every interface
    """The search to its group. The vendor's tool lets it cross four routers; ours stays on the segment."""
    return tuple(Shout(tvt_search.GROUP, tvt_search.PORT, payload) for payload in tvt_search.build_search())


def read(datagram: Datagram) -> Reading | None:
    """An answer as it came; None for the search of another tool."""
    if datagram.data in tvt_search.build_search():
        return None
    return Reading((("tvt-search.raw", encode_hex(datagram.data)),))


QUESTION: Final = Question(
    name=NAME,
    request="MHED 8",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    local_port=tvt_search.PORT,
    join=(tvt_search.GROUP, tvt_search.ANSWER_GROUP),
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for TVT-built devices, by MHED operation 8 to its group.",
    never="Sends any other operation.",
    emits=("tvt-search.raw",),
    touch=Touch(datagrams=4),
    lost=LOST,
    run=run,
)
