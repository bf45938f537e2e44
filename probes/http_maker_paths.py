"""Asks a web port for the few documents that tell makers apart; never a page that leaks, never with a credential.

At most four of: `GET /ISAPI/System/deviceInfo`, `/SDK/activateStatus`, `/upnpdevicedesc.xml` (Hikvision and OEM),
`/cgi-bin/magicBox.cgi?action=getMachineName` (Dahua and OEM), `/LAPI/V1.0/System/DeviceInfo` (Uniview), and Axis's
unauthenticated `POST /axis-cgi/basicdeviceinfo.cgi`. A 401 is the answer and is never retried; a decisive
answer ends it. What a port with the same front page has answered holds for this one, too. Source: protocols, section 8.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled, http1
from scanner.likeness import answers_on, find_twin
from scanner.link import Exchange, Heard, HttpRequest, Link
from scanner.model import Outcome, replace
from scanner.services import speaks_tls, web_ports
from scanner.witness import Witness, read_http

NAME: Final = "http-maker-paths"

REQUESTS: Final = 4
"""Together with the four of http_banner this makes eight a port, the most of the safety contract."""

REFUSED_ALIKE: Final = 2
"""So many refusals that name no maker, and the host refuses everything alike: further ones would say nothing."""

_HIKVISION: Final = re.compile(
    rb"hikvision\.com/ver|isapi\.org/ver|psialliance|<ActivateStatus"
    rb"|realm=\"?(?:IP Camera\(|DVRNVRDVS|Embedded Net|hikvision|DS-|iDS-)",
    re.IGNORECASE,
)


def names_hikvision(response: http1.Response, received: bytes) -> bool:
    """True when the answer itself carries a mark of the Hikvision family (namespace or realm), whatever its label."""
    return response.status in (200, 401, 403) and bool(_HIKVISION.search(received))


def names_dahua(response: http1.Response, received: bytes) -> bool:
    """True for the realm "Login to …", which Dahua firmware keeps under any label."""
    return response.status == 401 and b'realm="login to ' in received.lower()


def names_uniview(response: http1.Response, received: bytes) -> bool:
    """True for Uniview's own status 599 or its JSON frame."""
    return response.status == 599 or b'"ResponseURL"' in received


def names_axis(response: http1.Response, received: bytes) -> bool:
    """True for the property list of Axis."""
    return response.status == 200 and b'"propertyList"' in received


def decides(response: http1.Response, received: bytes) -> bool:
    """True when the answer names a maker on its face, whichever document was asked for."""
    return any(names(response, received) for names in (names_hikvision, names_dahua, names_uniview, names_axis))


ISAPI: Final = HttpRequest("/ISAPI/System/deviceInfo")
ACTIVATION: Final = HttpRequest("/SDK/activateStatus")
DESCRIPTION: Final = HttpRequest("/upnpdevicedesc.xml")
MAGICBOX: Final = HttpRequest("/cgi-bin/magicBox.cgi?action=getMachineName")
LAPI: Final = HttpRequest("/LAPI/V1.0/System/DeviceInfo")
AXIS: Final = HttpRequest(
    "/axis-cgi/basicdeviceinfo.cgi",
    method="POST",
    body=b'{"apiVersion":"1.0","method":"getAllUnrestrictedProperties"}',
    headers=(("Content-Type", "application/json"),),
)

_KNOWN: Final = (("sadp.", ISAPI), ("dhdiscover.", MAGICBOX), ("univiewprobe.", LAPI))
"""Who spoke a maker's own protocol is asked for that maker's document only: the second, independent group."""


def first_requests(heard: frozenset[str]) -> tuple[HttpRequest, ...]:
    """What to ask, in order, given the names of what was heard so far."""
    known = tuple(request for mark, request in _KNOWN if any(name.startswith(mark) for name in heard))
    return known or (ISAPI, MAGICBOX, LAPI, AXIS)


def plan_next(
    asked: HttpRequest, response: http1.Response, received: bytes, waiting: Sequence[HttpRequest]
) -> tuple[HttpRequest, ...]:
    """What to ask after an answer: nothing once it decides, but model and serial where Hikvision gives them to all."""
    if names_hikvision(response, received) and asked in (ISAPI, ACTIVATION):
        return (DESCRIPTION,)
    if decides(response, received):
        return ()
    if asked is ISAPI and response.status in (200, 401, 403):
        return (ACTIVATION, *waiting)
    return tuple(waiting)


@dataclass(slots=True)
class Inquiry:
    """What is still to be asked, by what was answered."""

    waiting: tuple[HttpRequest, ...]
    used: int = 0  # requests
    refused: int = 0

    def left(self) -> int:
        """Requests that may still be sent; 0 as well when nothing is waiting, or everything refused alike."""
        return max(0, REQUESTS - self.used) if self.waiting and self.refused < REFUSED_ALIKE else 0

    def hear(self, response: http1.Response, received: bytes) -> None:
        """Take the answer to the first that waits into account."""
        request, waiting = self.waiting[0], self.waiting[1:]
        self.refused += response.status in (401, 403) and not decides(response, received)
        self.waiting = plan_next(request, response, received, waiting)

    def recall(self, answers: Mapping[str, str]) -> None:
        """Go as far as another port's answers lead, as if they had been given here."""
        while self.left() and (text := answers.get(name_request(self.waiting[0]))) is not None:
            received = text.encode("utf-8", "replace")
            try:
                response = http1.read_response(received, eof=True)
            except Garbled:
                return
            if response is None:
                return
            self.used += 1
            self.hear(response, received)


def name_request(request: HttpRequest) -> str:
    """As observations name what was asked."""
    return f"{request.method} {request.path}"


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """Ask until an answer decides, the number is used up, or the host refuses everything alike."""
    witness = Witness(NAME, view.target, port)
    tls = speaks_tls(port, view.announced)
    exchanges: list[Exchange] = []
    twin = find_twin(view.told(), port)
    inquiry = Inquiry(first_requests(view.heard))
    inquiry.recall(answers_on(view.told(), twin) if twin is not None else {})
    if (recalled := inquiry.used) and not inquiry.left():
        witness.close(link, (), detail=f"its front page is that of port {twin}, which was asked for these")
        return
    while left := inquiry.left():
        request = inquiry.waiting[0]
        exchange = await link.fetch(view.target, port, replace(request, once=left == 1), tls=tls)
        exchanges.append(exchange)
        inquiry.used = recalled + sum(item.requests for item in exchanges)
        response = read_http(exchange)
        if response is None:
            break
        yield witness.tell_whole("http.raw", exchange, request=name_request(request))
        inquiry.hear(response, exchange.received)
    detail = "it refuses every path alike" if inquiry.refused >= REFUSED_ALIKE else ""
    garbled = len(exchanges) == 1 and exchanges[0].received and read_http(exchanges[0]) is None
    witness.close(link, exchanges, outcome=Outcome.GARBLED if garbled else None, detail=detail)


def _ports(view: HostView) -> tuple[int, ...]:
    """Web ports, once a page was heard from the host at all."""
    return web_ports(view.open_ports, view.announced, view.heard) if "http.raw" in view.heard else ()


PROBE = Probe(
    name=NAME,
    asks="A web port for up to four documents whose refusal or content tells the maker.",
    never="Sends a credential or retries a refusal; asks for no user list, picture, configuration or language file.",
    emits=("http.raw",),
    touch=Touch(connections=REQUESTS, requests=REQUESTS),
    order=60,
    ports_for=_ports,
    run=run,
)
