"""WS-Discovery answers and device-service answers to their parts; follows no address in them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.onvif_soap import OnvifAnswer, list_services, parse_answer
from scanner.codec.text import VALUE_CAP, cut_field
from scanner.codec.wsd import DiscoveryMatch, mac_from_link_local, parse_matches, read_scopes, skeleton
from scanner.dissect.message import split_message
from scanner.dissect.settings import write_setting
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_SCOPE_FIELDS: Final = {
    "name": "onvif-wsd.name",
    "hardware": "onvif-wsd.hardware",
    "manufacturer": "onvif-wsd.manufacturer",
    "serial": "onvif-wsd.serial",
    "serialnumber": "onvif-wsd.serial",
    "version": "onvif-wsd.version",
}
_LOOSE_LIST: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(Scopes|XAddrs)(?:\s[^<>]{0,400})?>([^<]{1,8000})(<?)")
_LOOSE_FIELDS: Final = {"Scopes": "onvif-wsd.scopes", "XAddrs": "onvif-wsd.xaddrs"}
_LISTED: Final = re.compile(
    r"""[\["'\s]*,\s*["']?(?=onvif:)|["'\[\s]+["'](?=onvif:)|["'\s]*,?\s*\]|["'](?=\s|,|$)""", re.IGNORECASE
)
_LIST_SIGNS: Final = (",", '"', "'", "]")
"""What every one of these forms holds: a search for the signs is far quicker."""

_QUOTES: Final = " \t\r\n\"'[],"
_MAC_SCOPES: Final = frozenset(("mac", "macaddr", "macaddress"))
_LOOSE_INFORMATION: Final = re.compile(
    r"<(?:[\w.-]{1,40}:)?(Manufacturer|Model|FirmwareVersion|SerialNumber)>([^<]{1,200})</(?:[\w.-]{1,40}:)?\1>"
)
_INFORMATION_CAP: Final = 8_192
_INFORMATION_NAME: Final = re.compile(
    r"(?:^|(?<=[\s;,{'\"]))(manufacturer|modelname|model|firmwareversion|serialnumber|hardwareid)['\"]?\s{0,4}[:=]\s{0,4}",
    re.IGNORECASE,
)
_INFORMATION_WORDS: Final = {
    "manufacturer": "onvif.manufacturer",
    "model": "onvif.model",
    "modelname": "onvif.model",
    "firmwareversion": "onvif.firmware",
    "serialnumber": "onvif.serial",
}
_INFORMATION: Final = {
    "Manufacturer": "onvif.manufacturer",
    "Model": "onvif.model",
    "FirmwareVersion": "onvif.firmware",
    "SerialNumber": "onvif.serial",
}


def read_discovery(observation: Observation) -> Found:
    """A ProbeMatches or Hello: the parts of the match that speaks for the answering address."""
    text = observation.value
    try:
        matches = parse_matches(text.encode("utf-8", "replace"))
    except Garbled:
        pieces = tuple(_read_loose(text))
        if not pieces:
            raise
        yield from pieces
        return
    if not matches and "Envelope" not in text:  # a whole message that is no answer, a Probe, names what somebody wants
        yield from _read_loose(text)
    for match in _own_matches(matches, observation.address):
        yield "onvif-wsd.scopes", cut_field(" ".join(match.scopes))
        yield "onvif-wsd.types", cut_field(match.types)
        yield "onvif-wsd.xaddrs", cut_field(" ".join(match.xaddrs))
        yield "onvif-wsd.endpoint", match.endpoint
        yield "onvif-wsd.metadata-version", match.metadata_version
        yield "onvif-wsd.prefixes", cut_field(" ".join(match.prefixes))


def _read_loose(text: str) -> Found:
    """The lists in a piece of an answer that is no document: the first of each, without a last word that was cut."""
    named: set[str] = set()
    for found in _LOOSE_LIST.finditer(text):
        words = html.unescape(found[2]).split()
        kept = words if found[3] else words[:-1]
        if found[1] not in named and (found[1] == "XAddrs" or any(word.startswith("onvif:") for word in kept)):
            named.add(found[1])
            yield _LOOSE_FIELDS[found[1]], cut_field(" ".join(kept))


def _read_loose_information(text: str) -> Found:
    """What a piece of a device-information answer says, where no envelope is around it."""
    for found in _LOOSE_INFORMATION.finditer(text[:_INFORMATION_CAP]):
        yield _INFORMATION[found[1]], cut_field(html.unescape(found[2]))


def _own_matches(matches: Sequence[DiscoveryMatch], address: str | None) -> Sequence[DiscoveryMatch]:
    """Of several matches those that name the sender: a recorder may list the cameras behind it, which are others."""
    if len(matches) < 2 or not address:
        return matches
    own = [match for match in matches if any(address in (_host(url), url) for url in match.xaddrs)]
    return own or matches


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a bracket without its pair
        return ""


def read_scope_list(observation: Observation) -> Found:
    """What the scopes say: the skeleton, and one observation per category that names something."""
    text = observation.value
    if any(map(text.__contains__, _LIST_SIGNS)) and _LISTED.search(text):  # as a program prints a list
        yield "onvif-wsd.scopes", cut_field(" ".join(_LISTED.sub(" ", text).strip(_QUOTES).split()))
        return
    scopes = text.split()
    yield "onvif-wsd.skeleton", skeleton(scopes)
    pairs = read_scopes(scopes)
    for category, value in pairs:
        if category in _SCOPE_FIELDS:
            yield _SCOPE_FIELDS[category], value
        elif category in _MAC_SCOPES:
            yield "onvif-wsd.mac", normalise_mac(value) or ""
        elif category == "register_server":  # Uniview firmware: the platform it registers with
            yield "onvif-wsd.way-out", write_setting("server", value)
    yield "onvif-wsd.location", cut_field(" ".join(value for category, value in pairs if category == "location"))


def read_addresses(observation: Observation) -> Found:
    """The hardware address inside a link-local service address."""
    for url in observation.value.split():
        yield "onvif-wsd.mac", mac_from_link_local(url) or ""


def read_answer(observation: Observation) -> Found:
    """A SOAP answer of the device service, or the refusal of it, with or without its HTTP head."""
    text, refusal = observation.value, ""
    if text.startswith("HTTP/"):
        head, _, text = split_message(text)
        refusal = f"{head.status} {head.reason}".strip() if head.status >= 400 else ""
    try:
        answer = parse_answer(text.encode("utf-8", "replace"))
    except Garbled:
        yield "onvif.refusal", refusal
        yield from _read_loose_information(text)
        return
    yield "onvif.namespaces", cut_field(" ".join(answer.namespaces))
    yield "onvif.refusal", answer.fault or refusal
    yield from _read_values(answer)


def _read_values(answer: OnvifAnswer) -> Found:
    if answer.kind == "GetDeviceInformation":
        yield "onvif.device-information", cut_field("; ".join(f"{key}={text}" for key, text in answer.values))
        for key, text in answer.values:
            yield _INFORMATION.get(key, ""), text
    elif answer.kind in ("GetServices", "GetCapabilities"):
        yield "onvif.services", "\n".join(_write_service(*item) for item in list_services(answer))[:VALUE_CAP]
    elif answer.kind == "GetHostname":
        yield "onvif.hostname", answer.value("Name") or ""
    elif answer.kind == "GetSystemDateAndTime":
        yield "onvif.way-out", "ntp on" if (answer.value("DateTimeType") or "").upper() == "NTP" else ""
    elif answer.kind == "GetScopes":
        scopes = (text for key, text in answer.values if key == "ScopeItem")
        yield "onvif-wsd.scopes", cut_field(" ".join(scopes))


def _write_service(namespace: str, url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    return f"{namespace} {path}".strip()


def read_information(observation: Observation) -> Found:
    """Device information in one text, "Manufacturer=…; Model=…", or as other tools print it: with colons and quotes."""
    for key, text in _read_pairs(observation.value[:_INFORMATION_CAP]):
        yield _INFORMATION_WORDS.get(key, ""), cut_field(text)


def _read_pairs(text: str) -> Iterator[tuple[str, str]]:
    """(name in lower case, value) of every part that is named; a value reaches to the next name."""
    names = list(_INFORMATION_NAME.finditer(text))
    ends = [*(found.start() for found in names[1:]), len(text)]
    for found, end in zip(names, ends, strict=False):
        yield found[1].lower(), text[found.end() : end].strip(" \t\r\n;,\"'{}")
