"""HTTP answers to their parts: headers, challenges, cookies, titles, and what XML and JSON bodies say of a device."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from scanner.codec.challenges import parse_challenges
from scanner.codec.macs import normalise_mac, prefix
from scanner.codec.text import cut_field, flatten_json, read_json
from scanner.codec.xml_text import find, local_name, namespace, parse_xml, read_leaves
from scanner.dissect.message import join_chunks, list_header, split_message, write_shape
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_HEADERS: Final = (
    ("http.server-header", "server"),
    ("http.www-authenticate", "www-authenticate"),
    ("http.set-cookie", "set-cookie"),
    ("http.location", "location"),
)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_TITLE_SPELLINGS: Final = ("<title", "<TITLE", "<Title")
_FIRST_TAG: Final = re.compile(r"\s*<(?:\?xml|([A-Za-z_][\w.:-]{0,60})[\s/>])")
_PAGES: Final = frozenset(
    ("html", "head", "body", "script", "meta", "title", "frameset", "table", "div", "center", "link")
)
_LOGIN_REALM: Final = re.compile(r"Login to ([0-9A-Z]{10,24})")
_COOKIE: Final = re.compile(r"([^=;\s]{1,200})\s{0,8}=")
_PAIR: Final = re.compile(r"([A-Za-z]{1,20})\s?=\s?([^\r\n<>]{1,200})")
_LISTING: Final = re.compile(r"[A-Za-z]{1,20}\s?=")
_LISTING_CAP: Final = 4_096
_LISTING_KEYS: Final = {
    "devicetype": "http.model",
    "updateserial": "http.model",
    "serialnumber": "http.serial",
    "sn": "http.serial",
    "version": "http.firmware",
    "softwareversion": "http.firmware",
    "vendor": "http.brand",
}
"""Names in the plain-text answers of Dahua magicBox.cgi (HTTP API of the maker: getSystemInfo, getSoftwareVersion)."""

_MODEL_KEYS: Final = ("model", "devicemodel", "modelname")
_SERIAL_KEYS: Final = ("serialnumber", "serialno")
_FIRMWARE_KEYS: Final = ("firmwareversion", "softwareversion")


def read_answer(observation: Observation) -> Found:
    """A whole answer: status, the headers that tell makers apart, their shape, and the body."""
    text = observation.value
    if text.lstrip("\ufeff\r\n\t ")[:1] in ("<", "{"):  # HTTP/0.9: a body without a head
        yield "http.body", text
        return
    head, _, body = split_message(text)
    if head.status:
        yield "http.status", str(head.status)
    if head.status and observation.request:
        yield "http.answer", f"{head.status} {observation.request}"
    for name, header in _HEADERS:
        for value in list_header(head, header):
            yield name, value
    yield "http.header-shape", write_shape(head)
    yield "http.body", join_chunks(head, body)


def read_challenge(observation: Observation) -> Found:
    """The realms of a challenge header."""
    for challenge in parse_challenges(observation.value):
        yield "http.realm", cut_field(challenge.realm or "")


def read_realm(observation: Observation) -> Found:
    """The serial number that Dahua firmware writes into the realm; newer firmware writes a hash, which is none."""
    found = _LOGIN_REALM.fullmatch(observation.value)
    if found is not None:
        yield "serial.value", found[1]


def read_cookie(observation: Observation) -> Found:
    """The name of a cookie."""
    found = _COOKIE.match(observation.value.lstrip())
    if found is not None:
        yield "http.cookie-name", found[1]


def read_body(observation: Observation) -> Found:
    """The title of a page, or what an XML or JSON body says of the device."""
    text = observation.value
    yield "http.title", _read_title(text)
    start = text.lstrip("\ufeff\r\n\t ")
    if start.startswith("{"):
        yield from _read_json_body(start)
    elif _is_xml(start):
        yield from _read_xml_body(start)
    elif _LISTING.match(start):
        yield from _read_listing(start)


def _read_title(text: str) -> str:
    starts = [at for at in map(text.find, _TITLE_SPELLINGS) if at >= 0]
    found = _TITLE.match(text, min(starts)) if starts else None
    return cut_field(" ".join(html.unescape(found[1]).split())) if found else ""


def _is_xml(start: str) -> bool:
    found = _FIRST_TAG.match(start)
    return found is not None and (found[1] is None or found[1].lower() not in _PAGES)


def _read_xml_body(text: str) -> Found:
    root = parse_xml(text.encode("utf-8", "replace"), cap=4 * len(text))
    name = local_name(root)
    if name.lower() in _PAGES:
        return
    yield "http.xml-root", cut_field(f"{name} {namespace(root)}")
    if name.lower() == "root" and find(root, "device") is not None:
        yield "upnp-xml.raw", text
        return
    leaves: dict[str, str] = {}
    for key, value in read_leaves(root):
        leaves.setdefault(key.lower(), value)
    yield "http.model", _first(leaves, _MODEL_KEYS)
    yield "http.serial", _first(leaves, _SERIAL_KEYS)
    yield "http.firmware", _read_firmware(leaves)
    mac = normalise_mac(leaves.get("macaddress", ""))
    if mac is not None:
        yield "mac.prefix", prefix(mac)


def _read_listing(text: str) -> Found:
    """Lines of KEY=VALUE as Dahua firmware answers; the first line of a name decides."""
    named: set[str] = set()
    lines = text[:_LISTING_CAP].splitlines()
    for line in lines:
        found = _PAIR.fullmatch(line.strip())
        key = found[1].lower() if found else ""
        name = _LISTING_KEYS.get(key) or ("http.model" if key == "type" and len(lines) == 1 else None)
        if found and name and name not in named:
            named.add(name)
            yield name, cut_field(found[2])


def _first(leaves: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((leaves[key] for key in keys if leaves.get(key)), "")


def _read_firmware(leaves: dict[str, str]) -> str:
    """Version and build as one text, "V5.5.82 build 190909", the form that SADP and SNMP use too."""
    version = _first(leaves, _FIRMWARE_KEYS)
    build = leaves.get("firmwarereleaseddate", "")
    return f"{version} {build}" if version and build.startswith("build") else version


def _read_json_body(text: str) -> Found:
    """Axis basic device information and Uniview LAPI device information; other JSON is left alone."""
    if '"propertyList"' not in text and '"Response"' not in text:
        return
    fields = dict(flatten_json(read_json(text)))
    for prefix_, names in _JSON_FIELDS:
        for key, name in names:
            yield name, fields.get(prefix_ + key, "")


_JSON_FIELDS: Final = (
    (
        "data.propertyList.",
        (
            ("Brand", "http.brand"),
            ("ProdNbr", "http.model"),
            ("SerialNumber", "http.serial"),
            ("Version", "http.firmware"),
        ),
    ),
    (
        "Response.Data.",
        (
            ("DeviceModel", "http.model"),
            ("SerialNumber", "http.serial"),
            ("FirmwareVersion", "http.firmware"),
        ),
    ),
)
