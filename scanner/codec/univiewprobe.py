"""The Uniview private probe on UDP 3702 (answers to local port 3705); reads only, contacts nothing it is told of.

Source: the Go package ipcamera and the facts gathered in docs/facts.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scanner.codec.wsd import DiscoveryMatch

PORT: Final = 3702
LOCAL_PORT: Final = 3705


@dataclass(frozen=True, slots=True)
class UniviewAnswer:
    """One answer, which may list several units."""

    element: str  # body element, "UniviewProbeMatches" for a true answer
    matches: tuple[DiscoveryMatch, ...]

    @property
    def is_answer(self) -> bool:
        """True for an answer to the private probe."""
        return self.element == "UniviewProbeMatches"


def build_search(make_id: Callable[[], str]) -> tuple[bytes, ...]:
    """Build both request forms; `make_id` gives a bare UUID."""
    raise NotImplementedError


def parse_answer(data: bytes) -> UniviewAnswer:
    """Read one datagram; raises Garbled."""
    raise NotImplementedError
