"""Reads one ONVIF device with the auditor's own credentials through onvif-zeep; the one file that imports it.

Never opens a socket: each request leaves the worker thread through a bridge, and the probe sends it by its link, with
scope, pace and caps. Never sends an empty login, never tries a second time after a refusal, and lets nothing out but
the few reading calls named here (onvif-zeep's own camera class would also create an event subscription on the device).
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import requests
from zeep.transports import Transport

from scanner.link import Exchange
from scanner.witness import read_http

READS: Final = frozenset({"GetDeviceInformation", "GetServices", "GetVideoSources"})
"""Operations that may leave this machine with a login; each reads, none changes (ONVIF Core, Media)."""

DEVICE_BINDING: Final = "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding"
MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"
MEDIA_BINDING: Final = f"{{{MEDIA}}}MediaBinding"

PATIENCE: Final = 60.0
"""Seconds the worker waits for its turn on the wire; the link's own deadlines are much shorter, its pace may not be."""


class OnvifRefused(Exception):
    """The reading ended early; the message says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The auditor's own read-only login for one named device. Never printed."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.user:
            raise ValueError("an ONVIF login needs a user name: an empty one would itself be a login attempt")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that onvif-zeep wants to send."""

    operation: str
    url: str
    body: bytes
    content_type: str


class Bridge:
    """Hands the calls of one worker thread to the event loop and the answers back."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[tuple[Call, Future[Exchange]] | None] = asyncio.Queue()
        self._pending: Future[Exchange] | None = None
        self._closed = False

    def send(self, call: Call) -> Exchange:
        """Called in the worker thread: wait for the exchange, or raise OnvifRefused when the probe gave up."""
        future: Future[Exchange] = Future()
        self._loop.call_soon_threadsafe(self._offer, call, future)
        return future.result(PATIENCE)

    def _offer(self, call: Call, future: Future[Exchange]) -> None:
        if self._closed:
            future.set_exception(OnvifRefused("the run ended"))
        else:
            self._queue.put_nowait((call, future))

    def finish(self) -> None:
        """Called in the worker thread: no more calls will come."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, None)

    async def calls(self) -> AsyncIterator[Call]:
        """Called on the loop: every call in turn; each must be answered before the next one comes."""
        while (item := await self._queue.get()) is not None:
            call, self._pending = item
            yield call

    def answer(self, exchange: Exchange) -> None:
        """Called on the loop: give the worker what came."""
        if self._pending is not None and not self._pending.done():
            self._pending.set_result(exchange)

    def close(self) -> None:
        """Called on the loop: end the worker, wherever it is."""
        self._closed = True
        waiting = [self._pending] if self._pending is not None else []
        while not self._queue.empty():
            item = self._queue.get_nowait()
            waiting += [item[1]] if item is not None else []
        for future in waiting:
            if not future.done():
                future.set_exception(OnvifRefused("the run ended"))


class LinkTransport(Transport):
    """zeep's way out: only READS, only by the bridge; no schema is ever loaded from a network."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # zeep is partly typed
        self._bridge = bridge

    def load(self, url: str) -> bytes:
        if "://" in url:
            raise OnvifRefused(f"{url} is not loaded: schemas come from the package only")
        return Path(url).read_bytes()

    def get(self, address: str, params: Any, headers: Any) -> Any:  # noqa: ARG002 -- zeep's signature
        raise OnvifRefused("only SOAP calls are sent")

    def post_xml(self, address: str, envelope: Any, headers: Any) -> Any:
        operation = _name_operation(envelope)
        if operation not in READS:
            raise OnvifRefused(f"{operation} is not one of the reading calls")
        return super().post_xml(address, envelope, {**headers, "operation": operation})  # type: ignore[no-untyped-call]

    def post(self, address: str, message: bytes, headers: Any) -> requests.Response:
        content_type = headers.get("Content-Type", "application/soap+xml; charset=utf-8")
        exchange = self._bridge.send(Call(headers["operation"], address, message, content_type))
        response = read_http(exchange)
        if response is None:
            raise OnvifRefused(exchange.detail or "no answer")
        if response.status in (401, 403):
            raise OnvifRefused(f"the login was refused ({response.status}); it is not tried again")
        answer = requests.Response()
        answer.status_code = response.status
        answer._content = response.body
        answer.headers["Content-Type"] = response.header("Content-Type") or "application/soap+xml"
        return answer


def _name_operation(envelope: Any) -> str:
    """The local name of the first element in the SOAP body."""
    body = next((item for item in envelope if str(item.tag).endswith("}Body")), ())
    return next((str(item.tag).rpartition("}")[2] for item in body), "")


def find_wsdl() -> Path:
    """The folder with the WSDL files, wherever the installer put it; OnvifRefused when it is not there."""
    for item in importlib.metadata.files("onvif-zeep") or ():
        if item.name == "devicemgmt.wsdl" and (path := Path(str(item.locate())).resolve()).exists():
            return path.parent
    raise OnvifRefused("the WSDL files of onvif-zeep are missing: install the package again")


def read_device(bridge: Bridge, url: str, login: Credentials, created: datetime, own_url: Any) -> int | None:
    """Read device information and, where there is a media service on the same host, count the video sources.

    Runs in a worker thread. `created` is the time by the device's clock, `own_url` says whether a URL is the host's
    own. Returns the number of video sources or None; raises OnvifRefused. The raw answers went over the bridge.
    """
    try:
        service = _make_service(bridge, url, login, created, "devicemgmt.wsdl", DEVICE_BINDING)
        service.GetDeviceInformation()
        media = _find_media(service.GetServices({"IncludeCapability": False}))
        if media is None or not own_url(media):
            return None
        sources = _make_service(bridge, media, login, created, "media.wsdl", MEDIA_BINDING).GetVideoSources()
        return len(sources)
    except OnvifRefused:
        raise
    except Exception as error:  # zeep and onvif-zeep wrap everything, parser errors of hostile XML included
        raise OnvifRefused(_read_error(error)) from error
    finally:
        bridge.finish()


def _make_service(bridge: Bridge, url: str, login: Credentials, created: datetime, wsdl: str, binding: str) -> Any:
    service = _import_service()(
        url,
        login.user,
        login.password,
        str(find_wsdl() / wsdl),
        no_cache=True,  # its cache would be a file in the auditor's home
        binding_name=binding,
        transport=LinkTransport(bridge),
    )
    service.zeep_client.wsse.created = created
    return service


def _import_service() -> Any:
    """onvif-zeep's service class, without the log handler that importing it puts on the root logger."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from onvif import ONVIFService

    root.handlers[:] = handlers
    root.setLevel(level)
    return ONVIFService


def _find_media(services: Any) -> str | None:
    for item in services or ():
        if getattr(item, "Namespace", "") == MEDIA:
            return str(item.XAddr)
    return None


def _read_error(error: BaseException) -> str:
    """The innermost reason in few words."""
    while (inner := error.__cause__ or error.__context__) is not None and not isinstance(error, OnvifRefused):
        error = inner
    return f"{error}"[:160] or type(error).__name__
