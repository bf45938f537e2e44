"""DNS-SD instances and TXT records to their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.codec.macs import normalise_mac, prefix
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_TYPE: Final = re.compile(r"(?:^|\.)(_[A-Za-z0-9-]{1,40}\._(?:tcp|udp))(?:\.local\.?)?$")
_MAC_KEYS: Final = frozenset(("macaddress", "mac"))


def read_service(observation: Observation) -> Found:
    """The service type of an instance, without the domain."""
    found = _TYPE.search(observation.value[-400:])
    if found is not None:
        yield "mdns.type", found[1]


def read_record(observation: Observation) -> Found:
    """The hardware address that a TXT record names."""
    key, _, value = observation.value.partition("=")
    if key.strip().lower() in _MAC_KEYS:
        mac = normalise_mac(value)
        yield "mac.prefix", prefix(mac) if mac else ""
