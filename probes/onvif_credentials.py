"""Reads named ONVIF devices with the auditor's own read-only login: maker, model, serial, and a recorder's sources.

Opt-in, and only for the addresses a login was given for. Never guesses, never sends an empty login, never tries again
after a refusal, never follows an XAddr to another host. The login goes as a WS-Security digest, not as a password.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from probes import HostView, Probe, Touch
from scanner.codec import Garbled, onvif_soap
from scanner.link import Exchange, Heard, HttpRequest, Link
from scanner.model import Outcome, replace
from scanner.services import Place, onvif_places, own_service
from scanner.witness import Witness, read_http

if TYPE_CHECKING:
    from scanner.onvif_reader import Call, Credentials

NAME: Final = "onvif-credentials"

REQUESTS: Final = 5
"""The clock, three reading calls, and one again where aiohttp cannot read what an old stack says."""

_TIME: Final = ("Year", "Month", "Day", "Hour", "Minute", "Second")

SHORTEST_SECRET: Final = 4
"""Bytes; striking out every shorter piece would strike out evidence that only happens to look like it."""

_DIGEST: Final = re.compile(rb"PasswordDigest[^>]{0,80}>([^<]{8,80})<")
"""The digest of a WS-Security UsernameToken."""

NO_LOGINS: Final[Mapping[str, Credentials]] = MappingProxyType({})


def make_url(view: HostView, place: Place) -> str:
    """The URL of a place on the host."""
    host = f"[{view.target}]" if view.target.version == 6 else str(view.target)
    return f"{'https' if place.tls else 'http'}://{host}:{place.port}{place.path}"


def read_clock(exchange: Exchange) -> datetime | None:
    """The UTC time of the device from a GetSystemDateAndTime answer; None when it does not say."""
    response = read_http(exchange)
    if response is None:
        return None
    try:
        answer = onvif_soap.parse_answer(response.body)
        year, month, day, hour, minute, second = (int(answer.value(name) or "") for name in _TIME)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (Garbled, ValueError):
        return None


def make_probe(logins: Mapping[str, Credentials]) -> Probe:
    """The probe for these addresses; without a login it never runs."""

    def places(view: HostView) -> tuple[Place, ...]:
        if str(view.target) not in logins:
            return ()
        return onvif_places(str(view.target), view.xaddrs, view.open_ports, view.announced)

    async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
        place = next(place for place in places(view) if place.port == port)
        async with aclosing(_read(link, view, place, logins[str(view.target)])) as reading:
            async for heard in reading:
                yield heard

    return Probe(
        name=NAME,
        asks="Named ONVIF devices, with a login the auditor gave: device information and the number of video sources.",
        never="Guesses or repeats a login, sends an empty one, or calls anything that changes the device.",
        emits=("onvif.raw", "onvif.channels"),
        touch=Touch(connections=REQUESTS, requests=REQUESTS),
        order=44,  # asked for by name, so it runs whether the maker is decided or not
        ports_for=lambda view: tuple(place.port for place in places(view)),
        run=run,
        opt_in=True,
    )


async def _read(link: Link, view: HostView, place: Place, login: Credentials) -> AsyncGenerator[Heard, None]:
    from scanner.onvif_reader import Bridge, OnvifRefused, read_device  # half a second to import: only when asked for

    witness = Witness(NAME, view.target, place.port)
    body, headers = onvif_soap.build_call("GetSystemDateAndTime"), (("Content-Type", onvif_soap.CONTENT_TYPE),)
    clock = await link.fetch(view.target, place.port, HttpRequest(place.path, "POST", body, headers), tls=place.tls)
    exchanges = [clock]
    created = read_clock(clock)
    if created is None:
        witness.close(link, exchanges, detail="no ONVIF clock there, so no login was sent")
        return
    # The digest must carry the device's time, or a device whose clock is wrong counts it as a failed login.
    created += timedelta(seconds=clock.elapsed)
    bridge = Bridge(asyncio.get_running_loop())
    worker = asyncio.create_task(
        asyncio.to_thread(read_device, bridge, make_url(view, place), login, created, lambda url: _own(view, url))
    )
    detail = ""
    secrets: tuple[bytes, ...] = ()
    try:
        async for call in bridge.calls():
            exchange = await _send(link, view, call)
            exchanges.append(exchange)
            bridge.answer(exchange)
            secrets += read_secrets(call.body, login)
            if exchange.received:
                kept = replace(exchange, received=hide(exchange.received, secrets))
                yield witness.tell_whole("onvif.raw", kept, request=f"{call.operation} with a login")
        channels = await worker
        if channels is not None:
            last = replace(exchanges[-1], received=hide(exchanges[-1].received, secrets))
            yield witness.tell(last, ("onvif.channels", str(channels)), request="GetVideoSources with a login")
    except OnvifRefused as refused:
        detail = hide(str(refused).encode(), secrets).decode("utf-8", "replace")
    finally:
        bridge.close()
        await asyncio.wait((worker,))
    witness.close(link, exchanges, detail=detail)


def read_secrets(message: bytes, login: Credentials) -> tuple[bytes, ...]:
    """What of a login must not be stored: a device may send our own header back, and a digest can be tried out."""
    return (login.password.encode(), b64encode(login.password.encode()), *_DIGEST.findall(message))


def hide(data: bytes, secrets: Iterable[bytes]) -> bytes:
    """The same bytes with every secret struck out, at its length; one as short as a syllable is not looked for."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            data = data.replace(secret, b"*" * len(secret))
    return data


def _own(view: HostView, url: str) -> Place | None:
    return own_service(url, str(view.target))


async def _send(link: Link, view: HostView, call: Call) -> Exchange:
    place = _own(view, call.url)
    if place is None:
        return Exchange(Outcome.SKIPPED, detail="the device names a service on another host; it was not followed")
    headers = (("Content-Type", call.content_type),)
    request = HttpRequest(place.path, "POST", call.body, headers, once=True)
    return await link.fetch(view.target, place.port, request, tls=place.tls)


PROBE = make_probe(NO_LOGINS)
