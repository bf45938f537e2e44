"""Hostile XML documents: entities, DTDs, depth, breadth and encodings, as ONVIF answers and UPnP descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from simulator.datagrams import Answer, Question
from simulator.device import Device
from simulator.hostile.case import Case, OnTcp, OnUdp, Talks
from simulator.hostile.pouring import PIECE, hear, pours
from simulator.streams import Talk

SOAP: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"

ENVELOPE: Final = (
    b'<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"'
    b' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
)

MATCH: Final = (
    '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<e:Header><a:RelatesTo>{relates_to}</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>"
    "<a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address></a:EndpointReference>"
    "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/type/video_encoder</d:Scopes>"
    "<d:XAddrs>http://{ip}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
    "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
)
"""An honest discovery answer, so that the service behind it is asked."""

SSDP_PORT: Final = 1900
SSDP_GROUP: Final = "239.255.255.250"

LAUGHS: Final = b"<!DOCTYPE l [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
) + b"]>"  # fmt: skip
"""Ten to the eleventh laughs."""


def _soap(body: bytes) -> bytes:
    return SOAP + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


def _answers(make: Callable[[], bytes]) -> Talks:
    """Answer every POST with the document, and everything else with a plain page."""

    async def converse(talk: Talk) -> None:
        line = await hear(talk)
        if line.startswith("POST") or "desc" in line:
            await talk.say(_soap(make()))
        else:
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")

    return converse


def _clock(fill: bytes, before: bytes = b"") -> bytes:
    """An answer about the clock with something in it."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + before
        + ENVELOPE
        + b"<env:Body><tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>"
        + fill
        + b"</tt:DateTimeType></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></env:Body></env:Envelope>"
    )


WSD: Final[dict[str, Any]] = {"play": "wsd", "answer": MATCH}


def _onvif(name: str, does: str, make: Callable[[], bytes]) -> Case:
    return Case(f"onvif-{name}", "documents", does, (OnTcp(_answers(make), (80,)),), (WSD,))


ONVIF: Final = (
    _onvif("laughs", "answers ONVIF with entities that unfold to 200 GB", lambda: _clock(b"&a11;", LAUGHS)),
    _onvif(
        "external-entity",
        "answers ONVIF with entities that read files and fetch pages",
        lambda: _clock(
            b"&x;&y;",
            b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://10.66.1.250/dtd">]>',
        ),
    ),
    _onvif(
        "parameter-entity",
        "answers ONVIF with a DTD from another host",
        lambda: _clock(
            b"x", b'<!DOCTYPE l PUBLIC "a" "http://10.66.1.250/x.dtd" [<!ENTITY % p SYSTEM "http://10.66.1.250/p">%p;]>'
        ),
    ),
    _onvif(
        "quadratic",
        "answers ONVIF with one long entity named ten thousand times",
        lambda: _clock(b"&q;" * 10_000, b"<!DOCTYPE l [<!ENTITY q '" + b"q" * 20_000 + b"'>]>"),
    ),
    _onvif("deep", "answers ONVIF with elements 100,000 deep", lambda: _clock(b"<a>" * 100_000 + b"</a>" * 100_000)),
    _onvif("wide", "answers ONVIF with 20,000 elements side by side", lambda: _clock(b"<a/>" * 20_000)),
    _onvif(
        "attributes",
        "answers ONVIF with an element of 10,000 attributes",
        lambda: _clock(b"<a " + b" ".join(b"b%d='c'" % n for n in range(10_000)) + b"/>"),
    ),
    _onvif(
        "prefixes",
        "answers ONVIF with 5,000 namespaces and prefixes that nobody declared",
        lambda: _clock(b"<u:a " + b" ".join(b"xmlns:n%d='urn:%d'" % (n, n) for n in range(5_000)) + b"/>"),
    ),
    _onvif(
        "encodings",
        "answers ONVIF in UTF-7, says UTF-32, and closes no comment",
        lambda: _clock(b"+ADw-script+AD4-\xff\xfe<!-- ").replace(b"UTF-8", b"UTF-32"),
    ),
    _onvif("comment", "answers ONVIF with a comment that never ends", lambda: _clock(b"<!--" + b"- " * 40_000)),
)


def _locate(question: Question, device: Device) -> Sequence[Answer]:
    if not question.data.startswith(b"M-SEARCH"):
        return ()
    text = (
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nSERVER: Linux UPnP/1.0\r\n"
        f"LOCATION: http://{device.address}:49152/description.xml\r\nST: upnp:rootdevice\r\n"
        f"USN: uuid:{device.fill('{uuid}')}::upnp:rootdevice\r\n\r\n"
    )
    return (Answer(text.encode()),)


def _upnp(name: str, does: str, script: Talks) -> Case:
    parts = (OnUdp(_locate, SSDP_PORT, (SSDP_GROUP,)), OnTcp(script, (49_152,)))
    return Case(f"upnp-{name}", "documents", does, parts)


def _description(fill: bytes, before: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0"?>'
        + before
        + b'<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>'
        + fill
        + b"</friendlyName></device></root>"
    )


UPNP: Final = (
    _upnp(
        "laughs",
        "describes itself in entities that unfold without end",
        _answers(lambda: _description(b"&a11;", LAUGHS)),
    ),
    _upnp("deep", "describes itself 100,000 elements deep", _answers(lambda: _description(b"<a>" * 100_000))),
    _upnp(
        "endless",
        "describes itself without end",
        pours(SOAP + b"\r\n<root><device>", b"<friendlyName>a</friendlyName>" * (PIECE // 30)),
    ),
)

CASES: Final = (*ONVIF, *UPNP)
