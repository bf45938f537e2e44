"""Asks every interface for UPnP devices by SSDP; fetches no description itself and announces nothing."""

from __future__ import annotations

from functools import partial
from typing import Final

from probes import Sweep, Touch
from scanner.canvass import Question, Reading, put
from scanner.codec import Garbled, ssdp
from scanner.codec.text import decode_text
from scanner.link import Datagram, Shout
from scanner.scope import Interface

NAME: Final = "ssdp-sweep"

LOST: Final = "what devices say of themselves by UPnP is missing"

TARGETS: Final = (*ssdp.SEARCH_TARGETS, "urn:schemas-upnp-org:service:EmbeddedNetDeviceControl:1")
"""TVT-built units answer the last one alone, with a document of their own (protocol facts, section 7)."""

MAX_DELAY: Final = 2
"""Seconds within which a device chooses its moment to answer (MX, UPnP Device Architecture 1.1 section 1.3.2)."""

WAIT: Final = 3.0
"""Seconds: the delay above and one for slow devices."""


def make_shouts(interface: Interface) -> tuple[Shout, ...]:  # noqa: ARG001  the same on every interface
    """A search for everything, one for root devices and one that TVT-built units want, to both groups."""
    return tuple(
        Shout(group, ssdp.PORT, ssdp.build_search(target, mx=MAX_DELAY, group=group))
        for group in (ssdp.GROUP_V4, ssdp.GROUP_V6)
        for target in TARGETS
    )


def read(datagram: Datagram) -> Reading | None:
    """A response or an announcement, and whatever cannot be read; None for the search of somebody else."""
    try:
        ssdp.parse_answer(datagram.data)
    except Garbled:
        if datagram.data[:8].upper() == b"M-SEARCH":
            return None
    return Reading((("ssdp.raw", decode_text(datagram.data)),))


QUESTION: Final = Question(name=NAME, request="M-SEARCH", lost=LOST, wait=WAIT, shouts=make_shouts, read=read)

run = partial(put, question=QUESTION)

SWEEP = Sweep(
    name=NAME,
    asks="Every segment for UPnP devices, by M-SEARCH for everything, for root devices and for the service TVT names.",
    never="Fetches a LOCATION, announces itself, answers a search.",
    emits=("ssdp.raw",),
    touch=Touch(datagrams=12),
    lost=LOST,
    run=run,
)
