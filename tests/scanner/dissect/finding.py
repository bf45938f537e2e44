"""Dissects one value and shows what was found, by name."""

from __future__ import annotations

from scanner.dissect import dissect
from scanner.model import Observation


def observe(name: str, value: str, *, request: str = "", address: str = "192.0.2.64", port: int = 80) -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, value, address, port, request=request, at=7.0, by="probe", digest="d" * 64)


def find(name: str, value: str, *, request: str = "", address: str = "192.0.2.64") -> dict[str, list[str]]:
    """Every derived value by dotted name, in the order found."""
    found: dict[str, list[str]] = {}
    for item in dissect(observe(name, value, request=request, address=address)):
        found.setdefault(item.name, []).append(item.value)
    return found
