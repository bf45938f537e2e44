"""Names in certificates as other tools print them, to the one form that rules read; verifies nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.codec.text import cut_field
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_SHORT: Final = {
    "commonname": "CN",
    "organizationname": "O",
    "organizationalunitname": "OU",
    "countryname": "C",
    "stateorprovincename": "ST",
    "localityname": "L",
}
_NAME: Final = re.compile(
    r"(?:^|(?<=[\s;,/{'\"]))(?:(commonName|organizationName|organizationalUnitName|countryName|stateOrProvinceName"
    r"|localityName)['\"]?\s{0,4}[:=]|(CN|OU|O|ST|L|C)['\"]?\s{0,4}:)\s{0,4}",
    re.IGNORECASE,
)
_CAP: Final = 4_096


def read_name(observation: Observation) -> Found:
    """A subject or issuer with long attribute names or with colons, as "CN=…; O=…"; nothing where it is so already."""
    text = observation.value[:_CAP]
    names = list(_NAME.finditer(text))
    ends = [*(found.start() for found in names[1:]), len(text)]
    parts = [
        f"{_SHORT.get((found[1] or '').lower()) or found[2].upper()}={text[found.end() : end].strip(_AROUND)}"
        for found, end in zip(names, ends, strict=False)
    ]
    yield f"{observation.protocol}.{observation.field}", cut_field("; ".join(parts))


_AROUND: Final = " \t\r\n;,/\"'{}"
