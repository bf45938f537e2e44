"""Ways to answer badly over TCP: too much, too slowly, never, not at all. Says nothing of what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Final

from simulator.hostile.case import Talks
from simulator.streams import IDLE, Ended, Talk

HEAD_LIMIT: Final = 65_536
"""Bytes of a request that are waited for."""

PIECE: Final = 65_536
"""Bytes of one piece of an endless answer."""

SLOWLY: Final = 1.0
"""Seconds between two bytes of a slow answer: each one would renew a timeout that is not one for the whole."""

Bytes = bytes | Callable[[], bytes]
"""What is said: bytes, or a function that makes them where keeping them would cost memory in every process."""


def _make(said: Bytes) -> bytes:
    return said if isinstance(said, bytes) else said()


async def hear(talk: Talk) -> str:
    """Wait for one request head, count it, and return its first line."""
    head = await talk.read_until(b"\r\n\r\n", HEAD_LIMIT)
    line = head.decode("latin-1").split("\r\n")[0]
    talk.device.ledger.note_request("script", talk.port, line, talk.device.surroundings.clock(), head)
    return line


def says(*pieces: Bytes, hears: bool = True, stays: bool = False, resets: bool = False) -> Talks:
    """Answer each connection with these pieces. `stays`: never close; `resets`: tear it down afterwards."""

    async def converse(talk: Talk) -> None:
        if hears:
            await hear(talk)
        for piece in pieces:
            await talk.say(_make(piece))
        if resets:
            talk.tear_down()
        while stays:
            await talk.read_any()

    return converse


def pours(head: Bytes, again: Bytes, *, hears: bool = True, every: float = 0.0) -> Talks:
    """Say the head, then the same again without an end."""
    return recites(lambda: iter([_make(head)]), lambda: repeat(_make(again)), hears=hears, every=every)


def drips(said: Bytes, *, hears: bool = True, fast: int = 0, again: bool = True) -> Talks:
    """Say so many bytes at once, then one byte a second; `again`: from the start when they are over."""

    def letters() -> Iterator[bytes]:
        data = _make(said)
        while True:
            yield from (data[at : at + 1] for at in range(fast, len(data)))
            if not again:
                return

    return recites(lambda: iter([_make(said)[:fast]]), letters, hears=hears, every=SLOWLY)


def recites(
    first: Callable[[], Iterator[bytes]],
    then: Callable[[], Iterator[bytes]],
    *,
    hears: bool = True,
    every: float = 0.0,
) -> Talks:
    """Say what `first` makes, then what `then` makes, with a pause before each of the latter."""

    async def converse(talk: Talk) -> None:
        if hears:
            await hear(talk)
        for piece in first():
            await talk.say(piece)
        for piece in then():
            await asyncio.sleep(every)
            await talk.say(piece)

    return converse


async def keeps_silent(talk: Talk) -> None:
    """Take everything, say nothing, never close."""
    while True:
        await talk.read_any()


async def deaf(talk: Talk) -> None:
    """Accept, then read nothing and say nothing."""
    del talk
    await asyncio.sleep(IDLE)
    raise Ended("left")


async def slams(talk: Talk) -> None:
    """Close at once."""
    del talk
