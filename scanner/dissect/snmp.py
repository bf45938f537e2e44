"""Lines of an SNMP read to the objects that name a device; asks nothing.

Objects: RFC 3418 (system group); below the enterprise numbers what LibreNMS reads of Hikvision units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.codec.macs import normalise_mac, prefix
from scanner.codec.text import cut_field
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

LINES_CAP: Final = 1_000
"""Lines read of one walk."""

_OBJECTS: Final = {
    "1.3.6.1.2.1.1.1.0": "snmp.sysdescr",
    "1.3.6.1.2.1.1.2.0": "snmp.sysobjectid",
    "1.3.6.1.2.1.1.5.0": "name.hostname",
    "1.3.6.1.4.1.50001.1.3.0": "serial.value",
    "1.3.6.1.4.1.39165.1.4.0": "mac.prefix",
}
_TYPE: Final = re.compile(r"[A-Za-z-]{2,20}:\s{1,4}")


def read_walk(observation: Observation) -> Found:
    """The objects we know of a read in the form "OID = value"."""
    for line in observation.value.splitlines()[:LINES_CAP]:
        oid, sign, text = line.partition(" = ")
        name = _OBJECTS.get(oid.strip().removeprefix("iso").lstrip("."))
        if sign and name:
            yield name, _read_value(name, text)


def _read_value(name: str, text: str) -> str:
    value = cut_field(_TYPE.sub("", text, count=1) if _TYPE.match(text) else text).strip('"')
    if name == "mac.prefix":
        mac = normalise_mac(value)
        return prefix(mac) if mac else ""
    return "" if value in ("(none)", "none") and name == "name.hostname" else value
