"""Holds the claim "the network is closed" against what devices say of themselves: gateways and cloud services. Pure.

Whether a gateway leads out is never tried: what a device says of its settings is reported, and that is all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from scanner.model import Note, Observation
from scanner.sentence import say, say_all, say_count

_GATEWAY: Final = re.compile(r"(?:^| )gateway (\S{1,45})")
_CLOUD: Final = re.compile(r"<HCPlatformEnable>\s{0,9}true\s{0,9}<", re.IGNORECASE)
"""SADP: the unit's connection to the maker's cloud service is switched on (protocol facts 2.3)."""

NOWHERE: Final = frozenset({"0.0.0.0", "::", "255.255.255.255", "-"})  # noqa: S104  values read, nothing is bound
"""Values that mean: no gateway is set."""

GATEWAYS_NAMED: Final = 5
"""Gateways written out in the coverage; a site has one or two, a liar may name thousands."""

SUBJECT: Final = say("closed network")


def read_gateways(observations: Iterable[Observation]) -> tuple[str, ...]:
    """The gateways that a device says it uses, sorted."""
    found = set()
    for seen in observations:
        if seen.field == "network" and (match := _GATEWAY.search(seen.value)) is not None:
            found.add(match[1])
    return tuple(sorted(found - NOWHERE))


def uses_cloud(observations: Iterable[Observation]) -> bool:
    """True when a device says that its maker's cloud service is switched on."""
    return any(seen.name == "sadp.raw" and _CLOUD.search(seen.value) is not None for seen in observations)


def describe_way_out(observations: Sequence[Observation]) -> tuple[str, ...]:
    """Plain sentences for the device's card; none where it says nothing of a way out."""
    lines = []
    if gateways := read_gateways(observations):
        lines.append(
            say("Its settings name {gateway} as gateway, a way out of this network.", gateway=", ".join(gateways[:2]))
        )
    if uses_cloud(observations):
        lines.append(say("It says that its maker's cloud service is switched on."))
    return tuple(lines)


def account_for_way_out(devices: Iterable[Sequence[Observation]]) -> tuple[Note, ...]:
    """Notes for the coverage: how many devices name a gateway or say that a cloud service is on."""
    gateways: set[str] = set()
    naming = clouds = 0
    for observations in devices:
        own = read_gateways(observations)
        gateways.update(own)
        naming += bool(own)
        clouds += uses_cloud(observations)
    notes = []
    if naming:
        shown = say_all(sorted(gateways)[:GATEWAYS_NAMED])
        text = say_count(
            "{n} device names a gateway ({gateways}); whether it leads out of this network was not tried.",
            "{n} devices name a gateway ({gateways}); whether it leads out of this network was not tried.",
            naming,
            gateways=shown,
        )
        notes.append(Note(SUBJECT, text))
    if clouds:
        text = say_count(
            "{n} device says that its maker's cloud service is switched on.",
            "{n} devices say that their maker's cloud service is switched on.",
            clouds,
        )
        notes.append(Note(SUBJECT, text))
    return tuple(notes)
