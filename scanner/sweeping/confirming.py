"""Tells the kernel that IPv6 neighbours who have answered are there, so that it need not ask them; sends nothing.

Whoever asks our kernel for its address is entered in its table, and asked back five seconds later whether he is still
there (RFC 4861 section 7.3.3), all of them at once. An answer of his meanwhile is word enough of that (section 7.3.1).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

AFTER: Final = 2.5
"""Seconds from an answer to the confirmation: the kernel takes one for good for five, and asks after 5 to 5.5."""

MSG_PROBE: Final = 0x10
"""With it a datagram is not sent (linux/socket.h); beside MSG_CONFIRM the neighbour is confirmed all the same."""

ANY_PORT: Final = 9


class Confirmations:
    """Those that are still to be given, in one run."""

    def __init__(self, missed: Callable[[], None]) -> None:
        """`missed` is called when the kernel will ask after all."""
        self._missed = missed
        self._waiting: dict[tuple[int, str], asyncio.TimerHandle] = {}

    def add(self, index: int, address: str) -> None:
        """This neighbour on the interface of this number has just answered."""
        loop = asyncio.get_running_loop()
        self._waiting[index, address] = loop.call_later(AFTER, self._give, index, address)

    def close(self) -> None:
        """Give all that are still to be given: most of them are late enough."""
        for (index, address), timer in tuple(self._waiting.items()):
            timer.cancel()
            self._give(index, address)

    def _give(self, index: int, address: str) -> None:
        self._waiting.pop((index, address), None)
        if not confirm(index, address):
            self._missed()


def confirm(index: int, address: str) -> bool:
    """Confirm a neighbour without a packet; False where that cannot be."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.sendmsg([b""], [], socket.MSG_CONFIRM | MSG_PROBE, (address, ANY_PORT, 0, index))
    except (OSError, AttributeError):  # no such interface any more, or no such kernel
        return False
    return True
