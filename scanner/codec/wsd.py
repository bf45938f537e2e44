"""WS-Discovery probes out, ProbeMatches and Hello in (ONVIF Core chapter 7; WS-Discovery 2005/04 and OASIS 2009/01).

Never resolves or contacts an address that an answer names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element  # the type only; defusedxml does the parsing

from scanner.codec.macs import write_mac
from scanner.codec.text import cut_field
from scanner.codec.xml_text import Namespaces, find_texts, list_names, parse_document

GROUP_V4: Final = "239.255.255.250"
GROUP_V6: Final = "ff02::c"
PORT: Final = 3702

MATCH_CAP: Final = 64
"""Matches read of one answer: a recorder may speak for the cameras behind it, 64 of them at most."""

XADDR_CAP: Final = 16
"""Service addresses kept of one match: an honest unit names one per interface and address family."""

SCOPE_CAP: Final = 128
"""Scopes kept of one match: the longest seen has 20."""

SCOPES_KEPT: Final = 1_024
"""Scopes whose parts are remembered: most of a device's are those of every device."""

SCOPE_LENGTH: Final = 200
"""Characters of the longest scope remembered."""

_PROBE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"{namespace}>'
    '<s:Header><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>'
    "<a:MessageID>{message}</a:MessageID>"
    "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
    '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>'
    "<s:Body><d:Probe>{types}</d:Probe></s:Body></s:Envelope>"
)
_TRANSMITTER: Final = (
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"',
    "<d:Types>dn:NetworkVideoTransmitter</d:Types>",
)
_DEVICE: Final = (' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"', "<d:Types>tds:Device</d:Types>")
_UNTYPED: Final = ("", "")
_FORMS: Final = (("uuid:", _TRANSMITTER), ("urn:uuid:", _DEVICE), ("urn:uuid:", _TRANSMITTER), ("uuid:", _UNTYPED))
"""Types and MessageID spelling of each probe: some firmware answers one form only (ONVIF Core 7.3.2; issue reports)."""

_UUID: Final = re.compile(r"[0-9A-Fa-f-]{8,64}")
_ONVIF_SCOPE: Final = re.compile(r"onvif:(?://)?[^/]{0,100}/(.*)", re.IGNORECASE | re.DOTALL)
_OTHER_SCOPE: Final = re.compile(r"[^=:/]{1,100}")
_FIXED: Final = frozenset(("profile", "type"))
_SECOND_LEVEL: Final = frozenset(("extension", "location"))
_LINK_LOCAL: Final = re.compile(r"fe80::[0-9a-f:]{2,40}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DiscoveryMatch:
    """One ProbeMatch or Hello; absent parts are empty."""

    endpoint: str
    types: str
    scopes: tuple[str, ...]  # in the order sent
    xaddrs: tuple[str, ...]
    metadata_version: str
    prefixes: tuple[str, ...]  # namespace prefixes of the answer, sorted
    relates_to: str  # without "urn:" and "uuid:", lower case
    action: str  # the last path segment of the action: "ProbeMatches", "Hello"


def build_probes(make_id: Callable[[], str]) -> tuple[bytes, ...]:
    """Build the probes (NetworkVideoTransmitter twice, Device, untyped), each on one line.

    `make_id` gives a bare UUID; it is sent as "uuid:…" and as "urn:uuid:…" across the forms, because some firmware
    refuses the one and some the other. That makes four datagrams.
    """
    return tuple(_build_probe(f"{spelling}{make_id()}", *form) for spelling, form in _FORMS)


def _build_probe(message: str, declaration: str, types: str) -> bytes:
    if _UUID.fullmatch(message.rpartition(":")[2]) is None:
        raise ValueError(f"{message!r} is not a UUID")
    return _PROBE.format(namespace=declaration, message=message, types=types).encode("ascii")


def parse_matches(data: bytes) -> tuple[DiscoveryMatch, ...]:
    """Read ProbeMatches or Hello; an empty tuple for another WS-Discovery message; raises Garbled."""
    document = parse_document(data)
    return read_matches(document.root, document.namespaces)


def read_matches(root: Element, namespaces: Namespaces) -> tuple[DiscoveryMatch, ...]:
    """Read the matches of an envelope that was parsed already."""
    named = list_names(root)
    head = find_texts(named, "action", "relatesto")
    prefixes = tuple(sorted({prefix for prefix, _ in namespaces if prefix}))
    relates_to, action = strip_uuid(head["relatesto"]), head["action"].rpartition("/")[2]
    found = [item for name, item in named if name == "probematch"][:MATCH_CAP]
    found = found or [item for name, item in named if name == "hello"][:1]
    return tuple(_read_match(element, prefixes, relates_to, action) for element in found)


def _read_match(element: Element, prefixes: tuple[str, ...], relates_to: str, action: str) -> DiscoveryMatch:
    named = list_names(element)
    told = find_texts(named, "types", "scopes", "xaddrs", "metadataversion")
    endpoint = next((item for name, item in named if name == "endpointreference"), None)
    return DiscoveryMatch(
        endpoint=find_texts(list_names(endpoint), "address")["address"] if endpoint is not None else "",
        types=told["types"],
        scopes=tuple(told["scopes"].split()[:SCOPE_CAP]),
        xaddrs=tuple(told["xaddrs"].split()[:XADDR_CAP]),
        metadata_version=told["metadataversion"],
        prefixes=prefixes,
        relates_to=relates_to,
        action=action,
    )


def strip_uuid(text: str) -> str:
    """A message or endpoint identifier without "urn:" and "uuid:", in lower case, for comparing."""
    return text.lower().removeprefix("urn:").removeprefix("uuid:")


def read_scopes(scopes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(category in lower case, percent-decoded rest) of the ONVIF scopes in the order sent: ("name", "AXIS P3265")."""
    return tuple([pair for scope in scopes if (pair := _take_apart(scope)[1]) is not None])


def skeleton(scopes: Iterable[str]) -> str:
    """The scope categories in the order sent, values of free categories (name, hardware, location …) dropped.

    Profiles and types are kept whole, extensions and locations to their second level:
    "location/country name hardware Profile/Streaming type/Network_Video_Transmitter extension/unique_identifier".
    """
    return cut_field(" ".join([_take_apart(scope)[0] for scope in scopes]))


def _take_apart(scope: str) -> tuple[str, tuple[str, str] | None]:
    """What a scope adds to the skeleton, and its category and rest; None where it is no scope of ONVIF's."""
    return _remember(scope) if len(scope) <= SCOPE_LENGTH else _split(scope)


def _split(scope: str) -> tuple[str, tuple[str, str] | None]:
    found = _ONVIF_SCOPE.match(scope)
    if found is None:
        other = _OTHER_SCOPE.match(scope)
        return other[0] if other else "", None
    category, _, rest = found[1].partition("/")
    return _skeleton_part(found[1]), (category.lower(), cut_field(unquote(rest)))


_remember: Final = lru_cache(maxsize=SCOPES_KEPT)(_split)


def _skeleton_part(path: str) -> str:
    parts = path.split("/")
    if parts[0].lower() in _FIXED:
        return path
    return "/".join(parts[:2]).rstrip("/") if parts[0].lower() in _SECOND_LEVEL else parts[0]


def mac_from_link_local(address: str) -> str | None:
    """The MAC inside an EUI-64 link-local IPv6 address, bare, bracketed, zoned or in a URL; None when there is none."""
    found = _LINK_LOCAL.search(address)
    if found is None:
        return None
    try:
        packed = ipaddress.IPv6Address(found[0]).packed
    except ValueError:
        return None
    if packed[11:13] != b"\xff\xfe":
        return None
    return write_mac((bytes((packed[8] ^ 0x02,)) + packed[9:11] + packed[13:16]).hex())
