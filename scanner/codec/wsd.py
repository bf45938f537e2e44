"""WS-Discovery probes out, ProbeMatches and Hello in (ONVIF Core chapter 7; WS-Discovery 2005/04 and OASIS 2009/01).

Never resolves or contacts an address that an answer names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

GROUP_V4: Final = "239.255.255.250"
GROUP_V6: Final = "ff02::c"
PORT: Final = 3702

MATCH_CAP: Final = 64
"""Matches read of one answer: a recorder may speak for the cameras behind it, 64 of them at most."""

XADDR_CAP: Final = 16
"""Service addresses kept of one match: an honest unit names one per interface and address family."""

SCOPE_CAP: Final = 128
"""Scopes kept of one match: the longest seen has 20."""


@dataclass(frozen=True, slots=True)
class DiscoveryMatch:
    """One ProbeMatch or Hello; absent parts are empty."""

    endpoint: str
    types: str
    scopes: tuple[str, ...]  # in the order sent
    xaddrs: tuple[str, ...]
    metadata_version: str
    prefixes: tuple[str, ...]  # namespace prefixes of the answer, sorted
    relates_to: str  # without "urn:" and "uuid:", lower case
    action: str  # the last path segment of the action: "ProbeMatches", "Hello"


def build_probes(make_id: Callable[[], str]) -> tuple[bytes, ...]:
    """Build the three probes (NetworkVideoTransmitter, Device, untyped), each on one line.

    `make_id` gives a bare UUID; it is sent once as "uuid:…" and once as "urn:uuid:…" across the forms, because some
    firmware refuses the one and some the other. That makes four datagrams.
    """
    raise NotImplementedError


def parse_matches(data: bytes) -> tuple[DiscoveryMatch, ...]:
    """Read ProbeMatches or Hello; an empty tuple for another WS-Discovery message; raises Garbled."""
    raise NotImplementedError


def skeleton(scopes: Iterable[str]) -> str:
    """The scope categories in the order sent, values of free categories (name, hardware, location …) dropped."""
    raise NotImplementedError


def mac_from_link_local(address: str) -> str | None:
    """The MAC inside an EUI-64 link-local IPv6 address, bare, bracketed, zoned or in a URL; None when there is none."""
    raise NotImplementedError
