"""What a datagram player is handed and gives back, and what each player must say of itself. No sockets here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.device import Device
from simulator.persona import Way


@dataclass(frozen=True, slots=True)
class Question:
    """One datagram that came in. `to_group`: it was multicast or broadcast, so every device of the wire hears it."""

    data: bytes
    host: str
    port: int
    to_group: bool
    ipv6: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One datagram to send. `delay` is in seconds, on top of the device's thinking time."""

    data: bytes
    ways: tuple[Way, ...] = (Way.UNICAST,)
    from_other_port: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class DatagramPlayer:
    """One protocol: its port and groups, whether a datagram is its own, and what a device answers."""

    play: str
    port: int
    groups: tuple[str, ...]
    answer: Callable[[Question, Device, Any], Sequence[Answer]]
    concerns: Callable[[bytes], bool] = lambda _: True
    groups6: tuple[str, ...] = ()
    also_to: tuple[str, ...] = ()  # further groups that answers sent by multicast go to
