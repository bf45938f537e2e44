"""HTTP exchanges by aiohttp, with every byte that came in kept as it came; the one file that imports aiohttp.

Never resolves a name, follows a redirect, keeps a cookie or a connection, decompresses, or sends a credential. What
aiohttp refuses to read is read from the kept bytes; only when those do not hold the whole answer does it say so, and
the caller asks once more with the plain reader.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from scanner.acknowledgements import count_segments, read_tcp_info
from scanner.codec import Garbled, http1
from scanner.conversation import SEGMENTS_CAP
from scanner.link import READ_TIMEOUT, Exchange, HttpRequest
from scanner.model import Outcome
from scanner.os_errors import CRUMBS, NO_ANSWER, RESET, UNFINISHED, read_os_error
from scanner.tls_client import read_peer
from scanner.tls_wire import LINGER, TlsWire

HEAD_CAP: Final = 16 * 1024
"""Bytes of status line and headers kept beside the body; honest cameras send under 1 kB."""

CHUNK: Final = 16 * 1024
"""Bytes taken from aiohttp at a time."""

Dial = Callable[[], Awaitable[TlsWire]]
"""Makes the connection that a request goes by; raises OSError."""


@dataclass(slots=True)
class _Heard:
    """What the connection of one request has seen, kept beside aiohttp's own reading."""

    room: int
    dial: Dial
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    data: bytearray = field(default_factory=bytearray)
    opened: bool = False
    full: bool = False  # it said more than there was room for, and was cut off
    crumbs: bool = False  # and that in pieces so small that our acknowledgements were a burden
    segments: int | None = None
    at: float | None = None  # when the last piece came, on the monotonic clock
    transport: asyncio.Transport | None = None
    sock: socket.socket | None = None
    certificates: tuple[bytes, ...] = ()
    tls: str = ""
    patience: asyncio.Timeout | None = None  # runs from the moment the connection stands


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a request ended; `refused`: aiohttp would not read the form of the answer."""

    outcome: Outcome
    detail: str = ""
    cut: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """An exchange, whether the plain reader should ask again, and the TCP segments sent where known."""

    exchange: Exchange
    ask_again: bool = False
    segments: int | None = None


_HEARD: Final[ContextVar[_Heard]] = ContextVar("heard")


class _Listening(ResponseHandler):
    """aiohttp's own protocol, which also keeps the bytes."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._heard = _HEARD.get()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        heard = self._heard
        heard.opened = True
        heard.transport = transport if isinstance(transport, asyncio.Transport) else None
        heard.sock = transport.get_extra_info("socket")
        heard.certificates, heard.tls = read_peer(transport.get_extra_info("ssl_object"))
        if heard.patience is not None:
            heard.patience.reschedule(self._loop.time() + READ_TIMEOUT)

    def data_received(self, data: bytes) -> None:
        heard = self._heard
        if heard.full:
            return
        info = read_tcp_info(heard.sock) if heard.sock is not None else None
        if info is not None:
            heard.at = time.monotonic() - info[1]
        if heard.transport is not None and info is not None and info[0] > SEGMENTS_CAP:
            heard.full = heard.crumbs = True
            heard.transport.abort()
            return
        left = heard.room - len(heard.data)
        heard.data += data[:left]
        super().data_received(data[:left])
        if len(data) > left:  # heads, chunk lines and trailers have no end that aiohttp would see
            heard.full = True
            if heard.transport is not None:
                heard.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        heard = self._heard
        if heard.sock is not None and (segments := count_segments(heard.sock)) is not None:
            heard.segments = segments
        heard.gone.set()
        super().connection_lost(exc)


class _Connector(aiohttp.TCPConnector):
    """Connects to literal addresses only, one connection a request."""

    def __init__(self, sockets: int) -> None:
        super().__init__(
            resolver=_NoNames(),
            use_dns_cache=False,
            limit=sockets,
            limit_per_host=1,
            force_close=True,
        )
        # aiohttp has no public way to put in a protocol of one's own; tests pin that this one is used.
        self._factory = functools.partial(_Listening, loop=self._loop)  # type: ignore[assignment]

    async def _wrap_create_connection(self, *_: Any, req: Any, **__: Any) -> Any:
        """aiohttp's own way to connect lets a whole TLS handshake go in one instant; no public one is at a pace."""
        try:
            wire = await _HEARD.get().dial()
        except OSError as error:
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
        protocol = self._factory()
        wire.attach(protocol)
        return wire, protocol


class _NoNames(AbstractResolver):
    """Addresses need no resolver; whoever asks for a name has a fault in it."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # noqa: ARG002 -- theirs
        raise OSError(f"{host!r} is no address, and names are never resolved")

    async def close(self) -> None:
        return None


class HttpClient:
    """One aiohttp session for a run. Close it at the end."""

    def __init__(self, sockets: int) -> None:
        self._session = aiohttp.ClientSession(
            connector=_Connector(sockets),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,  # no proxy of the auditor's desk, no .netrc
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        # Left alone, aiohttp sends every GET a second time when the host resets or closes: to a host in trouble.
        self._session._retry_connection = False

    async def close(self) -> None:
        """Close what is open."""
        await self._session.close()

    async def fetch(
        self,
        address: str,
        port: int,
        request: HttpRequest,
        message: bytes,
        dial: Dial,
    ) -> Fetched:
        """Send one request and return what came. `message` is what the plain reader would send; the same goes out.

        `dial` makes the connection, which is counted by who dials. Never raises for what the peer does.
        """
        heard = _Heard(request.cap + HEAD_CAP, dial)
        mark = _HEARD.set(heard)
        start = time.monotonic()
        try:
            ended = await self._send(_make_url(address, port, request), request, message, heard)
        finally:
            _HEARD.reset(mark)
            elapsed = time.monotonic() - start
            await _wait_gone(heard)
        if heard.full and ended.outcome is Outcome.ANSWERED:  # aiohttp takes our own cut for the host's close
            ended = replace(ended, detail=CRUMBS if heard.crumbs else ended.detail, cut=True)
        if heard.at is not None and ended.outcome is Outcome.ANSWERED and not ended.cut:
            elapsed = max(0.0, heard.at - start)  # that we were busy when it came is no slowness of the host
        received = bytes(heard.data)
        exchange = Exchange(
            outcome=ended.outcome,
            sent=message if heard.opened else b"",
            received=received,
            detail=ended.detail,
            elapsed=elapsed,
            truncated=ended.cut,
            certificates=heard.certificates,
            tls=heard.tls,
            requests=int(heard.opened),
        )
        return Fetched(exchange, ended.refused, heard.segments)

    async def _send(self, url: URL, request: HttpRequest, message: bytes, heard: _Heard) -> _Ended:
        try:
            async with (
                asyncio.timeout(None) as heard.patience,  # dialling has its own, and waits for the pace
                self._session.request(
                    request.method,
                    url,
                    headers=_read_headers(message),
                    data=request.body or None,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None),
                ) as response,
            ):
                return await _read_body(response, request.cap)
        except TimeoutError:
            return _read_full(heard, request.method) if heard.full else _read_timeout(heard)
        except aiohttp.ClientConnectorError as error:
            return _Ended(*read_os_error(error.os_error))
        except (aiohttp.ClientOSError, ConnectionError):
            return _read_full(heard, request.method) if heard.full else _read_reset(heard)
        except aiohttp.ClientError as error:
            if heard.full:
                return _read_full(heard, request.method)
            return _read_refusal(error, heard, request.method)


def _make_url(address: str, port: int, request: HttpRequest) -> URL:
    host = f"[{address}]" if ":" in address else address
    return URL(f"https://{host}:{port}{request.path}", encoded=True)


def _read_headers(message: bytes) -> list[http1.Header]:
    """The headers of our own request in their order, so that both readers say the same on the wire."""
    lines = message.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
    pairs = [line.partition(": ") for line in lines]
    return [(name, value) for name, _, value in pairs]


async def _read_body(response: aiohttp.ClientResponse, cap: int) -> _Ended:
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size >= cap:
            response.close()
            return _Ended(Outcome.ANSWERED, f"cut at {cap} bytes", cut=True)
    return _Ended(Outcome.ANSWERED)


def _read_timeout(heard: _Heard) -> _Ended:
    if heard.data:
        return _Ended(Outcome.ANSWERED, UNFINISHED, cut=True)
    return _Ended(Outcome.SILENT, NO_ANSWER)


def _read_full(heard: _Heard, method: str) -> _Ended:
    """What an answer is that did not end within its room."""
    try:
        http1.read_response(bytes(heard.data), eof=True, method=method)
    except Garbled as garbled:
        return _Ended(Outcome.GARBLED, str(garbled), cut=True)
    return _Ended(Outcome.ANSWERED, CRUMBS if heard.crumbs else f"cut at {len(heard.data)} bytes", cut=True)


def _read_reset(heard: _Heard) -> _Ended:
    if heard.data:
        return _Ended(Outcome.GARBLED, f"{RESET} after {len(heard.data)} bytes", cut=True)
    return _Ended(Outcome.REFUSED, RESET)


def _read_refusal(error: aiohttp.ClientError, heard: _Heard, method: str) -> _Ended:
    """What aiohttp did not like: an early close, or a form it does not read."""
    if isinstance(error.__cause__, ConnectionError):
        return _read_reset(heard)
    if not heard.data:
        return _Ended(Outcome.SILENT, "closed without an answer")
    received = bytes(heard.data)
    try:
        response = http1.read_response(received, eof=False, method=method)
        http1.read_response(received, eof=True, method=method)
    except Garbled as garbled:
        return _Ended(Outcome.GARBLED, str(garbled), cut=True)
    if response is not None:
        return _Ended(Outcome.ANSWERED)  # all of it had come before aiohttp hung up
    early = isinstance(error, (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError))
    return _Ended(Outcome.ANSWERED, "the answer broke off", cut=True, refused=not early)


async def _wait_gone(heard: _Heard) -> None:
    """Wait for the connection to end, so that no second one is opened beside it; cut it off if the peer holds it."""
    if not heard.opened or heard.gone.is_set():
        return
    try:
        async with asyncio.timeout(LINGER):
            await heard.gone.wait()
    except TimeoutError:
        if heard.transport is not None:
            heard.transport.abort()
