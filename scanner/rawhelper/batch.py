"""Sends many ARP requests at once through a ring shared with the kernel, or one by one without; builds no frame.

All requests stand in one buffer as the ring takes them; before a batch goes, only the addresses asked for are put in.
"""

from __future__ import annotations

import socket
import struct
from typing import Final

from scanner.rawhelper.ring import FRAME_AT, FULL, SLOT, SendRing, lay_out

BATCH: Final = 256
"""Requests for one system call: the gain ends at about a hundred, and a pause after 256 is still a short one."""


class RequestBatch:
    """The prebuilt requests of one interface and one sender address."""

    def __init__(self, sock: socket.socket, ring: SendRing | None, template: bytes) -> None:
        """`template` is the frame up to the asked address; without `ring` each frame costs a call of its own."""
        self._sock = sock
        self._ring = ring
        self._template = template
        slot = lay_out(template + bytes(4))
        self._address_at = FRAME_AT + len(template)
        self._slots = bytearray(slot * BATCH)

    def send(self, addresses: list[int]) -> int:
        """Ask at most BATCH addresses; return how many the kernel took. OSError for what waiting does not cure."""
        if self._ring is None:
            return self._send_plainly(addresses)
        self._put_in(addresses)
        return self._ring.send(self._slots, len(addresses))

    def _put_in(self, addresses: list[int]) -> None:
        """Each byte of the addresses goes into all frames with one assignment: four for the whole batch."""
        packed = struct.pack(f"!{len(addresses)}I", *addresses)
        end = len(addresses) * SLOT
        for byte in range(4):
            self._slots[self._address_at + byte : end : SLOT] = packed[byte::4]

    def _send_plainly(self, addresses: list[int]) -> int:
        for count, address in enumerate(addresses):
            try:
                self._sock.send(self._template + address.to_bytes(4, "big"))
            except OSError as error:
                if error.errno in FULL:
                    return count
                raise
        return len(addresses)
