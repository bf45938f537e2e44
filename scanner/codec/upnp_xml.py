"""Reads UPnP device description documents (UPnP Device Architecture 1.1, section 2.3); follows no URL inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element  # the type only; defusedxml does the parsing

from scanner.codec import Garbled
from scanner.codec.macs import is_group, is_local, normalise_mac
from scanner.codec.xml_text import find, find_text, parse_xml

_TIME_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-([0-9a-f]{12})", re.IGNORECASE)
_MAC_ELEMENTS: Final = ("macAddress", "macAddr", "MAC")


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
    return read_description(parse_xml(data))


def read_description(root: Element) -> DeviceDescription:
    """Read a document that was parsed already; raises Garbled when it describes no device."""
    device = find(root, "device")
    if device is None:
        device = find(root, "multicastSearchResult")
    if device is None:
        raise Garbled("a document that describes no device")

    def get(*names: str) -> str:
        return next((text for name in names if (text := find_text(device, name))), "")

    udn = get("UDN")
    return DeviceDescription(
        manufacturer=get("manufacturer"),
        manufacturer_url=get("manufacturerURL"),
        model_name=get("modelName"),
        model_number=get("modelNumber", "productModel"),
        model_description=get("modelDescription"),
        friendly_name=get("friendlyName"),
        serial=get("serialNumber"),
        device_type=get("deviceType"),
        udn=udn,
        presentation_url=get("presentationURL"),
        mac=normalise_mac(get(*_MAC_ELEMENTS)) or _mac_from_udn(udn),
    )


def _mac_from_udn(udn: str) -> str:
    """The node of a time-based UUID (RFC 9562 section 5.1), where it is a burnt-in address."""
    found = _TIME_UUID.search(udn)
    mac = normalise_mac(found[1]) if found else None
    return mac if mac and not is_group(mac) and not is_local(mac) else ""
