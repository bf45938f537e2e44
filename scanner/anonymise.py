"""Masks what points to a place, a person or one unit, so that a record can be shared; keeps what shows the maker.

Tails of serial numbers and hardware addresses become zeros (a second unit with the same head gets a one at the end,
and so on, so that units stay apart); lengths and shapes stay. Public addresses become documentation addresses, the same
one each time. Names and places that people typed are replaced. It cannot know every secret: read the result before
sharing it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from scanner.model import Attempt, Note, Observation, RunInfo, SweepResult, replace
from scanner.typed_names import is_factory_name

FACTORY_PLACES: Final = frozenset(
    {
        "china",
        "shenzhen",
        "hangzhou",
        "city/hangzhou",
        "city/shenzhen",
        "city/china",
        "city/default",
        "global",
        "unknown",
    }
)
"""ONVIF location scopes that firmware ships with, besides any country: where a maker sits, not where a unit hangs."""

HEXADECIMAL: Final = frozenset({"dvrip-search.raw", "xm-search.raw", "tvt-search.raw", "tcp.greeting"})
"""Fields that hold bytes as hexadecimal text."""

LEFT_ALONE: Final = frozenset(
    {"favicon.md5", "favicon.mmh3", "tls-cert.der", "http.status", "rtsp.status", "dhcp.parameter-list"}
)
"""Fields without anything to mask, whose digits would look like it."""

VERSIONS: Final = frozenset(
    {"firmware", "dsp", "version", "server-header", "server", "user-agent", "banner", "sysobjectid"}
)
"""Fields where four numbers with dots are a version, not an address."""

HOST_NAMES: Final = frozenset({"hostname"})
"""Fields that hold the name of a computer: typed, or made of its hardware address."""

TYPED_NAMES: Final = frozenset({"onvif-wsd.name", "upnp-xml.friendly-name", "dvrip-search.name"})
"""Fields that hold a name which firmware ships with, and which an owner may change."""

_SERIALS: Final = (
    # Hikvision: date, two letters, two letters, nine characters, WCVU on recorders. Protocol facts, section 14.1.
    re.compile(r"(20\d{6}[A-D]{2}[A-Z]{2}[0-9A-Z])([0-9A-Z]{7,9}?)((?:WCVU)?)(?![0-9A-Z])"),
    re.compile(r"(?<![0-9A-Z])([0-9A-Z]{7}PA[A-Z])([0-9A-Z]{5})()(?![0-9A-Z])"),  # Dahua
    re.compile(r"(?<![0-9A-Z])(210235[0-9A-Z]{4})([0-9A-Z]{10})()(?![0-9A-Z])"),  # Uniview
    re.compile(r"(?<![0-9A-Z])((?:ND|AMC)[0-9A-F]{4})([0-9A-F]{4,10})()(?![0-9A-Z])"),  # Lorex, Amcrest
    re.compile(r"(Login to [0-9a-f]{8})([0-9a-f]{24})()(?![0-9a-f])"),  # a hashed serial number
    re.compile(r"(BOSCH-\d{9})(\d{6,9})()"),
)
_TAGGED_SERIAL: Final = re.compile(
    r"(<(?:\w+:)?(?:DeviceSN|serialNumber|SerialNo|SerialNumber)>|\"(?i:SerialNo|SerialNumber|SN)\"\s*:\s*\""
    r"|Ser=|Serial Number: |(?<![A-Za-z])SN:\s?|\bSerialNo[=:])([\w/. -]{4,60})"
)
_MAC: Final = re.compile(
    r"(?<![0-9A-Fa-f:.-])((?:[0-9A-Fa-f]{2}([:-])){2}[0-9A-Fa-f]{2})((?:\2[0-9A-Fa-f]{2}){3})(?![0-9A-Fa-f:-])"
)
_BARE_MAC: Final = re.compile(
    r"(?<![0-9A-Fa-f])(?=[0-9A-Fa-f]*[A-Fa-f])(?=[0-9A-Fa-f]*\d)([0-9A-Fa-f]{6})([0-9A-Fa-f]{6})(?![0-9A-Fa-f])"
)
_EUI64: Final = re.compile(
    r"([0-9a-fA-F]{1,4}):([0-9a-fA-F]{0,2})[fF]{2}:[fF][eE]([0-9a-fA-F]{2}):([0-9a-fA-F]{1,4})\b"
)
_IPV4: Final = re.compile(r"(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IPV4_IN_URL: Final = re.compile(r"(?<=://)(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:])[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34}(?![\w:])")
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@(?=[\w-]{1,63}(?:\.[\w-]{1,63})+)")
_NAME_TAG: Final = re.compile(
    r"(<(?:\w+:)?(?i:deviceName|sysName|userName|hostName|friendlyName|machineName|channelName)>"
    r"|\"(?i:deviceName|machineName|hostName|userName|channelName)\"\s*:\s*\")([^<\"]{1,200})"
)
_NAME_SCOPE: Final = re.compile(r"(onvif://www\.onvif\.org/(?i:name)/)([^\s<\"]{1,200})")
_INSTANCE: Final = re.compile(r"(?s)(.{1,200}?)(\._[A-Za-z0-9-]{1,30}\._(?:tcp|udp)\b.*)")
_TOLD: Final = re.compile(r"(?is)((?:note|fn|fname|name|friendlyname|location|n)=)(.{1,200})")
_PLACE_SCOPE: Final = re.compile(r"(onvif://www\.onvif\.org/(?i:location)/)([^\s<\"]{1,200})")
_SYSTEM_LINE: Final = re.compile(r"(?m)^(\.?1\.3\.6\.1\.2\.1\.1\.([456])\.0 = )(.*)$")
_STAND_IN: Final = re.compile(r"name-\d+")
_SYSTEM_WORDS: Final = {"4": "contact", "5": "name", "6": "place"}


class Anonymiser:
    """Masks consistently: the same address, unit or name becomes the same stand-in for as long as the object lives."""

    def __init__(self) -> None:
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._units: dict[str, dict[str, int]] = {}  # head of a number -> tails seen with it, counted
        self._stand_ins: Final = _stand_in_addresses()

    def mask_text(self, text: str, *, versions: bool = False) -> str:
        """Mask serial numbers, addresses, e-mail names, typed names and places. `versions`: dotted numbers stay."""
        for pattern in _SERIALS:
            text = pattern.sub(lambda found: found[1] + self._zero(found[1], found[2]) + found[3], text)
        text = _TAGGED_SERIAL.sub(lambda found: found[1] + self.mask_serial(found[2]), text)
        for pattern in (_MAC, _BARE_MAC):
            text = pattern.sub(lambda found: found[1] + self._zero(found[1], found[found.re.groups]), text)
        text = _EUI64.sub(self._mask_interface, text)
        for pattern in (_NAME_TAG, _NAME_SCOPE):
            text = pattern.sub(lambda found: found[1] + self._mask_typed(found[2]), text)
        text = _PLACE_SCOPE.sub(lambda found: found[1] + _mask_place(found[2]), text)
        text = _SYSTEM_LINE.sub(_mask_system_line, text)
        text = _EMAIL.sub("somebody@", text)
        if not versions:
            text = _IPV4.sub(lambda found: self.mask_address(found[0]), text)
        text = _IPV4_IN_URL.sub(lambda found: self.mask_address(found[0]), text)
        return _IPV6.sub(lambda found: self.mask_address(found[0]), text)

    def mask_observation(self, seen: Observation) -> Observation:
        """The observation without what points to one unit; its digest is dropped, since the bytes would not fit it."""
        return replace(
            seen,
            value=self._mask_value(seen),
            address=self.mask_address(seen.address) if seen.address is not None else None,
            mac=self.mask_text(seen.mac) if seen.mac is not None else None,
            request=self.mask_text(seen.request),
            digest="",
        )

    def mask_address(self, text: str) -> str:
        """A public address as one of the documentation ranges, always the same; any other as it is."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        if not address.is_global or address.is_multicast:
            return _EUI64.sub(self._mask_interface, text)
        if text not in self._addresses:
            v6 = isinstance(address, ipaddress.IPv6Address)
            self._addresses[text] = f"2001:db8::{len(self._addresses) + 1:x}" if v6 else next(self._stand_ins)
        return self._addresses[text]

    def mask_serial(self, text: str) -> str:
        """Zeros for the tail of a serial number: of a known shape what differs by unit, else the second half."""
        for pattern in _SERIALS:
            if pattern.search(text) is not None:
                return pattern.sub(lambda found: found[1] + self._zero(found[1], found[2]) + found[3], text)
        kept = (len(text) + 1) // 2
        return text[:kept] + self._zero(text[:kept], text[kept:])

    def _mask_value(self, seen: Observation) -> str:
        if seen.name in LEFT_ALONE:
            return seen.value
        if seen.name in HEXADECIMAL:
            return self._mask_hexadecimal(seen.value)
        if seen.field == "serial" or seen.name == "serial.value":
            return self.mask_serial(seen.value)
        text = self.mask_text(seen.value, versions=seen.field in VERSIONS)
        if seen.field in HOST_NAMES and text == seen.value:
            return self._mask_name(text)
        if seen.name in TYPED_NAMES:
            return self._mask_typed(text)
        if seen.name == "onvif-wsd.location":
            return " ".join(map(_mask_place, text.split()))
        told = _INSTANCE.fullmatch(text) if seen.name == "mdns.service" else None
        if told is not None:
            return self._mask_typed(told[1]) + told[2]
        told = _TOLD.fullmatch(text) if seen.name == "mdns.txt" else None
        return text if told is None else told[1] + self._mask_typed(told[2])

    def _mask_hexadecimal(self, text: str) -> str:
        try:
            data = bytes.fromhex(text)
        except ValueError:
            return self.mask_text(text)
        return self.mask_text(data.decode("latin-1")).encode("latin-1", "replace").hex()

    def _mask_interface(self, found: re.Match[str]) -> str:
        """The EUI-64 half of an IPv6 address holds a hardware address with one bit turned (RFC 4291, appendix A)."""
        first = found[1].zfill(4)
        head = f"{int(first[:2], 16) ^ 2:02x}{first[2:]}{found[2].zfill(2)}"
        tail = self._zero(head, found[3] + found[4].zfill(4))
        return f"{found[1]}:{found[2]}ff:fe{tail[:2]}:{tail[2:]}"

    def _mask_typed(self, text: str) -> str:
        return text if is_factory_name(text) else self._mask_name(text)

    def _mask_name(self, text: str) -> str:
        if _STAND_IN.fullmatch(text):
            return text
        return self._names.setdefault(unquote(text), f"name-{len(self._names) + 1}")

    def _zero(self, head: str, tail: str) -> str:
        """Zeros in place of the letters and digits of `tail`, with the number of the unit at the end."""
        units = self._units.setdefault(_bare(head), {})
        number = units.setdefault(_bare(tail), len(set(units.values())))
        masked = _write_number(tail, str(number))
        units.setdefault(_bare(masked), number)  # so that masking it once more changes nothing
        return masked


Line = RunInfo | Observation | Attempt | SweepResult | Note
"""What a record holds apart from raw bytes, which an anonymised record leaves out."""


def mask_lines(lines: Iterable[Line], masks: Anonymiser | None = None) -> Iterator[Line]:
    """Mask the values of a record, in their order, with one set of stand-ins."""
    held = masks or Anonymiser()
    for line in lines:
        yield _mask_line(line, held)


def _mask_line(line: Line, masks: Anonymiser) -> Line:
    if isinstance(line, Observation):
        return masks.mask_observation(line)
    if isinstance(line, Attempt):
        return replace(line, address=masks.mask_address(line.address), detail=masks.mask_text(line.detail))
    if isinstance(line, Note):
        return replace(line, subject=masks.mask_text(line.subject), text=masks.mask_text(line.text))
    if isinstance(line, RunInfo):
        return _mask_run(line, masks.mask_text)
    return replace(line, detail=masks.mask_text(line.detail), lost=masks.mask_text(line.lost))


def _mask_run(run: RunInfo, mask: Callable[[str], str]) -> RunInfo:
    return replace(
        run,
        command="",
        scope=tuple(map(mask, run.scope)),
        excluded=tuple(map(mask, run.excluded)),
        segments=tuple(map(mask, run.segments)),
        authorised_by="somebody" if run.authorised_by else "",
    )


def _mask_place(text: str) -> str:
    """A place scope without the place: countries and the makers' own cities stay, the shape of the others stays."""
    kind, sign, _ = text.rpartition("/")
    if kind.lower() == "country" or text.lower() in FACTORY_PLACES:
        return text
    return f"{kind}{sign}place" if kind.lower() in ("city", "country") else "place"


def _mask_system_line(found: re.Match[str]) -> str:
    return found[1] + _SYSTEM_WORDS[found[2]] if found[3].strip() else found[0]


def _write_number(tail: str, number: str) -> str:
    places = [place for place, char in enumerate(tail) if char.isalnum()]
    masked = ["0" if char.isalnum() else char for char in tail]
    for place, digit in zip(reversed(places), reversed(number), strict=False):
        masked[place] = digit
    return "".join(masked)


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _stand_in_addresses() -> Iterator[str]:
    """Addresses of the three IPv4 documentation ranges (RFC 5737), over and over."""
    while True:
        for network in ("192.0.2.", "198.51.100.", "203.0.113."):
            for host in range(1, 255):
                yield f"{network}{host}"
