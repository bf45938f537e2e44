"""Asks the ONVIF device service what must be answered without a login; sends no Security header and changes nothing.

Three calls of access class PRE_AUTH (ONVIF Core, chapter 8): GetSystemDateAndTime, GetServices, GetHostname, at the
host's own XAddr or the usual path of its first web port. The shape of a refusal is kept, since it tells makers apart.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled, http1, onvif_soap
from scanner.link import Exchange, Heard, HttpRequest, Link
from scanner.services import Place, onvif_places
from scanner.witness import Witness, read_http

NAME: Final = "onvif-services"

CALLS: Final = ("GetSystemDateAndTime", "GetServices", "GetHostname")

REQUESTS: Final = 4
"""The three calls, and one again where aiohttp cannot read what an old stack says."""


def _places(view: HostView) -> tuple[Place, ...]:
    return onvif_places(str(view.target), view.xaddrs, view.open_ports, view.announced)


def is_onvif(response: http1.Response) -> bool:
    """True for a SOAP envelope, or for a refusal: both are the device service speaking."""
    if response.status in (401, 403):
        return True
    try:
        onvif_soap.parse_answer(response.body)
    except Garbled:
        return False
    return True


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """The clock first: who does not answer that is no ONVIF device, and is asked nothing more."""
    witness = Witness(NAME, view.target, port)
    place = next(place for place in _places(view) if place.port == port)
    exchanges: list[Exchange] = []
    detail = ""
    for call in CALLS:
        left = REQUESTS - sum(item.requests for item in exchanges)
        if left < 1:
            break
        request = HttpRequest(
            place.path,
            method="POST",
            body=onvif_soap.build_call(call),
            headers=(("Content-Type", onvif_soap.CONTENT_TYPE),),
            once=left == 1,
        )
        exchange = await link.fetch(view.target, port, request, tls=place.tls)
        exchanges.append(exchange)
        response = read_http(exchange)
        if response is None or not is_onvif(response):
            detail = "" if response is None else f"{response.status}: no ONVIF service there"
            break
        yield witness.tell_whole("onvif.raw", exchange, request=call)
        if response.status in (401, 403):
            detail = f"{call} is refused without a login"
            break
    witness.close(link, exchanges, detail=detail)


PROBE = Probe(
    name=NAME,
    asks="The ONVIF device service for its clock, its services and its host name, all open by the standard.",
    never="Sends a login, an empty one included, follows an XAddr to another host, or calls anything that changes.",
    emits=("onvif.raw",),
    touch=Touch(connections=REQUESTS, requests=REQUESTS),
    order=40,
    ports_for=lambda view: tuple(place.port for place in _places(view)),
    run=run,
)
