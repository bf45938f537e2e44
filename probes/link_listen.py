"""Listens for link-layer frames that nobody asked for: ARP of strangers, SADP announcements; sends nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from probes import Sweep, Touch
from scanner.codec import Garbled, ipv4_udp, sadp_layer2
from scanner.discovery_answer import read_discovery
from scanner.link import Datagram, Heard, Overheard, SweepLink, Tally
from scanner.listener import Listener

NAME: Final = "link-listen"

LOST: Final = (
    "devices of other networks on the same wire, SADP units without a usable IP address, and a second owner of an "
    "address cannot be seen"
)

WAIT: Final = 6.0
"""Seconds at least. It goes on while other sweeps ask: they wake many a device, and some answers come here only."""

ETHERNET_HEADER: Final = 14


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Listen on one interface after the other; what was heard before its turn was kept for it."""
    listener = Listener(NAME, link.scope.contains)
    for number, interface in enumerate(link.interfaces):
        tally = Tally()
        async for overheard in link.overhear(interface, wait=WAIT if number == 0 else 0.1, tally=tally):
            heard = TELL[overheard.kind](listener, overheard)
            if heard.observations:
                yield heard
        link.report(tally.result(NAME, interface.name, LOST))


def tell_arp(listener: Listener, overheard: Overheard) -> Heard:
    """Who has the sender's address."""
    return listener.tell_owner(
        overheard.address,
        overheard.mac,
        interface=overheard.interface,
        at=overheard.at,
        raw=overheard.raw,
        request="",
    )


def tell_sadp(listener: Listener, overheard: Overheard) -> Heard:
    """A unit that announced itself or answered somebody; nothing for a frame of another tool."""
    try:
        frame = sadp_layer2.parse_frame(overheard.raw[ETHERNET_HEADER:])
    except Garbled:
        return Heard()
    if not frame.is_device:
        return Heard()
    datagram = Datagram(overheard.raw, frame.ipv4, 0, overheard.interface, overheard.at, overheard.mac)
    return listener.tell(datagram, ("sadp.layer2", frame.text), request="")


def tell_datagram(listener: Listener, overheard: Overheard) -> Heard:
    """A stranger's answer to the segment's questions, which our own reverse-path filter kept from the asker."""
    try:
        datagram = ipv4_udp.parse_frame(overheard.raw)
    except Garbled:
        return Heard()
    answer = read_discovery(datagram.payload)
    if answer is None:
        return Heard()
    source = Datagram(
        datagram.payload, datagram.source, datagram.source_port, overheard.interface, overheard.at, overheard.mac
    )
    return listener.tell(source, (answer.name, answer.value), request="", raw=answer.kept)


TELL: Final[dict[str, Callable[[Listener, Overheard], Heard]]] = {
    "arp": tell_arp,
    "sadp": tell_sadp,
    "udp": tell_datagram,
}

SWEEP = Sweep(
    name=NAME,
    asks="Nobody: hears ARP and SADP frames (ethertype 0x8033) that others send to everybody.",
    never="Sends a frame.",
    emits=(
        "mac.mac",
        "sadp.layer2",
        "sadp.raw",
        "dhdiscover.raw",
        "onvif-wsd.raw",
        "dvrip-search.raw",
        "xm-search.raw",
        "tvt-search.raw",
        "ssdp.raw",
    ),
    touch=Touch(),
    lost=LOST,
    run=run,
)
