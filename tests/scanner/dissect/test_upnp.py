"""What SSDP and description documents say of a device."""

from __future__ import annotations

from tests.scanner.dissect.finding import find


def test_an_answer() -> None:
    text = (
        "HTTP/1.1 200 OK\r\nLOCATION: http://192.0.2.20:49152/d.xml\r\nSERVER: Linux, Private Upnp SDK\r\n"
        "ST: upnp:rootdevice\r\nUSN: uuid:device_3_0-AMC047530045\r\n\r\n"
    )
    assert find("ssdp.raw", text) == {
        "ssdp.server": ["Linux, Private Upnp SDK"],
        "ssdp.usn": ["uuid:device_3_0-AMC047530045"],
        "ssdp.st": ["upnp:rootdevice"],
        "ssdp.location": ["http://192.0.2.20:49152/d.xml"],
        "ssdp.serial": ["AMC047530045"],
        "serial.value": ["AMC047530045"],
    }


def test_a_document() -> None:
    text = (
        "<root><device><deviceType>urn:x:EmbeddedNetDevice:1</deviceType><friendlyName>DVR8</friendlyName>"
        "<manufacturer>SWANN</manufacturer><manufacturerURL>http://x</manufacturerURL><modelName>DVR</modelName>"
        "<modelNumber>8</modelNumber><modelDescription>d</modelDescription><serialNumber>S1</serialNumber>"
        "<UDN>uuid:4d454930-0000-1000-8001-4419b6000001</UDN></device></root>"
    )
    assert find("upnp-xml.raw", text) == {
        "upnp-xml.manufacturer": ["SWANN"],
        "upnp-xml.manufacturer-url": ["http://x"],
        "upnp-xml.model-name": ["DVR"],
        "upnp-xml.model-number": ["8"],
        "upnp-xml.model-description": ["d"],
        "upnp-xml.friendly-name": ["DVR8"],
        "upnp-xml.serial": ["S1"],
        "upnp-xml.device-type": ["urn:x:EmbeddedNetDevice:1"],
        "upnp-xml.mac": ["44:19:b6:00:00:01"],
        "upnp-xml.manufacturer-model": ["manufacturer=SWANN; modelName=DVR"],
        "serial.value": ["S1"],
        "mac.prefix": ["4419b6000001"],
    }


def test_a_maker_without_a_model_makes_no_pair() -> None:
    text = "<root><device><manufacturer>SWANN</manufacturer></device></root>"
    assert find("upnp-xml.raw", text) == {"upnp-xml.manufacturer": ["SWANN"]}


def test_a_document_instead_of_an_answer() -> None:
    text = "<multicastSearchResult><productModel>TD-9421</productModel></multicastSearchResult>"
    assert find("ssdp.raw", text)["upnp-xml.model-number"] == ["TD-9421"]


def test_manufacturer_and_model_in_one_text() -> None:
    assert find("upnp-xml.manufacturer-model", "manufacturer=Yamaha Corporation; modelName=RX-V481") == {
        "upnp-xml.manufacturer": ["Yamaha Corporation"],
        "upnp-xml.model-name": ["RX-V481"],
    }
    assert find("upnp-xml.manufacturer-model", "Yamaha") == {}
