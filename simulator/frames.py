"""Hears every frame on one device's wire and sends what a script answers. Sends nothing that was not asked for."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from simulator.device import Device
from simulator.hostile.case import Hears

ETH_P_ALL: Final = 0x0003

BATCH: Final = 256
"""Frames heard, or sent, in one turn of the loop, so that a flood does not stop the other devices."""

FRAME: Final = 2_048
"""Bytes read of one frame."""

SEND_BUFFER: Final = 8 << 20

PAUSE: Final = 0.002
"""Seconds between two parts of a flood: a hundred thousand frames a second are as much as a real card sends."""


@dataclass(slots=True)
class FramePort:
    """One script on one wire."""

    raw: socket.socket
    device: Device
    script: Hears
    _waiting: deque[bytes] = field(default_factory=deque)
    _sending: bool = False

    @classmethod
    def on(cls, interface: str, device: Device, script: Hears) -> FramePort:
        """Open the raw socket in the namespace of the calling thread; PermissionError where that is not allowed."""
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.htons(ETH_P_ALL))
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        raw.bind((interface, ETH_P_ALL))
        return cls(raw, device, script)

    def open(self) -> None:
        """Begin to hear."""
        asyncio.get_running_loop().add_reader(self.raw, self._read)

    def close(self) -> None:
        """Stop; what waits is not sent."""
        asyncio.get_running_loop().remove_reader(self.raw)
        self._waiting.clear()
        self.raw.close()

    def _read(self) -> None:
        for _ in range(BATCH):
            try:
                frame, place = self.raw.recvfrom(FRAME)
            except BlockingIOError:
                break
            if place[2] != socket.PACKET_OUTGOING and len(frame) >= 42:
                self._waiting.extend(self.script(frame, self.device))
        if self._waiting and not self._sending:
            self._send()

    def _send(self) -> None:
        self._sending = bool(self._waiting) and self.raw.fileno() >= 0
        if not self._sending:
            return
        for _ in range(min(BATCH, len(self._waiting))):
            try:
                self.raw.send(self._waiting[0])
            except OSError as error:
                if error.errno not in (errno.ENOBUFS, errno.EAGAIN):
                    raise
                break
            self._waiting.popleft()
            self.device.ledger.frames += 1
        asyncio.get_running_loop().call_later(PAUSE, self._send)
