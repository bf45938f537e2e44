"""Unicast datagrams to one host and what that host answers; drops and counts what anybody else sends.

Never multicast or broadcast: those belong to the sweeps.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from scanner.link import DATAGRAM_CAP, Datagram
from scanner.scope import Target
from scanner.sending import send_told
from scanner.wire import scope_id

ANSWERS_CAP: Final = 64
"""Answers kept of one question: an honest host sends one or two, a flood is no evidence."""


class _Inbox(asyncio.DatagramProtocol):
    def __init__(self, target: Target, clock: Callable[[], float]) -> None:
        self._target = target
        self._clock = clock
        self.answers: list[Datagram] = []
        self.strangers = 0

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        source = str(addr[0]).partition("%")[0]
        if source != self._target.text or len(self.answers) >= ANSWERS_CAP:
            self.strangers += 1
            return
        interface = self._target.interface or ""
        self.answers.append(Datagram(data[:DATAGRAM_CAP], source, int(addr[1]), interface, self._clock()))

    def error_received(self, exc: Exception) -> None:
        """An ICMP answer to an earlier datagram: the host does not want it; the empty answer says so."""


async def ask_host(
    target: Target,
    port: int,
    payloads: Sequence[bytes],
    *,
    wait: float,
    local_port: int,
    before_each: Callable[[], Awaitable[None]],
    clock: Callable[[], float],
) -> tuple[list[Datagram], int]:
    """Send each payload after `before_each` (the pace), wait, and return the answers and how many were dropped.

    Raises OSError when this machine cannot send. Where the local port is taken any free one is used: most devices
    answer the port that asked.
    """
    loop = asyncio.get_running_loop()
    address: tuple[Any, ...] = (target.text, port)
    if target.version == 6:
        address = (*address, 0, scope_id(target))
    sock = _bind(target, local_port)
    transport, inbox = await loop.create_datagram_endpoint(lambda: _Inbox(target, clock), sock=sock)
    try:
        for payload in payloads:
            await before_each()
            send_told(sock, payload, address)
        await asyncio.sleep(wait)
    finally:
        transport.close()
    return inbox.answers, inbox.strangers


def _bind(target: Target, local_port: int) -> socket.socket:
    version6 = target.version == 6
    sock = socket.socket(socket.AF_INET6 if version6 else socket.AF_INET, socket.SOCK_DGRAM)
    anywhere = "::" if version6 else "0.0.0.0"  # noqa: S104 -- a client socket: only the asked host's answers count
    try:
        sock.setblocking(False)
        try:
            sock.bind((anywhere, local_port))
        except OSError:
            sock.bind((anywhere, 0))
    except OSError:
        sock.close()
        raise
    return sock
