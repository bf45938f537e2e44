"""The lines between the raw-socket program and its parent, checked; pure.

One JSON object a line, both ways. What the parent sends is checked as if a stranger had sent it: a fault in the
parent must not make this program ask outside the scope it was started with.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scanner.pace import FASTEST_RATE, LEAST_RATE
from scanner.ranges import Ranges, merge
from scanner.scope import Scope, ScopeError, make_scope

LINE_CAP: Final = 4 << 20
"""Bytes of one request: 65,536 single addresses fit, each written out."""

INTERFACES_CAP: Final = 16
"""Interfaces of one run."""

GRANT_CAP: Final = 1_000_000
"""Frames granted at once: a second at the fastest pace there is."""

LEARN_CAP: Final = 512
"""Neighbours of one request: as many hosts as are examined at once."""

PORTS_CAP: Final = 4
"""Ports one question is asked from: the prescribed one and a free one."""

PASSES_CAP: Final = 4
"""Passes of one sweep."""


class Refused(ValueError):
    """The request is not carried out; the message says why."""


@dataclass(frozen=True, slots=True)
class Open:
    """The first request: what this run may touch."""

    scope: Scope
    interfaces: tuple[str, ...]
    keep_neighbours: bool
    standing: frozenset[str] = frozenset()  # lines of the neighbour table before the run, as `name_line` writes them


@dataclass(frozen=True, slots=True)
class Sweep:
    """Ask some addresses on one interface."""

    id: int
    interface: str
    ranges: Ranges
    sender: str
    rate: float
    passes: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A sweep may send so many frames more."""

    id: int
    frames: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End a sweep now."""

    id: int


@dataclass(frozen=True, slots=True)
class Learn:
    """Enter neighbours in the kernel's table as this program heard them, or take them out again."""

    interface: str
    addresses: tuple[str, ...]
    forget: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Say whose card has answered from a link-local IPv6 address to one of these ports of ours."""

    interface: str
    address: bytes
    ports: tuple[int, ...]


Request = Open | Sweep | Grant | Stop | Learn | Owner


def parse_request(line: bytes) -> Request:
    """Read one line, or raise Refused."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:  # the last: nested deeper than any request is
        raise Refused(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise Refused("a request is a JSON object")
    match data.get("op"):
        case "open":
            return _read_open(data)
        case "sweep":
            return _read_sweep(data)
        case "grant":
            return Grant(_number(data, "id"), _number(data, "frames", most=GRANT_CAP))
        case "stop":
            return Stop(_number(data, "id"))
        case "learn" | "forget":
            addresses = tuple(str(_address(text)) for text in _texts(data, "addresses"))
            if len(addresses) > LEARN_CAP:
                raise Refused(f"{len(addresses)} neighbours; {LEARN_CAP} can be changed at once")
            return Learn(_text(data, "interface"), addresses, forget=data["op"] == "forget")
        case "owner":
            return _read_owner(data)
    raise Refused(f"unknown request {data.get('op')!r}")


def name_line(index: int, address: str) -> str:
    """One line of the neighbour table, by the interface's index."""
    return f"{index} {address}"


def encode(event: Mapping[str, object]) -> bytes:
    """One line for the other side."""
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


def _read_open(data: Mapping[str, object]) -> Open:
    try:
        scope = make_scope(
            _texts(data, "networks"), excluded=_texts(data, "excluded"), allow_public=True, allow_large=True
        )
    except ScopeError as error:
        raise Refused(str(error)) from None
    interfaces = _texts(data, "interfaces")
    if not 1 <= len(interfaces) <= INTERFACES_CAP:
        raise Refused(f"{len(interfaces)} interfaces; one to {INTERFACES_CAP} can be opened")
    keep = data.get("keep_neighbours") is True
    return Open(scope, tuple(dict.fromkeys(interfaces)), keep, frozenset(_texts(data, "standing") if keep else ()))


def _read_sweep(data: Mapping[str, object]) -> Sweep:
    rate = data.get("rate")
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not LEAST_RATE <= rate <= FASTEST_RATE:
        raise Refused(f"rate {rate!r} is not between {LEAST_RATE} and {FASTEST_RATE:.0f} frames per second")
    return Sweep(
        id=_number(data, "id"),
        interface=_text(data, "interface"),
        ranges=_read_ranges(data.get("ranges")),
        sender=str(_address(_text(data, "sender"))),
        rate=float(rate),
        passes=_number(data, "passes", most=PASSES_CAP),
    )


def _read_owner(data: Mapping[str, object]) -> Owner:
    text, ports = _text(data, "address"), data.get("ports")
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise Refused(f"{text!r} is not an IPv6 address") from None
    if not address.is_link_local or address.scope_id is not None:
        raise Refused(f"{text!r} is not a link-local address")
    if not isinstance(ports, list) or not 1 <= len(ports) <= PORTS_CAP:
        raise Refused(f"ports is a list of one to {PORTS_CAP} numbers")
    numbers = tuple(_number({"port": port}, "port", most=65_535) for port in ports)
    return Owner(_text(data, "interface"), address.packed, numbers)


def _read_ranges(value: object) -> Ranges:
    if not isinstance(value, list) or not value:
        raise Refused("ranges is a list of [first, last] pairs of IPv4 addresses")
    pairs = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Refused(f"range {pair!r} is not a pair")
        first, last = (int(_address(part)) for part in pair)
        if first > last:
            raise Refused(f"range {pair!r} ends before it begins")
        pairs.append((first, last))
    return merge(pairs)


def _address(value: object) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        raise Refused(f"{value!r} is not an IPv4 address") from None


def _number(data: Mapping[str, object], key: str, *, most: int = 1 << 31) -> int:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise Refused(f"{key} {value!r} is not a number of 1 to {most}")
    return value


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(f"{key} {value!r} is not text")
    return value


def _texts(data: Mapping[str, object], key: str) -> list[str]:
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refused(f"{key} is a list of texts")
    return value
