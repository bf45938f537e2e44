"""Asks a streaming port OPTIONS and DESCRIBE on one connection; never SETUP, never a stream, never a credential.

A 401 is the answer: its realm and the order of its headers tell the server. Source: protocols, section 10.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled, rtsp
from scanner.link import Heard, Link
from scanner.model import Outcome
from scanner.scope import Target
from scanner.services import rtsp_ports
from scanner.witness import Witness

NAME: Final = "rtsp-banner"

METHODS: Final = ("OPTIONS", "DESCRIBE")


def make_url(target: Target, port: int) -> str:
    """The URL of the server's root; every server answers it with its own face, whatever its streams are called."""
    host = f"[{target}]" if target.version == 6 else str(target)
    return f"rtsp://{host}:{port}/"


def is_finished(received: bytes) -> bool:
    """True for a whole response, or when more bytes would not make it one."""
    try:
        return rtsp.read_response(received) is not None
    except Garbled:
        return True


def is_response(received: bytes) -> bool:
    """True for a response, a cut one too."""
    try:
        return rtsp.read_response(received) is not None or rtsp.read_partial(received) is not None
    except Garbled:
        return False


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """Both requests on one connection, each once the answer before it is whole."""
    witness = Witness(NAME, view.target, port)
    url = make_url(view.target, port)
    messages = (rtsp.build_options(url, 1), rtsp.build_describe(url, 2))
    exchanges = await link.converse(view.target, port, messages, complete=is_finished)
    outcome: Outcome | None = None
    for method, exchange in zip(METHODS, exchanges, strict=True):
        if not exchange.received:
            continue
        if is_response(exchange.received):
            yield witness.tell_whole("rtsp.raw", exchange, request=method)
        else:
            yield witness.tell_foreign(exchange, request=method)
            outcome = Outcome.GARBLED
    witness.close(link, exchanges, outcome=outcome)


PROBE = Probe(
    name=NAME,
    asks="A streaming port for its methods and for the description of its root.",
    never="Sets up or plays a stream, sends a credential, or guesses the name of a stream.",
    emits=("rtsp.raw", "tcp.greeting"),
    touch=Touch(connections=1, requests=2),
    order=30,
    ports_for=lambda view: rtsp_ports(view.open_ports, view.announced),
    run=run,
)
