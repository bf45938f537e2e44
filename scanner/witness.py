"""Puts what one probe heard into observations, and closes the run of the probe with its attempt. Judges nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled, http1
from scanner.codec.text import decode_text, encode_hex
from scanner.link import Exchange, Heard, Link
from scanner.model import Attempt, Observation, Outcome
from scanner.scope import Target

DETAIL_CAP: Final = 200
"""Characters of an attempt's detail: a line of a table."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One probe on one port of one host."""

    by: str  # the probe's name
    target: Target
    port: int

    def tell(self, exchange: Exchange, *facts: tuple[str, str], request: str = "", raw: bytes | None = None) -> Heard:
        """One observation for each (dotted name, value) that has a value, all resting on the same raw bytes.

        `raw` is what the exchange received unless it is given (a certificate, an icon).
        """
        data = exchange.received if raw is None else raw
        digest = hashlib.sha256(data).hexdigest() if data else ""
        return Heard(
            tuple(self._observe(name, value, exchange, request, digest) for name, value in facts if value),
            ((digest, data),) if data else (),
        )

    def tell_whole(self, name: str, exchange: Exchange, *, request: str) -> Heard:
        """The whole answer as text under this name."""
        return self.tell(exchange, (name, decode_text(exchange.received)), request=request)

    def tell_foreign(self, exchange: Exchange, *, request: str) -> Heard:
        """Bytes that are not the protocol: kept as what an unknown service said."""
        return self.tell(exchange, ("tcp.greeting", encode_hex(exchange.received)), request=request)

    def _observe(self, name: str, value: str, exchange: Exchange, request: str, digest: str) -> Observation:
        protocol, _, field = name.partition(".")
        return Observation(
            protocol=protocol,
            field=field,
            value=value,
            address=str(self.target),
            port=self.port,
            interface=self.target.interface,
            request=request,
            at=exchange.at,
            by=self.by,
            digest=digest,
        )

    def close(
        self, link: Link, exchanges: Sequence[Exchange], *, outcome: Outcome | None = None, detail: str = ""
    ) -> None:
        """Note the closing attempt: what all exchanges came to, or what the probe knows better."""
        link.note(
            Attempt(
                by=self.by,
                address=str(self.target),
                port=self.port,
                outcome=outcome or summarise(exchanges),
                detail=detail[:DETAIL_CAP] or _join_details(exchanges),
                at=exchanges[0].at if exchanges else 0.0,
                elapsed=sum(item.elapsed for item in exchanges),
                requests=sum(item.requests for item in exchanges),
                connections=sum(item.connections for item in exchanges),
                sent=sum(len(item.sent) for item in exchanges),
                received=sum(len(item.received) for item in exchanges),
            )
        )


def read_http(exchange: Exchange) -> http1.Response | None:
    """The HTTP response of an exchange, cut ones too; None when nothing came or what came is no HTTP."""
    try:
        return http1.read_response(exchange.received, eof=True) if exchange.received else None
    except Garbled:
        return None


def summarise(exchanges: Sequence[Exchange]) -> Outcome:
    """One answer makes the attempt answered; otherwise the first exchange that was really tried speaks for it."""
    outcomes = [item.outcome for item in exchanges]
    if Outcome.ANSWERED in outcomes:
        return Outcome.ANSWERED
    return next((item for item in outcomes if item is not Outcome.SKIPPED), Outcome.SKIPPED)


def _join_details(exchanges: Sequence[Exchange]) -> str:
    return "; ".join(dict.fromkeys(item.detail for item in exchanges if item.detail))[:DETAIL_CAP]
