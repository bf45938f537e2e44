"""Asks every interface for older Dahua-built devices by the DVRIP search; never a login frame."""

from __future__ import annotations

from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, broadcasts, put
from scanner.codec import dvrip_search
from scanner.codec.text import encode_hex
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "dvrip-sweep"

LOST: Final = "older Dahua-built devices under another brand may go unnoticed"

WAIT: Final = 3.0
"""Seconds, as for its successor (protocol facts, 17.8)."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:
    """Both variants of the search by broadcast."""
    return tuple(
        Shout(group, dvrip_search.PORT, payload)
        for group in broadcasts(interface)[:1]
        for payload in dvrip_search.build_search()
    )


def read(datagram: Datagram) -> Reading | None:
    """An answer as it came; None for the search of another tool."""
    if datagram.data in dvrip_search.build_search():
        return None
    return Reading((("dvrip-search.raw", encode_hex(datagram.data)),))


QUESTION: Final = Question(
    name=NAME,
    request="search",
    lost=LOST,
    wait=WAIT,
    shouts=make_shouts,
    read=read,
    local_port=dvrip_search.PORT,
)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for older Dahua-built devices, by the DVRIP search on UDP 5050, by broadcast.",
    never="Sends any frame code but 0xA3; 0xA0, a login, does not exist in this program.",
    emits=("dvrip-search.raw",),
    touch=Touch(datagrams=8),
    lost=LOST,
    run=run,
)
