"""What a fuzz target is: one parser as a callable that takes any bytes, and the seeds where mutation starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanner.codec import Garbled


@dataclass(frozen=True, slots=True)
class Target:
    """One parser under fuzz: `run` takes any bytes and returns; `seeds` are where mutation starts."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def guard(
    *parsers: Callable[[bytes], object], errors: tuple[type[Exception], ...] = (Garbled,)
) -> Callable[[bytes], None]:
    """Run each parser; its one error is an answer, anything else goes up."""

    def run(data: bytes) -> None:
        for parse in parsers:
            try:
                parse(data)
            except errors:
                continue

    return run


def as_text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of text, given bytes as decoding leaves them, broken ones included."""
    return lambda data: parse(data.decode("utf-8", "surrogateescape"))
