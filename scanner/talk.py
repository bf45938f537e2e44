"""One connection's worth of talk with one port: gate, connect, exchange, close, and what it all came to.

Never raises for what a peer does: every failure is the outcome of an exchange. Knows nothing of scope or back-off.
"""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from scanner.account import Account
from scanner.acknowledgements import Reading, count_segments
from scanner.codec import Garbled, http1
from scanner.conversation import CLOSED, COMPLETE, Conversation, Ending
from scanner.link import READ_TIMEOUT, Exchange, HttpRequest
from scanner.model import ANSWERED, Outcome, replace
from scanner.os_errors import CRUMBS, NO_ANSWER, RESET, UNFINISHED, read_os_error
from scanner.pace import (
    CLOSING_PACKETS,
    CONNECTION_PACKETS,
    FOLLOWING_PACKETS,
    HELLO_PACKETS,
    MESSAGE_PACKETS,
    NEXT_PACKETS,
    SYN_AGAIN,
)
from scanner.pacer import Pacer
from scanner.plain_conversation import PlainConversation
from scanner.poller import Poller
from scanner.scope import Target
from scanner.tls_client import read_peer
from scanner.tls_conversation import see_segments, shake_hands
from scanner.tls_wire import TlsWire
from scanner.wire import open_socket

if TYPE_CHECKING:
    from scanner.http_client import HttpClient

_CUT: Final = {
    Ending.DEADLINE: UNFINISHED,
    Ending.CAP: "cut at the cap",
    Ending.PIECES: CRUMBS,
}


NOT_SHOWN: Final[tuple[tuple[bytes, ...], str]] = ((), "")
"""Certificates and TLS of a connection without."""


class HttpReading(Struct):
    """Reads one HTTP answer while it comes in, by our own codec."""

    method: str
    verdict: str | None = None  # what the last look said: whole (""), or why it is no HTTP

    def is_complete(self, received: bytes) -> bool:
        """True when nothing more need come."""
        try:
            self.verdict = "" if http1.is_whole(received, self.method) else None
        except Garbled as garbled:
            self.verdict = str(garbled)
        return self.verdict is not None

    def judge(self, exchange: Exchange) -> Exchange:
        """The exchange as it ended, with what is wrong with its answer."""
        if exchange.outcome is not ANSWERED or self.verdict == "":
            return exchange
        verdict = self.verdict or _judge_end(exchange.received, self.method)
        return replace(exchange, outcome=Outcome.GARBLED, detail=verdict) if verdict else exchange


class Talk(Struct, frozen=True):
    """Who is talked to, at which pace, by which clock (seconds since the Unix epoch), and with TLS or without."""

    pacer: Pacer
    clock: Callable[[], float]
    target: Target
    port: int
    context: ssl.SSLContext | None
    poller: Poller

    async def hold(
        self, messages: Sequence[bytes], complete: Callable[[bytes], bool], cap: int, timeout: float
    ) -> list[Exchange]:
        """Connect, exchange each message, close; a failure to connect is the outcome of the first."""
        tls, account = self.context, Account(self.pacer, self.target.text)
        try:
            says = bool(messages[0])
            whole = CONNECTION_PACKETS + MESSAGE_PACKETS * says if tls is None else HELLO_PACKETS
            if not account.open_at_once(whole):
                await account.open(whole)
            conversation = self._connect(account, says) if tls is None else await self._shake(account, tls)
            if isinstance(conversation, Exchange):
                return [conversation, *_unsent(len(messages) - 1, conversation.at)]
            exchanges: list[Exchange] = []
            try:
                for number, message in enumerate(messages):
                    if number or (tls is not None and message):
                        room = NEXT_PACKETS if number else FOLLOWING_PACKETS
                        await account.say(room=room, count=conversation.count)
                    if number and not conversation.usable:
                        exchanges += _unsent(len(messages) - number, self.clock())
                        break
                    at, start = self.clock(), time.monotonic()
                    shown = read_peer(conversation.tls) if tls is not None and not number else NOT_SHOWN
                    speaker = account if tls is None and not number else None
                    try:
                        ending = await conversation.ask(message, complete, cap, timeout, speaker)
                        if ending is None:
                            await account.say()
                            ending = await conversation.ask_now()
                    finally:
                        received = conversation.take_answer()
                    answer = (received, ending or CLOSED)
                    exchange = _read(conversation, message, answer, shown, at, start, first=not number)
                    exchanges.append(exchange)
                    if conversation.failure is not None:
                        exchanges += _unsent(len(messages) - 1, exchange.at)
                        break
            finally:
                if not conversation.finish_at_once(account.end_at_once):
                    await conversation.finish(account.end)
                if conversation.failure is None and conversation.segments is not None:
                    account.close(conversation.segments)
                else:
                    account.close(*_estimate_sent(conversation, exchanges))
        except BaseException:
            account.close()  # also of who was cancelled: what stays held is lost to the host
            raise
        return exchanges

    def _connect(self, account: Account, says: int) -> Conversation | Exchange:
        """The connection, which may stand later, or how it failed. `says`: a message comes at once."""
        at, start = self.clock(), time.monotonic()
        try:
            conversation = PlainConversation(self.poller, account.see, account if account.keeps else None)
            conversation.connect(self.target, self.port, speaks=bool(says))
        except OSError as error:
            return _fail(account, error, at, start)
        return conversation

    async def _shake(self, account: Account, context: ssl.SSLContext) -> Conversation | Exchange:
        """The connection with a handshake, or how it failed."""
        at, start = self.clock(), time.monotonic()
        stands = False
        try:
            sock = await open_socket(self.poller, self.target, self.port)
            stands = True
            turn = functools.partial(account.say, count=functools.partial(count_segments, sock))
            return await shake_hands(self.poller, sock, context, account.see, turn, _reading(account))
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors too
            return _fail(account, error, at, start, stands=stands)

    def write_request(self, request: HttpRequest) -> bytes:
        """The bytes of an HTTP request to this port; ValueError when it carries a credential."""
        text, tls = self.target.text, self.context is not None
        host = f"[{text}]" if ":" in text else text
        if self.port != (443 if tls else 80):
            host = f"{host}:{self.port}"
        body = request.body
        before, after = http1.frame_request(request.method, request.path, request.headers, len(body))
        return f"{before}{host}{after}".encode("ascii") + body  # an address and a port need no looking at

    async def read_plainly(self, request: HttpRequest, message: bytes) -> Exchange:
        """One HTTP exchange by our own reader."""
        reading = HttpReading(request.method)
        return reading.judge((await self.hold((message,), reading.is_complete, request.cap, READ_TIMEOUT))[0])

    async def read_by_aiohttp(self, client: HttpClient, request: HttpRequest, message: bytes) -> tuple[Exchange, bool]:
        """One HTTP exchange by aiohttp, and whether the plain reader must ask again."""
        account = Account(self.pacer, self.target.text)
        context = self.context
        if context is None:
            raise ValueError("a plain port is read by our own reader")
        await account.open(HELLO_PACKETS)
        at, stood, waited = self.clock(), False, 0.0

        async def dial() -> TlsWire:
            nonlocal stood
            sock = await open_socket(self.poller, self.target, self.port)
            stood = True

            async def turn(room: int = 0, ahead: int = 0) -> None:
                nonlocal waited
                begun = time.monotonic()
                await account.say(room=room, ahead=ahead, count=functools.partial(count_segments, sock))
                waited += time.monotonic() - begun

            look = functools.partial(see_segments, sock, account.see)
            wire = TlsWire(self.poller, sock, context, look, _reading(account))
            await wire.shake(turn)
            try:
                await turn(FOLLOWING_PACKETS, CLOSING_PACKETS)
            except BaseException:
                wire.abort()
                raise
            return wire

        try:
            fetched = await client.fetch(self.target.text, self.port, request, message, dial)
        except BaseException:
            account.close()
            raise
        elapsed = max(0.0, fetched.exchange.elapsed - waited)  # our own waiting is no slowness of the host
        exchange = replace(fetched.exchange, at=at, elapsed=elapsed, connections=int(stood))
        account.close(fetched.segments if stood else _count_tries(exchange.elapsed), len(exchange.received))
        return exchange, fetched.ask_again


def _fail(account: Account, error: OSError, at: float, start: float, *, stands: bool = False) -> Exchange:
    """A connection that failed before anything was asked; `stands`: in its handshake."""
    elapsed = time.monotonic() - start
    account.close(account.sent if stands else _count_tries(elapsed))
    outcome, detail = read_os_error(error)
    return Exchange(outcome, detail=detail, elapsed=elapsed, at=at, connections=int(stands))


def _read(
    conversation: Conversation,
    message: bytes,
    answer: tuple[bytes, Ending],
    shown: tuple[tuple[bytes, ...], str],
    at: float,
    start: float,
    *,
    first: bool,
) -> Exchange:
    """What a message and its answer came to. `shown`: certificates and TLS."""
    ended = time.monotonic()
    if conversation.failure is not None:
        outcome, detail = read_os_error(conversation.failure)
        return Exchange(outcome, detail=detail, elapsed=ended - start, at=at)
    received, ending = answer
    certificates, tls = shown
    if ending is COMPLETE:
        outcome, detail = ANSWERED, ""
    else:
        outcome, detail = read_ending(ending, received, shaken=bool(tls) and not message)
    if start < conversation.asked_at:  # connecting, and our own waiting, is no slowness of the host
        start = conversation.asked_at
    if ending is COMPLETE and conversation.heard_at is not None:
        ended = max(start, conversation.heard_at)  # that we were busy when it came is none either
    return Exchange(
        outcome=outcome,
        sent=message,
        received=received,
        detail=detail,
        elapsed=ended - start,
        truncated=bool(received) and ending not in (COMPLETE, CLOSED),
        certificates=certificates,
        tls=tls,
        at=at,
        connections=int(first),
        requests=int(bool(message)),
    )


def _estimate_sent(conversation: Conversation, exchanges: Sequence[Exchange]) -> tuple[int | None, int]:
    """Segments sent where the kernel does not say; or what came back, from which they are told."""
    if conversation.failure is not None and exchanges:
        return _count_tries(exchanges[0].elapsed), 0
    return conversation.segments, sum([len(item.received) for item in exchanges])


def _reading(account: Account) -> Reading | None:
    """Who is asked before something is read."""
    return account if account.keeps else None


def _count_tries(elapsed: float) -> int:
    """SYNs sent to somebody who did not accept: the kernel repeats one after a second (RFC 6298)."""
    return 1 + (elapsed > SYN_AGAIN)


def read_ending(ending: Ending, received: bytes, *, shaken: bool) -> tuple[Outcome, str]:
    """The outcome of one answer; `shaken`: a TLS handshake with nothing asked is an answer by itself."""
    if ending is COMPLETE:
        return ANSWERED, ""
    if ending is Ending.RESET:
        if received:
            return Outcome.GARBLED, f"{RESET} after {len(received)} bytes"
        return (ANSWERED, "") if shaken else (Outcome.REFUSED, RESET)
    if received or shaken:
        return Outcome.ANSWERED, _CUT.get(ending, "") if received else ""
    return Outcome.SILENT, NO_ANSWER if ending is Ending.DEADLINE else "closed without an answer"


def _judge_end(received: bytes, method: str) -> str:
    """Why an answer that ended by close, cap or deadline is no HTTP; empty when it is."""
    try:
        http1.read_response(received, eof=True, method=method)
    except Garbled as garbled:
        return str(garbled)
    return ""


def _unsent(count: int, at: float) -> list[Exchange]:
    return [Exchange(Outcome.SKIPPED, detail="the conversation had ended", at=at)] * count
