"""Asks the ONVIF device service once, without a login, who made it; opt-in, since the standard lets a device refuse.

Never sends a Security header, never asks twice. Correct devices answer "not authorised"; some answer in full.
Source: protocols, section 5.3.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled, onvif_soap
from scanner.link import Heard, HttpRequest, Link
from scanner.services import Place, onvif_places
from scanner.witness import Witness, read_http

NAME: Final = "onvif-information"

CALL: Final = "GetDeviceInformation"


def _places(view: HostView) -> tuple[Place, ...]:
    """Only where the device service has spoken before."""
    if "onvif.raw" not in view.heard:
        return ()
    return onvif_places(str(view.target), view.xaddrs, view.open_ports, view.announced)


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """One call."""
    witness = Witness(NAME, view.target, port)
    place = next(place for place in _places(view) if place.port == port)
    headers = (("Content-Type", onvif_soap.CONTENT_TYPE),)
    request = HttpRequest(place.path, "POST", onvif_soap.build_call(CALL), headers, once=True)
    exchange = await link.fetch(view.target, port, request, tls=place.tls)
    response = read_http(exchange)
    detail = ""
    if response is not None:
        yield witness.tell_whole("onvif.raw", exchange, request=CALL)
        try:
            detail = onvif_soap.parse_answer(response.body).fault
        except Garbled:
            detail = f"{response.status} {response.reason}".strip()
    witness.close(link, [exchange], detail=detail)


PROBE = Probe(
    name=NAME,
    asks="The ONVIF device service for maker, model, firmware and serial, without a login.",
    never="Sends a login, an empty one included, or asks a second time.",
    emits=("onvif.raw",),
    touch=Touch(connections=1, requests=1),
    order=42,  # asked for by name, so it runs whether the maker is decided or not
    ports_for=lambda view: tuple(place.port for place in _places(view)),
    run=run,
    opt_in=True,
)
