"""The Uniview private probe on UDP 3702 (answers to local port 3705); reads only, contacts nothing it is told of.

Source: request bodies and answers of the Go package ipcamera and of IPCamClockSync.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled
from scanner.codec.wsd import DiscoveryMatch, read_matches
from scanner.codec.xml_text import find, local_name, parse_document

PORT: Final = 3702
LOCAL_PORT: Final = 3705

_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:tns="{tns}"{extra}>'
    "<s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{message}</a:MessageID>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>"
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_OWN: Final = "http://www.uniview.com/Ver10/Device/wsdl"
_STANDARD: Final = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_FORMS: Final = (
    (_OWN, "", f"{_OWN}/UniviewProbe", "<tns:UniviewProbe/>"),
    (
        _STANDARD,
        ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"',
        f"{_STANDARD}/Probe",
        "<tns:UniviewProbe><tns:Types>dn:NetworkVideoTransmitter</tns:Types></tns:UniviewProbe>",
    ),
)
_UUID: Final = re.compile(r"[0-9A-Fa-f-]{8,64}")


@dataclass(frozen=True, slots=True)
class UniviewAnswer:
    """One answer, which may list several units."""

    element: str  # body element, "UniviewProbeMatches" for a true answer
    matches: tuple[DiscoveryMatch, ...]

    @property
    def is_answer(self) -> bool:
        """True for an answer to the private probe."""
        return self.element == "UniviewProbeMatches"


def build_search(make_id: Callable[[], str]) -> tuple[bytes, ...]:
    """Build both request forms; `make_id` gives a bare UUID."""
    return tuple(_build_form(make_id(), *form) for form in _FORMS)


def _build_form(message: str, tns: str, extra: str, action: str, body: str) -> bytes:
    if _UUID.fullmatch(message) is None:
        raise ValueError(f"{message!r} is not a UUID")
    return _ENVELOPE.format(tns=tns, extra=extra, action=action, message=message, body=body).encode("ascii")


def parse_answer(data: bytes) -> UniviewAnswer:
    """Read one datagram; raises Garbled, also for one that was cut before it told anything of a device."""
    root, namespaces, cut = parse_document(data)
    body = find(root, "Body")
    if local_name(root).lower() != "envelope" or body is None or not len(body):
        raise Garbled("no SOAP envelope")
    answer = UniviewAnswer(local_name(body[0]), read_matches(root, namespaces))
    if cut and not any(match.endpoint or match.scopes or match.xaddrs for match in answer.matches):
        raise Garbled("a Uniview answer that ends before it names a device")
    return answer
