"""DHDiscover.search out, client.notifyDevInfo in (DHIP framing); no other method exists here.

The family of methods also sets addresses and passwords: they are not implemented, not even disabled.
Sources: rroller/dahua discovery tests, UniversalScanner self-test, AMP-Research capture.
"""

from __future__ import annotations

import itertools
import re
import struct
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.macs import normalise_mac
from scanner.codec.text import VALUE_CAP, decode_text, flatten_json, mask_json, read_json, read_number, write_network

GROUP: Final = "239.255.255.251"
PORT: Final = 37810

CAMERA_CLASSES: Final = frozenset({"", "IPC", "SD", "TPC", "VTO", "VTH"})
"""Device classes whose local video input is their own lens."""

_BODY: Final = b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}\n'
_HEADER: Final = struct.Struct("<I4s8xIIII")  # 32, "DHIP", session and request id, length, 0, length again, 0
_INFO: Final = "params.deviceInfo."
_ANSWER: Final = "client.notifyDevInfo"
_ANSWERS: Final = frozenset((_ANSWER.lower(), "client.notifydeviceinfo"))
_PAIR: Final = re.compile(
    r'"([A-Za-z0-9]{1,40})"\s{0,9}:\s{0,9}(?:"((?:[^"\\]|\\.){0,500})"|(-?[0-9]{1,12}|true|false)(?=\s{0,9}[,}]))'
)
_BLOCK: Final = re.compile(r'"(?:IPv[46]Address)"\s{0,9}:\s{0,9}\{[^{}]{0,2000}\}?')

_NAMES: Final = frozenset(("devicetype", "deviceclass", "serialno", "mac", "version"))
"""Members of which a cut answer must hold one: its method alone is too little to take it for a device's."""

PAIRS_CAP: Final = 200
"""Members read of an answer that was cut: a whole one has some 40."""


@dataclass(frozen=True, slots=True)
class DahuaAnswer:
    """One answer; `fields` are (dotted name, text), credentials dropped; absent parts are empty text."""

    method: str  # "client.notifyDevInfo" for a true answer
    text: str  # the JSON without header and trailing NULs
    fields: tuple[tuple[str, str], ...]
    device_class: str
    model: str
    serial: str
    mac: str
    firmware: str
    vendor: str
    manufacturer: str
    channels: int | None  # video inputs, local and remote
    analogue: int | None  # local video inputs of what is no camera: sockets for coaxial cable
    network: str
    ipv4: str
    http_port: int | None
    port: int | None

    @property
    def is_answer(self) -> bool:
        """True for a device's description of itself."""
        return self.method.lower() in _ANSWERS


def build_search() -> bytes:
    """The search datagram: 32 bytes of DHIP header and the JSON body."""
    return _HEADER.pack(_HEADER.size, b"DHIP", len(_BODY), 0, len(_BODY), 0) + _BODY


def redact(data: bytes) -> bytes:
    """The datagram with the values of secrets turned to asterisks: what may be stored and hashed as evidence."""
    return mask_json(data)


def parse_answer(data: bytes) -> DahuaAnswer:
    """Read one datagram, or the bare JSON of one; raises Garbled.

    The JSON begins at the first brace after the header: some firmware gives wrong lengths in it. Of an answer that was
    cut, the members before the cut are read. An answer whose method was left out is one by its deviceInfo.
    """
    if len(data) > VALUE_CAP:
        raise Garbled(f"a DHDiscover answer of {len(data)} bytes")
    start = data.find(b"{", _HEADER.size if data[4:8] == b"DHIP" else 0)
    if start < 0:
        raise Garbled("a DHDiscover answer without JSON")
    text = decode_text(redact(data[start:])).rstrip("\x00\r\n\t ")
    try:
        whole = flatten_json(read_json(text))
    except Garbled:
        whole = _read_cut(text)
    if all(name != "method" for name, _ in whole) and any(name == f"{_INFO}DeviceType" for name, _ in whole):
        whole = (("method", _ANSWER), *whole)
    return read_fields(tuple((name.removeprefix(_INFO), value) for name, value in whole), text)


def _read_cut(text: str) -> tuple[tuple[str, str], ...]:
    """The members of an answer whose end is missing; those of the address blocks, whose names repeat, are left out."""
    if not any(f'"{name}"' in text.lower() for name in _ANSWERS):
        raise Garbled("a DHDiscover answer that is no JSON")
    found = itertools.islice(_PAIR.finditer(_BLOCK.sub("", text)), PAIRS_CAP)
    pairs = tuple((item[1], item[2] if item[2] is not None else item[3]) for item in found)
    if _NAMES.isdisjoint(name.lower() for name, value in pairs if value):
        raise Garbled("a DHDiscover answer that ends before it names a device")
    return pairs


def read_fields(fields: tuple[tuple[str, str], ...], text: str) -> DahuaAnswer:
    """Make an answer of its fields; used for answers that came as KEY=VALUE lines too."""
    by_name = {name.lower(): value for name, value in reversed(fields)}

    def get(name: str) -> str:
        return by_name.get(name.lower(), "")

    inputs = [read_number(get(name)) for name in ("VideoInputChannels", "RemoteVideoInputChannels")]
    return DahuaAnswer(
        method=get("method"),
        text=text,
        fields=fields,
        device_class=get("DeviceClass"),
        model=get("DeviceType"),
        serial=get("SerialNo") or get("DeviceID"),
        mac=normalise_mac(get("mac")) or "",
        firmware=get("Version"),
        vendor=get("Vendor"),
        manufacturer=get("Manufacturer"),
        channels=sum(filter(None, inputs)) if any(number is not None for number in inputs) else None,
        analogue=None if get("DeviceClass") in CAMERA_CLASSES else inputs[0],
        network=write_network(
            get("IPv4Address.IPAddress"),
            get("IPv4Address.SubnetMask"),
            get("IPv4Address.DefaultGateway"),
            get("IPv4Address.DhcpEnable"),
        ),
        ipv4=get("IPv4Address.IPAddress"),
        http_port=read_number(get("HttpPort")),
        port=read_number(get("Port")),
    )
