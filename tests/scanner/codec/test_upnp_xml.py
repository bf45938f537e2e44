"""Description documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.upnp_xml import parse_description
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

# A router, from issue 57243 of home-assistant/core; tail of the UDN masked.
REAL = b"""<root xmlns="urn:schemas-upnp-org:device-1-0">
<specVersion>
<major>1</major>
<minor>0</minor>
</specVersion>
<device>
<deviceType>urn:schemas-upnp-org:device:avmnexus:1</deviceType>
<friendlyName>FRITZ!Box 7530</friendlyName>
<manufacturer>AVM Berlin</manufacturer>
<manufacturerURL>http://www.avm.de</manufacturerURL>
<modelDescription>FRITZ!Box 7530</modelDescription>
<modelName>FRITZ!Box 7530</modelName>
<modelNumber>avme</modelNumber>
<UDN>uuid:535502409-bccb-40e7-8e6c-2C91AB000000</UDN>
<presentationURL>http://192.168.0.1</presentationURL>
</device>
</root>"""


def describe(inside: str) -> bytes:
    return f"<root><device>{inside}</device></root>".encode()


def test_a_real_document() -> None:
    device = feed_datagram(parse_description, REAL)
    assert (device.manufacturer, device.manufacturer_url) == ("AVM Berlin", "http://www.avm.de")
    assert (device.model_name, device.model_number) == ("FRITZ!Box 7530", "avme")
    assert (device.friendly_name, device.model_description) == ("FRITZ!Box 7530", "FRITZ!Box 7530")
    assert device.device_type == "urn:schemas-upnp-org:device:avmnexus:1"
    assert (device.serial, device.mac) == ("", "")
    assert (device.udn, device.presentation_url) == ("uuid:535502409-bccb-40e7-8e6c-2C91AB000000", "http://192.168.0.1")


@pytest.mark.parametrize(
    ("inside", "mac"),
    [
        ("<UDN>uuid:4d454930-0000-1000-8001-4419B6000001</UDN>", "44:19:b6:00:00:01"),  # time-based: a real node
        ("<UDN>uuid:535502409-bccb-40e7-8e6c-2C91AB000000</UDN>", ""),  # random: no address
        ("<UDN>uuid:4d454930-0000-1000-8001-0119b6000001</UDN>", ""),  # a multicast bit marks a made-up node
        ("<UDN>uuid:4d454930-0000-1000-8001-0219b6000001</UDN>", ""),
        ("<macAddr>00-18-23-00-00-01</macAddr>", "00:18:23:00:00:01"),
        ("<MACAddress>001823000001</MACAddress>", "00:18:23:00:00:01"),
    ],
)
def test_hardware_addresses(inside: str, mac: str) -> None:
    assert parse_description(describe(inside)).mac == mac


def test_the_answer_of_tvt_instead_of_ssdp() -> None:
    device = parse_description(
        b"<multicastSearchResult><productModel>TD-9421</productModel><macAddr>00:18:23:00:00:01</macAddr>"
        b"</multicastSearchResult>"
    )
    assert (device.model_number, device.mac) == ("TD-9421", "00:18:23:00:00:01")


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"<root/>", b"not xml"])
def test_other_documents_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_description(data)


@given(st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_description, data)
    parses_or_garbles(parse_description, b"<device>" + data + b"</device>")
