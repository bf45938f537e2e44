"""Anonymous ONVIF device-service requests out, answers and faults in; never a Security header, never a write call.

Access classes: ONVIF Core, chapter 8; request bodies as in the device management WSDL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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


def build_call(name: str) -> bytes:
    """Build the SOAP 1.2 envelope of one of CALLS, without any header block; ValueError for any other name."""
    raise NotImplementedError


def parse_answer(data: bytes) -> OnvifAnswer:
    """Read the SOAP envelope of an answer (the HTTP body); raises Garbled when there is none."""
    raise NotImplementedError
