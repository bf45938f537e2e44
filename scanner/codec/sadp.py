"""SADP inquiries out, ProbeMatch answers in; no other verb exists here, and salts are dropped before anyone sees them.

Port 37020 also carries verbs that activate, re-address and reset devices: they are not implemented, not even disabled.
Sources: answers captured by open tools (UniversalScanner's self-test, hikvision-tooling).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.text import decode_text, is_secret, mask_xml, read_number, write_network
from scanner.codec.xml_text import local_name, parse_document, read_leaves

GROUP: Final = "239.255.255.250"
PORT: Final = 37020

VERBS: Final = ("inquiry", "inquiry_v32")
"""The two read-only verbs."""

_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PROBE: Final = re.compile(rb"<\s{0,4}probe[\s>]", re.IGNORECASE)
_INQUIRY: Final = '<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{uuid}</Uuid><Types>{verb}</Types></Probe>'


@dataclass(frozen=True, slots=True)
class SadpAnswer:
    """One answer; `fields` are (name as sent, text) without credentials; absent parts are empty text."""

    root: str  # "ProbeMatch" for a true answer
    fields: tuple[tuple[str, str], ...]
    text: str  # the answer as capped text, credentials cut out
    uuid: str
    model: str
    type_code: str
    serial: str
    mac: str  # normalised; empty when it is none
    firmware: str
    dsp: str
    oem: str
    activated: str  # "true", "false" or empty
    channels: int | None  # analogue plus digital; None when the unit names neither
    analogue: int | None  # inputs for cameras on coaxial cable
    network: str  # "192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false"
    ipv4: str
    http_port: int | None
    command_port: int | None

    @property
    def is_answer(self) -> bool:
        """True for a ProbeMatch."""
        return is_answer(self.root)

    @property
    def names_device(self) -> bool:
        """True when it says anything of the unit that sent it."""
        return bool(self.model or self.type_code or self.serial or self.mac or self.firmware)


def build_inquiry(uuid: str, verb: str = "inquiry") -> bytes:
    """Build one inquiry; ValueError for any verb but the two of VERBS, or a UUID that is not one.

    The UUID is sent in upper case, as the vendor's tool does.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is not a read-only verb: only {' and '.join(VERBS)} are ever sent")
    if _UUID.fullmatch(uuid) is None:
        raise ValueError(f"{uuid!r} is not a UUID")
    return _INQUIRY.format(uuid=uuid.upper(), verb=verb).encode("ascii")


def redact(data: bytes) -> bytes:
    """The datagram with salts and other secrets turned to asterisks: what may be stored and hashed as evidence."""
    return mask_xml(data)


def parse_answer(data: bytes) -> SadpAnswer:
    """Read one datagram; raises Garbled when it is not XML, or was cut before it named a device.

    A datagram from 37020 that is not XML is worth a raw. An answer that was cut is read up to the cut, and its root
    alone says too little: whoever sends no more must not be taken for a device.
    """
    root, fields = read_parts(data)
    return read_fields(root, fields, decode_text(redact(data)).rstrip("\x00"))


def read_parts(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Root and fields of one datagram, all that can be dissected from it; raises Garbled as `parse_answer` does."""
    document = parse_document(data)
    root = local_name(document.root)
    fields = tuple([(name, text) for name, text in read_leaves(document.root) if not is_secret(name)])
    if document.cut and is_answer(root) and not read_fields(root, fields, "").names_device:
        raise Garbled("a SADP answer that ends before it names a device")
    return root, fields


def is_answer(root: str) -> bool:
    """True for the root of a ProbeMatch; some firmware shouts its tags."""
    return root.lower() == "probematch"


def read_fields(root: str, fields: tuple[tuple[str, str], ...], text: str) -> SadpAnswer:
    """Make an answer of its fields, names in any case; used for answers that came as KEY=VALUE lines too."""
    by_name: dict[str, str] = {}
    for name, value in fields:
        by_name.setdefault(name.lower(), value)

    def get(name: str) -> str:
        return by_name.get(name, "")

    model, type_code = _read_model(get("devicedescription"), get("devicetype"))
    return SadpAnswer(
        root=root,
        fields=fields,
        text=text,
        uuid=get("uuid"),
        model=model,
        type_code=type_code,
        serial=get("devicesn"),
        mac=normalise_mac(get("mac")) or "",
        firmware=get("softwareversion"),
        dsp=get("dspversion"),
        oem=get("oeminfo"),
        activated=get("activated").lower(),
        channels=_read_channels(by_name),
        analogue=read_number(by_name.get("analogchannelnum")),
        network=write_network(get("ipv4address"), get("ipv4subnetmask"), get("ipv4gateway"), get("dhcp")),
        ipv4=get("ipv4address"),
        http_port=read_number(get("httpport")),
        command_port=read_number(get("commandport")),
    )


def _read_model(description: str, device_type: str) -> tuple[str, str]:
    """Model and numeric type; some EZVIZ units put the model where others have the number."""
    numeric = device_type.isdigit()
    return description or ("" if numeric else device_type), device_type if numeric else ""


def _read_channels(by_name: Mapping[str, str]) -> int | None:
    numbers = [read_number(by_name.get(name)) for name in ("analogchannelnum", "digitalchannelnum")]
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def is_own_probe(data: bytes, uuid: str = "") -> bool:
    """True for an inquiry (ours or another tool's) heard back from the group; with `uuid`, only for that one."""
    return _PROBE.search(data, 0, 400) is not None and uuid.upper().encode("ascii", "replace") in data.upper()
