"""The network as the probes of a resumed run see it: what a host had answered is given back from the record, not asked.

Only for probes that were cut in the middle; sends nothing itself. A page or a service call is recalled, a conversation
(RTSP, TLS) is held anew, since its parts belong together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanner.link import BODY_CAP, READ_TIMEOUT, Datagram, Exchange, HttpRequest, Link
from scanner.model import Attempt, Outcome
from scanner.scope import Target

RECALLED = "answered the interrupted run"
"""Detail of an exchange that was not held again."""

Key = tuple[str, int, str]  # address, port, what was asked in one line


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host had answered, as the record has it."""

    received: bytes
    at: float


class Recalling:
    """A Link in front of another one. Each answer is given back once."""

    def __init__(self, link: Link, answers: Mapping[Key, Answer]) -> None:
        self._link = link
        self._answers = dict(answers)

    async def fetch(self, target: Target, port: int, request: HttpRequest, *, tls: bool = False) -> Exchange:
        """See Link. A recalled exchange counts what it had cost, so that a probe's limit holds over both runs."""
        answer = self._recall(target, port, request)
        if answer is None:
            return await self._link.fetch(target, port, request, tls=tls)
        truncated = len(answer.received) >= request.cap
        return Exchange(
            Outcome.ANSWERED, received=answer.received, detail=RECALLED, truncated=truncated, at=answer.at,
            connections=1, requests=1,
        )  # fmt: skip

    async def converse(
        self,
        target: Target,
        port: int,
        messages: Sequence[bytes],
        *,
        complete: Callable[[bytes], bool],
        tls: bool = False,
        cap: int = BODY_CAP,
        timeout: float = READ_TIMEOUT,
    ) -> list[Exchange]:
        """See Link."""
        return await self._link.converse(target, port, messages, complete=complete, tls=tls, cap=cap, timeout=timeout)

    async def ask(
        self, target: Target, port: int, payloads: Sequence[bytes], *, wait: float, local_port: int = 0
    ) -> list[Datagram]:
        """See Link."""
        return await self._link.ask(target, port, payloads, wait=wait, local_port=local_port)

    def shown(self, target: Target, port: int) -> Exchange | None:
        """See Link."""
        return self._link.shown(target, port)

    def stopped(self, address: str) -> str:
        """See Link."""
        return self._link.stopped(address)

    def note(self, attempt: Attempt) -> None:
        """See Link."""
        self._link.note(attempt)

    def _recall(self, target: Target, port: int, request: HttpRequest) -> Answer | None:
        line = f"{request.method} {request.path}"
        for address, at_port, asked in list(self._answers):
            if (address, at_port) == (str(target), port) and (asked == line or _calls(request, asked)):
                return self._answers.pop((address, at_port, asked))
        return None


def _calls(request: HttpRequest, operation: str) -> bool:
    """True for a SOAP request of this operation: its name stands in the record in place of the path."""
    return request.method == "POST" and re.search(rf"\b{re.escape(operation)}\b".encode(), request.body) is not None
