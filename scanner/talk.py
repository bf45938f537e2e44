"""One connection's worth of talk with one port: gate, connect, exchange, close, and what it all came to.

Never raises for what a peer does: every failure is the outcome of an exchange. Knows nothing of scope or back-off.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from scanner.codec import Garbled, http1
from scanner.conversation import Conversation, Ending, converse_on
from scanner.link import READ_TIMEOUT, Exchange, HttpRequest
from scanner.model import Outcome
from scanner.os_errors import CRUMBS, NO_ANSWER, RESET, UNFINISHED, read_os_error
from scanner.pace import (
    BYTES_PER_ACK,
    CLOSING_PACKETS,
    MESSAGE_PACKETS,
    OPENING_PACKETS,
    SYN_AGAIN,
    TLS_PACKETS,
    Pacer,
)
from scanner.poller import Poller
from scanner.scope import Target
from scanner.tls_client import read_peer
from scanner.wire import open_socket

if TYPE_CHECKING:
    from scanner.http_client import HttpClient

_CUT: Final = {
    Ending.DEADLINE: UNFINISHED,
    Ending.CAP: "cut at the cap",
    Ending.PIECES: CRUMBS,
}


@dataclass(frozen=True, slots=True)
class Talk:
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
        account = Account(self.pacer, str(self.target))
        speaks = bool(messages[0]) or self.context is not None
        await account.open(MESSAGE_PACKETS * bool(messages[0]) + TLS_PACKETS * (self.context is not None))
        at, start = self.clock(), time.monotonic()
        connections = 0
        try:
            sock = await open_socket(self.poller, self.target, self.port, speaks=speaks)
            connections = 1
            try:
                await account.begin()
            except BaseException:  # cancelled: nobody else has the socket yet
                self.poller.forget(sock.fileno())
                sock.close()
                raise
            conversation = await converse_on(self.poller, sock, self.context, account.see)
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors too
            account.close(account.paid if connections else _count_tries(time.monotonic() - start))
            outcome, detail = read_os_error(error)
            elapsed = time.monotonic() - start
            failed = Exchange(outcome, detail=detail, elapsed=elapsed, at=at, connections=connections)
            return [failed, *_unsent(len(messages) - 1, at)]
        exchanges: list[Exchange] = []
        try:
            for number, message in enumerate(messages):
                if number:
                    await account.wait(MESSAGE_PACKETS)
                if not conversation.usable and number:
                    exchanges += _unsent(len(messages) - number, self.clock())
                    break
                exchanges.append(await self._exchange(conversation, message, complete, cap, timeout, first=not number))
        finally:
            await conversation.finish(account.end)
            account.close(conversation.segments, sum(len(item.received) for item in exchanges))
        return exchanges

    async def _exchange(
        self,
        conversation: Conversation,
        message: bytes,
        complete: Callable[[bytes], bool],
        cap: int,
        timeout: float,
        *,
        first: bool,
    ) -> Exchange:
        at, start = self.clock(), time.monotonic()
        certificates, tls = read_peer(conversation.tls) if first else ((), "")
        received, ending = await conversation.exchange(message, complete, cap, timeout)
        outcome, detail = read_ending(ending, received, shaken=bool(tls) and not message)
        return Exchange(
            outcome=outcome,
            sent=message,
            received=received,
            detail=detail,
            elapsed=time.monotonic() - start,
            truncated=bool(received) and ending not in (Ending.COMPLETE, Ending.CLOSED),
            certificates=certificates,
            tls=tls,
            at=at,
            connections=int(first),
            requests=int(bool(message)),
        )

    def write_request(self, request: HttpRequest) -> bytes:
        """The bytes of an HTTP request to this port; ValueError when it carries a credential."""
        address, tls = self.target.address, self.context is not None
        host = f"[{address}]" if address.version == 6 else str(address)
        if self.port != (443 if tls else 80):
            host = f"{host}:{self.port}"
        return http1.build_request(request.method, request.path, host, request.headers, request.body)

    async def read_plainly(self, request: HttpRequest, message: bytes) -> Exchange:
        """One HTTP exchange by our own reader."""
        verdicts: list[str] = []  # what the last look said: whole (""), or why it is no HTTP

        def complete(received: bytes) -> bool:
            try:
                whole = http1.read_response(received, eof=False, method=request.method) is not None
                verdicts[:] = [""] if whole else []
            except Garbled as garbled:
                verdicts[:] = [str(garbled)]
            return bool(verdicts)

        exchange = (await self.hold((message,), complete, request.cap, READ_TIMEOUT))[0]
        if exchange.outcome is not Outcome.ANSWERED:
            return exchange
        verdict = verdicts[0] if verdicts else _judge_end(exchange.received, request.method)
        return replace(exchange, outcome=Outcome.GARBLED, detail=verdict) if verdict else exchange

    async def read_by_aiohttp(self, client: HttpClient, request: HttpRequest, message: bytes) -> tuple[Exchange, bool]:
        """One HTTP exchange by aiohttp, and whether the plain reader must ask again."""
        account = Account(self.pacer, str(self.target))
        await account.open(MESSAGE_PACKETS + CLOSING_PACKETS + TLS_PACKETS * (self.context is not None), closing=0)
        at = self.clock()
        fetched = await client.fetch(str(self.target), self.port, request, message, self.context)
        exchange = replace(fetched.exchange, at=at)
        tries = _count_tries(exchange.elapsed)
        account.close(fetched.segments if exchange.connections else tries, len(exchange.received))
        return exchange, fetched.ask_again


class Account:
    """What one connection owes the pace of its host and that of all, and what it has paid.

    A whole connection is paid for before it begins, so that a begun one is ended at once; what the kernel sends beyond
    that is paid as soon as it is seen.
    """

    def __init__(self, pacer: Pacer, host: str) -> None:
        self._pacer = pacer
        self._host = host
        self._later = 0
        self._first = 0
        self.paid = 0

    async def open(self, more: int, *, closing: int = CLOSING_PACKETS) -> None:
        """Wait for the SYN; `more` segments follow it once the connection stands, and `closing` at its end.

        Without `closing` nobody will say when the others go, so all are taken to go at once.
        """
        if not closing:
            await self._pacer.acquire(self._host, OPENING_PACKETS + more)
            self.paid = OPENING_PACKETS + more
            return
        await self._pacer.acquire(self._host, OPENING_PACKETS, more + closing)
        self.paid, self._later, self._first = OPENING_PACKETS, more + closing, more

    async def begin(self) -> None:
        """The connection stands: wait until what is said first may go."""
        if self._first:
            await self.end(self._first)

    async def wait(self, more: int) -> None:
        """Wait for so many more."""
        await self._pacer.acquire(self._host, more)
        self.paid += more

    async def end(self, segments: int) -> None:
        """Wait until so many segments may go that were paid for: those that end the connection."""
        await self._pacer.go_on(segments)
        self.paid += segments
        self._later -= segments

    def see(self, segments: int) -> None:
        """Pay at once for what the kernel has sent by now beyond what was paid."""
        if segments > self.paid:
            self._pacer.charge(self._host, segments - self.paid)
            self.paid = segments

    def close(self, segments: int | None, received: int = 0) -> None:
        """The connection is gone: pay for what was sent beyond, or take back what was not needed.

        Where the kernel does not say, a long answer is taken to have cost its acknowledgements.
        """
        extra = segments - self.paid if segments is not None else received // BYTES_PER_ACK
        self._pacer.charge(self._host, extra, -self._later)
        self.paid, self._later = self.paid + extra, 0


def _count_tries(elapsed: float) -> int:
    """SYNs sent to somebody who did not accept: the kernel repeats one after a second (RFC 6298)."""
    return 1 + (elapsed > SYN_AGAIN)


def read_ending(ending: Ending, received: bytes, *, shaken: bool) -> tuple[Outcome, str]:
    """The outcome of one answer; `shaken`: a TLS handshake with nothing asked is an answer by itself."""
    if ending is Ending.RESET:
        if received:
            return Outcome.GARBLED, f"{RESET} after {len(received)} bytes"
        return (Outcome.ANSWERED, "") if shaken else (Outcome.REFUSED, RESET)
    if received or ending is Ending.COMPLETE or shaken:
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
