"""Decides who asks for which addresses on one interface, and as whom; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner import ranges
from scanner.ranges import Ranges
from scanner.scope import Interface

NO_SENDER: Final = "0.0.0.0"  # noqa: S104  a sender, not an address to bind to
"""Sender of an ARP probe (RFC 5227 section 2.1.1): every host answers it and none enters it in a table."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Addresses that one sender asks for."""

    sender: str
    ranges: Ranges


def plan_legs(interface: Interface, wanted: Ranges, others: Sequence[Interface] = ()) -> tuple[Leg, ...]:
    """Ask for the addresses of each own network as the own address there; own addresses are left out.

    An interface that stands in none of the wanted networks was named by the auditor for a wire he has no address on:
    it asks as nobody for all that no other interface stands in.
    """
    own = ranges.of_addresses(address.ip for address in interface.ipv4)
    legs: list[Leg] = []
    left = wanted
    for address in interface.ipv4:
        network = ranges.whole([address.network])
        here = ranges.intersect(left, network)
        left = ranges.subtract(left, network)
        if asked := ranges.subtract(here, own):
            legs.append(Leg(str(address.ip), asked))
    if not legs and left == wanted:
        elsewhere = ranges.whole([address.network for other in others for address in other.ipv4])
        if asked := ranges.subtract(wanted, elsewhere):
            legs.append(Leg(NO_SENDER, asked))
    return tuple(legs)
