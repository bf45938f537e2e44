"""Holds back what one network card said in the name of many addresses: it may be forged. Pure; clears nobody.

A datagram can carry any sender's address, so one card can answer a search as a hundred thousand devices. Nobody can
hold a conversation from an address that is not his: whoever answered over TCP is there, whatever card he shares.
"""

from __future__ import annotations

from typing import Final

from scanner.devices import Cluster
from scanner.model import Identity, Observation, Standing, replace
from scanner.sentence import say_count

UNPROVEN: Final = frozenset(
    {
        *("mac", "tcp", "name", "dhcp", "sadp", "dhdiscover", "dvrip-search", "onvif-wsd", "ssdp", "mdns"),
        *("xm-search", "tvt-search", "univiewprobe", "serial"),
    }
)
"""Protocols whose observations a card can make up for an address: frames, datagrams, and names of both."""

DOUBT: Final = 0.5
"""Confidence at most: as likely forged as true."""


def doubt_crowd(identity: Identity, cluster: Cluster) -> Identity:
    """The identity, held back to a suspicion where it rests on what a crowded card said without a conversation."""
    if not cluster.crowd or identity.maker is None or any(map(_is_talk, cluster.observations)):
        return identity
    why = say_count(
        "One network card answered for {n} address, and nobody there could be talked to: the answers may be forged.",
        "One network card answered for {n} addresses, and nobody there could be talked to: the answers may be forged.",
        cluster.crowd,
    )
    return replace(
        identity,
        standing=Standing.SUSPECTED if identity.standing is Standing.IDENTIFIED else identity.standing,
        confidence=min(identity.confidence, DOUBT),
        hints=(why, *identity.hints),
    )


def _is_talk(seen: Observation) -> bool:
    """Whether it came by a conversation. What was read out of another answer came as that one did."""
    return not seen.derived and seen.protocol not in UNPROVEN
