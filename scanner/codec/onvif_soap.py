"""Anonymous ONVIF device-service requests out, answers and faults in; never a Security header, never a write call.

Access classes: ONVIF Core, chapter 8; request bodies as in the device management WSDL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element  # the type only; defusedxml does the parsing

from scanner.codec import Garbled
from scanner.codec.text import cut_field
from scanner.codec.xml_text import (
    element_text,
    find,
    find_all,
    find_text,
    local_name,
    parse_document,
    read_leaves,
)

PATH: Final = "/onvif/device_service"
"""Where the device service must answer (ONVIF Core 5.1.1)."""

CONTENT_TYPE: Final = "application/soap+xml; charset=utf-8"

CALLS: Final = (
    "GetSystemDateAndTime",
    "GetServices",
    "GetCapabilities",
    "GetHostname",
    "GetEndpointReference",
    "GetDeviceInformation",
    "GetScopes",
)
"""The only calls there are: all read, the first five must work without credentials (PRE_AUTH)."""


@dataclass(frozen=True, slots=True)
class OnvifAnswer:
    """One answer of the device service."""

    kind: str  # local name of the body element without "Response": "GetServices"; "Fault" for a refusal
    values: tuple[tuple[str, str], ...]  # (local name, text) of the leaves in document order
    namespaces: tuple[str, ...]  # namespace addresses declared, in the order met
    fault: str  # "ter:NotAuthorized Sender not authorized"; empty when it is no fault

    def value(self, name: str) -> str | None:
        """The first value of that local name."""
        return next((text for key, text in self.values if key == name), None)


_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    "<s:Body>{call}</s:Body></s:Envelope>"
)
_ARGUMENTS: Final = {
    "GetServices": "<tds:IncludeCapability>false</tds:IncludeCapability>",
    "GetCapabilities": "<tds:Category>All</tds:Category>",
}


def build_call(name: str) -> bytes:
    """Build the SOAP 1.2 envelope of one of CALLS, without any header block; ValueError for any other name."""
    if name not in CALLS:
        raise ValueError(f"{name!r} is not one of the calls that read without a credential")
    arguments = _ARGUMENTS.get(name)
    call = f"<tds:{name}>{arguments}</tds:{name}>" if arguments else f"<tds:{name}/>"
    return _ENVELOPE.format(call=call).encode("ascii")


def parse_answer(data: bytes) -> OnvifAnswer:
    """Read the SOAP envelope of an answer (the HTTP body); raises Garbled when there is none."""
    root, declared, _ = parse_document(data)
    body = find(root, "Body")
    if local_name(root).lower() != "envelope" or body is None:
        raise Garbled("no SOAP envelope")
    namespaces = tuple(dict.fromkeys(uri for _, uri in declared if uri))
    if not len(body):
        return OnvifAnswer("", (), namespaces, "")
    if local_name(body[0]) == "Fault":
        return OnvifAnswer("Fault", (), namespaces, _read_fault(body[0]))
    kind = local_name(body[0]).removesuffix("Response")
    return OnvifAnswer(kind, read_leaves(body[0]), namespaces, "")


def _read_fault(fault: Element) -> str:
    """The innermost code and the reason: SOAP 1.2 (Subcode, Text) or SOAP 1.1 (faultcode, faultstring)."""
    codes = [element_text(item) for item in find_all(fault, "Value")]
    code = codes[-1] if codes else find_text(fault, "faultcode") or ""
    reason = find_text(fault, "Text") or find_text(fault, "faultstring") or ""
    return cut_field(f"{code} {reason}")


def list_services(answer: OnvifAnswer) -> tuple[tuple[str, str], ...]:
    """(namespace or category, address) of each service of a GetServices or GetCapabilities answer."""
    services: list[tuple[str, str]] = []
    name = ""
    for key, text in answer.values:
        if key == "Namespace":
            name = text
        elif key == "XAddr":
            services.append((name, text))
    return tuple(services)
