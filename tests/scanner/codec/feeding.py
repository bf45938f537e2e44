"""Feeds a parser the ways a network does: whole, byte by byte, with a tail, and garbage that may raise Garbled only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from scanner.codec import Garbled

Value = TypeVar("Value")


def feed_stream(read: Callable[[bytes], Value | None], data: bytes, *, tail: bytes = b"") -> Value:
    """Read `data` whole; every shorter piece of it must ask for more; a tail must change nothing."""
    whole = read(data)
    assert whole is not None
    for length in range(len(data)):
        assert read(data[:length]) is None, f"an answer after {length} of {len(data)} bytes"
    if tail:
        assert read(data + tail) == whole
    return whole


def feed_datagram(parse: Callable[[bytes], Value], data: bytes, *, tail: bytes = b"\x00") -> Value:
    """Parse a datagram whole, with a tail, and cut at every byte: a cut one parses or raises Garbled."""
    whole = parse(data)
    assert parse(data + tail) == whole
    for length in range(len(data)):
        parses_or_garbles(parse, data[:length])
    return whole


def parses_or_garbles(parse: Callable[[bytes], object], data: bytes) -> None:
    """Nothing but Garbled may come out of a parser."""
    try:
        parse(data)
    except Garbled as error:
        if len(str(error)) > 300:  # a message quotes no more than 80 bytes of the peer
            raise AssertionError(f"a message of {len(str(error))} characters") from error
