"""Settings that lead out of a network, as devices tell them: gateway, DNS, time, cloud, platform. Tries nothing.

One line each, "what value": `gateway 192.0.2.1`, `dns 192.0.2.53`, `ntp time.example.org` (`ntp on` where no server is
named), `cloud on`, `server 192.0.2.9:5060` (a platform the unit registers with). A capability ("supports a cloud
service") is no setting and yields nothing; neither does an address that means "not set".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Final

KINDS: Final = ("gateway", "dns", "ntp", "cloud", "server")
"""First words of a line."""

_NAMES: Final = (
    ("cloud", re.compile(r"hcplatform|p2p|cloud|easy4ip")),
    ("ntp", re.compile(r"(?:^|[._])ntp|ntp(?:server|addr|host|enable)")),
    ("dns", re.compile(r"dns")),
    ("gateway", re.compile(r"gateway")),
)
"""What the name of a field says, lower case."""

_ANY: Final = re.compile("hcplatform|p2p|cloud|easy4ip|ntp|dns|gateway")
"""What every one of these forms holds."""

_OWN_NAME: Final = re.compile(r"DDNS|DynDNS|(?:^|[._])(?:ddns|dyndns)")
"""Dynamic DNS names the device itself. Held against the device's own spelling: "PreferredDNS" is another thing."""

_CAPABILITY: Final = re.compile(r"support|capab|version|port\b|mask|auto|dhcp")
"""Words of field names beside a setting that are none: what a unit could do, its ports, how it got its address."""

_HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,252}")
_YES: Final = frozenset({"true", "1", "on", "yes", "enable", "enabled", "online", "connected"})
_SPLIT: Final = re.compile(r"[,;\s]{1,4}")
_LONGEST: Final = 600
"""Characters looked at of one value: two servers with long names."""


def read_settings(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The lines that follow from (field name, text) pairs of one answer."""
    for name, value in fields:
        lower = name.lower()
        if _ANY.search(lower) is None:
            continue  # nine names of ten
        kind = next((kind for kind, form in _NAMES if form.search(lower)), None)
        if kind is None or _CAPABILITY.search(lower) or _OWN_NAME.search(name):
            continue
        text = value[:_LONGEST].strip()
        if kind == "cloud":
            yield from (f"{kind} on",) if text.lower() in _YES else ()
        elif kind == "ntp" and text.lower() in _YES:
            yield f"{kind} on"
        else:
            yield from (line for one in _SPLIT.split(text)[:4] if (line := write_setting(kind, one)))


def write_setting(kind: str, host: str) -> str:
    """One line, or empty text where the value names nobody: unset, loopback, a flag, or no host at all."""
    if _HOST.fullmatch(host) is None or not ("." in host or ":" in host):
        return ""
    address, _, port = host.rpartition(":") if host.count(":") == 1 else (host, "", "")
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{kind} {host.lower()}" if any(letter.isalpha() for letter in host) else ""
    known = not (parsed.is_unspecified or parsed.is_loopback or str(parsed) == "255.255.255.255")
    return f"{kind} {parsed}{':' * bool(port)}{port}" if known else ""
