"""Sends the unasked link-layer announcements of devices at their intervals, where the process may open raw sockets."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.device import Device
from simulator.players.sadp_layer2 import ETHERTYPE, announcement


@dataclass(frozen=True, slots=True)
class Voice:
    """One device that announces itself: on which interface, every how many seconds."""

    device: Device
    interface: str
    every: float


@dataclass(slots=True)
class Announcer:
    """The voices of one network namespace and their raw socket."""

    raw: socket.socket
    voices: Sequence[Voice]
    _timers: dict[int, asyncio.TimerHandle] = field(default_factory=dict)

    def open(self) -> None:
        """Announce each device at once, and then at its interval."""
        for number, _ in enumerate(self.voices):
            self._say(number, 1)

    def close(self) -> None:
        """Be silent."""
        for timer in self._timers.values():
            timer.cancel()
        self.raw.close()

    def _say(self, number: int, counter: int) -> None:
        voice = self.voices[number]
        try:
            self.raw.sendto(announcement(voice.device, counter), (voice.interface, ETHERTYPE))
        except OSError as error:
            if error.errno not in (errno.ENOBUFS, errno.EAGAIN, errno.ENETDOWN):
                raise
            voice.device.ledger.unsent += 1
        loop = asyncio.get_running_loop()
        self._timers[number] = loop.call_later(voice.every, self._say, number, counter + 1)


def make_announcer(voices: Sequence[Voice]) -> Announcer | None:
    """Open the raw socket in the namespace of the calling thread; None where that is not allowed, as in a container."""
    try:
        return Announcer(socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0), voices)
    except PermissionError:
        return None
