"""Fetches the device description that SSDP names, from the answering address only; follows no URL inside it.

Source: UPnP Device Architecture 1.1, section 2.3; protocols, section 7.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled
from scanner.codec.text import decode_text
from scanner.codec.upnp_xml import parse_description
from scanner.link import Heard, HttpRequest, Link
from scanner.model import Outcome
from scanner.services import Place, description_places
from scanner.witness import Witness, read_http

NAME: Final = "upnp-description"


def _places(view: HostView) -> tuple[Place, ...]:
    return description_places(str(view.target), view.locations)


def describes_device(body: bytes) -> bool:
    """True for a document that describes a device."""
    try:
        parse_description(body)
    except Garbled:
        return False
    return True


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """One GET."""
    witness = Witness(NAME, view.target, port)
    place = next(place for place in _places(view) if place.port == port)
    exchange = await link.fetch(view.target, port, HttpRequest(place.path), tls=place.tls)
    response = read_http(exchange)
    outcome, detail = None, ""
    if exchange.received and (response is None or response.status in (0, 200)):
        body = response.body if response is not None else exchange.received
        if describes_device(body):
            yield witness.tell(exchange, ("upnp-xml.raw", decode_text(body)), request=f"GET {place.path}")
        else:
            outcome = Outcome.GARBLED
    elif response is not None:
        detail = f"{response.status}: no description there"
    witness.close(link, [exchange], outcome=outcome, detail=detail)


PROBE = Probe(
    name=NAME,
    asks="The document that the device's own SSDP answer points to.",
    never="Fetches it from another address than the answering one, or anything that the document points to.",
    emits=("upnp-xml.raw",),
    touch=Touch(connections=2, requests=2),  # the second only where aiohttp cannot read what an old stack says
    order=70,
    ports_for=lambda view: tuple(place.port for place in _places(view)),
    run=run,
)
