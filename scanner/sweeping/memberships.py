"""Keeps the multicast groups of a run joined until its end; sends and hears nothing itself.

The kernel reports each joining and each leaving to the segment, twice, when it likes (RFC 9776, RFC 9777). Groups that
are joined together and left together are reported together.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from scanner.gate import Gate
from scanner.scope import Interface

AT_ONCE: Final = (0.0, 0.03)
AGAIN: Final = (0.03, 1.1)
"""From when to when, in seconds, the kernel reports a change: at once, and again by chance within a second."""

TOGETHER: Final = 0.02
"""Seconds within which changes are reported together."""

_IPV6: Final = socket.AF_INET6


class Memberships:
    """The groups joined in one run, by interface."""

    def __init__(self, gate: Gate, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`gate`: keeps room for what the kernel reports."""
        self._gate = gate
        self._monotonic = monotonic
        self._sockets: dict[int, socket.socket] = {}
        self._joined: set[tuple[int, str]] = set()
        self._reported: dict[int, float] = {}

    def keep(self, interface: Interface, groups: Sequence[str]) -> None:
        """Stay in these groups, which somebody has just joined, and expect what the kernel says of it."""
        fresh = [group for group in groups if (interface.index, group) not in self._joined]
        for group in fresh:
            self._joined.add((interface.index, group))
            family = _family(group)
            with suppress(OSError):  # whoever joined it has said why it cannot be
                _join(self._socket(family), interface, group)
        for family in {_family(group) for group in fresh}:
            self._expect_reports(family)

    def close(self) -> None:
        """Leave all groups."""
        for family, sock in self._sockets.items():
            sock.close()
            self._expect_reports(family)
        self._sockets.clear()

    def _socket(self, family: int) -> socket.socket:
        if family not in self._sockets:
            self._sockets[family] = socket.socket(family, socket.SOCK_DGRAM)
        return self._sockets[family]

    def _expect_reports(self, family: int) -> None:
        now = self._monotonic()
        if now - self._reported.get(family, -TOGETHER) < TOGETHER:
            return
        self._reported[family] = now
        self._gate.foresee(1, *AT_ONCE)
        self._gate.foresee(1, *AGAIN, of=f"reports {family}")  # a later change has the one before reported with it


def _family(group: str) -> int:
    return _IPV6 if ":" in group else socket.AF_INET


def _join(sock: socket.socket, interface: Interface, group: str) -> None:
    if ":" in group:
        request = socket.inet_pton(_IPV6, group) + struct.pack("@I", interface.index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    else:
        request = struct.pack("=4s4si", socket.inet_aton(group), bytes(4), interface.index)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
