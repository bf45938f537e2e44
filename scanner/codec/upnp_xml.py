"""Reads UPnP device description documents (UPnP Device Architecture 1.1, section 2.3); follows no URL inside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceDescription:
    """The root device; absent elements are empty text."""

    manufacturer: str
    manufacturer_url: str
    model_name: str
    model_number: str
    model_description: str
    friendly_name: str
    serial: str
    device_type: str
    udn: str
    presentation_url: str
    mac: str  # from the UDN or a vendor element; empty when there is none


def parse_description(data: bytes) -> DeviceDescription:
    """Read one document, also TVT's multicastSearchResult; raises Garbled when it describes no device."""
    raise NotImplementedError
