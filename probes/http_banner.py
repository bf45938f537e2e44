"""Asks a web port for its front page, its icon and a page nobody has; never logs in, never leaves the host.

At most four requests: `GET /`, one hop to a page of the same host that the front page sends every browser to,
`GET /camcensus-control-path` (what is said of a path that does not exist), `GET /favicon.ico`. A host that refuses the
front page is not asked for the rest, nor is one whose maker is beyond doubt by then, nor a port whose front page is
that of another port which was asked for it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from probes import HostView, Probe, Touch
from scanner.announcements import names_host
from scanner.codec import http1
from scanner.codec.favicon import hash_favicon
from scanner.dissect.hosts import CONTROL_PATH, CONTROL_REQUEST
from scanner.likeness import answers_on, find_twin
from scanner.link import Exchange, Heard, HttpRequest, Link
from scanner.model import Outcome
from scanner.services import speaks_tls, web_ports
from scanner.witness import Witness, read_http

NAME: Final = "http-banner"

REQUESTS: Final = 4
"""Together with the four of http_maker_paths this makes eight a port, the most of the safety contract."""

SCRIPT_WINDOW: Final = 8192
"""Bytes of a front page in which a redirect is looked for; such pages are shorter than this as a whole."""

_SCRIPT: Final = re.compile(
    r"""(?:location(?:\.href)?\s{0,9}=\s{0,9}|location\.(?:replace|assign)\s{0,9}\(\s{0,9})["']([^"'<>\s]{1,300})["'+?]"""
    r"""|http-equiv=["']?refresh["']?[^>]{0,80}url=["']?([^"'<>\s]{1,300})""",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(
    r"/(?!.*(?:\.\.|cgi-bin|log-?out|reboot|reset|restart|shutdown|snap|config|backup|export))"
    r"(?:[\w.-]{1,60}/){0,6}(?:[\w-]{1,60}(?:\.[\w-]{1,60}){0,3}\.(?:asp|aspx|html?|php|jsp|shtml))?",
    re.IGNORECASE | re.ASCII,
)
"""A page or a folder. A hop is a request that the device chose, so nothing that could be a command is followed."""


def read_hop(response: http1.Response, address: str) -> str | None:
    """The path of the page the front page sends every browser to, on the same host; None when there is none.

    Query and fragment are dropped: no parameter that a device chose is ever sent.
    """
    if 300 <= response.status < 400:
        return _same_host(response.header("Location") or "", address)
    if response.status != 200:
        return None
    found = _SCRIPT.search(response.body[:SCRIPT_WINDOW].decode("utf-8", "replace"))
    return _same_host(found[1] or found[2], address) if found else None


def _same_host(url: str, address: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if (parts.scheme or parts.netloc) and not names_host(url if parts.scheme else f"http:{url}", address):
        return None
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return path if path != "/" and _PAGE.fullmatch(path) else None


def is_icon(response: http1.Response) -> bool:
    """True for a body that is an icon and no page in disguise."""
    return response.status == 200 and bool(response.body) and response.body.lstrip()[:1] not in (b"<", b"{")


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """Front page, hop, control path, icon."""
    witness = Witness(NAME, view.target, port)
    tls = speaks_tls(port, view.announced)
    front = await link.fetch(view.target, port, HttpRequest("/"), tls=tls)
    exchanges = [front]
    response = read_http(front)
    if response is None:
        if front.received:
            yield witness.tell_foreign(front, request="GET /")
            witness.close(link, exchanges, outcome=Outcome.GARBLED)
        else:
            witness.close(link, exchanges)
        return
    yield witness.tell_whole("http.raw", front, request="GET /")
    twin = _find_asked_twin(view, port)
    for path in _further_paths(response, str(view.target)) if twin is None else ():
        if view.decided():
            break
        left = REQUESTS - sum(item.requests for item in exchanges)
        if left < 1 or exchanges[-1].outcome is not Outcome.ANSWERED:
            break
        exchange = await link.fetch(view.target, port, HttpRequest(path, once=left == 1), tls=tls)
        exchanges.append(exchange)
        yield _hear(witness, exchange, path)
    witness.close(link, exchanges, detail=f"its front page is that of port {twin}" if twin is not None else "")


def _find_asked_twin(view: HostView, port: int) -> int | None:
    """The port with this front page that was asked for the other pages, too."""
    told = view.told()
    twin = find_twin(told, port)
    return twin if twin is not None and CONTROL_REQUEST in answers_on(told, twin) else None


def _further_paths(response: http1.Response, address: str) -> list[str]:
    if response.status in (401, 403):
        return []
    hop = read_hop(response, address)
    return [*([hop] if hop is not None else []), CONTROL_PATH, "/favicon.ico"]


def _hear(witness: Witness, exchange: Exchange, path: str) -> Heard:
    response = read_http(exchange)
    if response is None:
        return Heard()
    if path != "/favicon.ico":
        return witness.tell_whole("http.raw", exchange, request=f"GET {path}")
    if not is_icon(response) or not response.complete or exchange.truncated:
        return Heard()
    md5, mmh3 = hash_favicon(response.body)
    facts = ("favicon.md5", md5), ("favicon.mmh3", str(mmh3))
    return witness.tell(exchange, *facts, request=f"GET {path}", raw=response.body)


PROBE = Probe(
    name=NAME,
    asks="A web port for its front page, one page that leads to, a page nobody has, and its icon.",
    never="Sends a credential, follows a redirect to another host or with parameters, asks a refusing host for more.",
    emits=("http.raw", "favicon.md5", "favicon.mmh3", "tcp.greeting"),
    touch=Touch(connections=REQUESTS, requests=REQUESTS),
    order=10,
    ports_for=lambda view: web_ports(view.open_ports, view.announced, view.heard),
    run=run,
)
