"""What an HTTP answer says of a device."""

from __future__ import annotations

import json

import pytest

from scanner.codec.text import FIELD_CAP
from tests.scanner.dissect.finding import find

ANSWER = (
    "HTTP/1.1 401 Unauthorized\r\nDate: Sun, 28 May 2023 09:56:24 GMT\r\nServer: DNVRS-Webs\r\n"
    'WWW-Authenticate: Digest realm="IP Camera(C2183)", nonce="1", Basic realm="/"\r\n'
    "Set-Cookie: DHLangCookie30=English; path=/\r\nset-cookie: flag\r\nLocation: /doc/page/login.asp?_=1\r\n\r\n"
    "<html><head><TITLE>\r\n Document Error: &quot;Unauthorized&quot; </TITLE></head></html>"
)


def test_a_whole_answer() -> None:
    found = find("http.raw", ANSWER, request="GET /ISAPI/System/deviceInfo")
    found.pop("http.body")
    assert found == {
        "http.status": ["401"],
        "http.answer": ["401 GET /ISAPI/System/deviceInfo"],
        "http.server-header": ["DNVRS-Webs"],
        "http.www-authenticate": ['Digest realm="IP Camera(C2183)", nonce="1", Basic realm="/"'],
        "http.realm": ["IP Camera(C2183)", "/"],
        "http.set-cookie": ["DHLangCookie30=English; path=/", "flag"],
        "http.cookie-name": ["DHLangCookie30"],
        "http.location": ["/doc/page/login.asp?_=1"],
        "http.header-shape": ["Date,Server,WWW-Authenticate,Set-Cookie,set-cookie,Location"],
        "http.title": ['Document Error: "Unauthorized"'],
    }


def test_the_shape_keeps_case_and_order() -> None:
    found = find("http.raw", "HTTP/1.1 200 OK\r\nCONNECTION: close\r\nDate: x\r\nContent-type: y\r\n\r\n")
    assert found["http.header-shape"] == ["CONNECTION,Date,Content-type"]
    assert "http.answer" not in found  # nobody said what was asked


def test_a_body_without_a_head() -> None:
    assert find("http.raw", "<html><title>cam</title></html>")["http.title"] == ["cam"]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<title>WEB SERVICE</title>", "WEB SERVICE"),
        ('<Title id="a">x\n  y</title>', "x y"),
        ("<title>a &amp; b&#8211;c</title>", "a & b–c"),
        ("<title></title>", None),
        ("<title>never ends", None),
        ("<title " + "x" * 5_000 + ">a</title>", None),
    ],
)
def test_titles(body: str, title: str | None) -> None:
    assert find("http.body", f"<html>{body}").get("http.title") == ([title] if title else None)


DEVICE_INFO = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<DeviceInfo version="2.0" xmlns="{namespace}"><deviceName>x</deviceName>'
    "<model>DS-2CD2146G2-ISU</model><serialNumber>DS-2CD2146G2-ISU20200101AAWRG00000000</serialNumber>"
    "<macAddress>68:6d:bc:00:00:01</macAddress><firmwareVersion>V5.7.17</firmwareVersion>"
    "<firmwareReleasedDate>build 240606</firmwareReleasedDate></DeviceInfo>"
)


@pytest.mark.parametrize("namespace", ["http://www.hikvision.com/ver20/XMLSchema", "urn:psialliance-org"])
def test_device_information_in_xml(namespace: str) -> None:
    assert find("http.body", DEVICE_INFO.format(namespace=namespace)) == {
        "http.xml-root": [f"DeviceInfo {namespace}"],
        "http.model": ["DS-2CD2146G2-ISU"],
        "http.serial": ["DS-2CD2146G2-ISU20200101AAWRG00000000"],
        "http.firmware": ["V5.7.17 build 240606"],
        "mac.prefix": ["686dbc000001"],
        "serial.value": ["DS-2CD2146G2-ISU20200101AAWRG00000000"],
    }


def test_a_firmware_without_a_build() -> None:
    found = find("http.body", "<DeviceInfo><firmwareVersion>V1</firmwareVersion></DeviceInfo>")
    assert found["http.firmware"] == ["V1"]


def test_axis_device_information() -> None:
    properties = {"Brand": "AXIS", "ProdNbr": "P3265-V", "SerialNumber": "ACCC8E000001", "Version": "11.0.89"}
    found = find("http.body", json.dumps({"apiVersion": "1.0", "data": {"propertyList": properties}}))
    assert found == {
        "http.brand": ["AXIS"],
        "http.model": ["P3265-V"],
        "http.serial": ["ACCC8E000001"],
        "http.firmware": ["11.0.89"],
        "serial.value": ["ACCC8E000001"],
    }


def test_uniview_device_information() -> None:
    data = {"DeviceModel": "IPC2122LB", "SerialNumber": "210235C3EN0000000001", "FirmwareVersion": "GIPC-B6215"}
    found = find("http.body", json.dumps({"Response": {"ResponseCode": 0, "Data": data}}))
    assert (found["http.model"], found["http.serial"]) == (["IPC2122LB"], ["210235C3EN0000000001"])


def test_a_description_document_on_the_web_port() -> None:
    body = (
        '<root xmlns="urn:schemas-upnp-org:device-1-0"><device><manufacturer>Hikvision</manufacturer>'
        "<modelNumber>DS-2CD2042WD-I</modelNumber><serialNumber>DS-2CD2042WD-I20160101AACH600000001</serialNumber>"
        "</device></root>"
    )
    found = find("http.body", body)
    assert found["upnp-xml.model-number"] == ["DS-2CD2042WD-I"]
    assert found["serial.value"] == ["DS-2CD2042WD-I20160101AACH600000001"]
    assert "http.model" not in found  # one text, one group


def test_the_listing_of_a_dahua_unit() -> None:
    body = "processor=SSC339\ndeviceType=AD410\nserialNumber=Z17A6F9000000\nversion=1.000.0000000.7.R\n"
    assert find("http.body", body) == {
        "http.model": ["AD410"],
        "http.serial": ["Z17A6F9000000"],
        "serial.value": ["Z17A6F9000000"],
        "http.firmware": ["1.000.0000000.7.R"],
    }
    assert find("http.body", "type=DH-XVR5108C-X\r\n") == {"http.model": ["DH-XVR5108C-X"]}
    assert find("http.body", "type=text\nname=x\n") == {}
    assert find("http.body", "deviceType=<b>x</b>") == {}


def test_a_document_that_was_cut_names_its_root_and_what_was_whole() -> None:
    body = '<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"><model>DS-2CD2143G2-I</model><serialNumber>DS-'
    assert find("http.body", body) == {
        "http.xml-root": ["DeviceInfo http://www.hikvision.com/ver20/XMLSchema"],
        "http.model": ["DS-2CD2143G2-I"],
    }


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><model>x</model></html>",
        "<html><model>x</model></html>",
        "<script>var model = 1</script>",
        '{"model": "x", "version": 1}',
        '{"propertyList": ',
        "model=x",
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><model>x</model></html>",
        "<DeviceInfo><model>x</a>",
    ],
)
def test_pages_and_broken_documents_name_no_model(body: str) -> None:
    assert "http.model" not in find("http.body", body)
    assert "http.xml-root" not in find("http.body", body)


@pytest.mark.parametrize(
    ("realm", "serial"),
    [
        ("Login to 3C06520PAN00000", "3C06520PAN00000"),
        ("Login to ND011811000000", "ND011811000000"),
        ("Login to 3a0f5e7c9b1d4c2e8f6a0b1c2d3e4f50", None),  # newer firmware: a hash
        ("IP Camera(C2183)", None),
        ("Please Login to 3C06520PAN00000", None),
    ],
)
@pytest.mark.parametrize("protocol", ["http", "rtsp"])
def test_the_serial_number_in_a_realm_of_dahua(protocol: str, realm: str, serial: str | None) -> None:
    assert find(f"{protocol}.realm", realm).get("serial.value") == ([serial] if serial else None)


@pytest.mark.parametrize(
    ("cookie", "name"), [("A=b; path=/", "A"), (" A = b", "A"), ("secure; HttpOnly", None), ("", None)]
)
def test_cookie_names(cookie: str, name: str | None) -> None:
    assert find("http.set-cookie", cookie).get("http.cookie-name") == ([name] if name else None)


def test_fields_are_cut() -> None:
    found = find("http.raw", f"HTTP/1.1 200 OK\r\nServer: {'x' * 9_000}\r\n\r\n")
    assert len(found["http.server-header"][0]) == FIELD_CAP
