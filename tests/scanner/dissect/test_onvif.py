"""What discovery and the device service say of a device."""

from __future__ import annotations

import pytest

from tests.scanner.dissect.finding import find

ONVIF = "onvif://www.onvif.org/"


def make_answer(*units: tuple[str, str]) -> str:
    matches = "".join(
        f"<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{number}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs>"
        "<d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch>"
        for number, (scopes, xaddrs) in enumerate(units)
    )
    body = f"<e:Body><d:ProbeMatches>{matches}</d:ProbeMatches></e:Body>"
    return f'<e:Envelope xmlns:e="e" xmlns:d="d" xmlns:a="a">{body}</e:Envelope>'


def test_a_discovery_answer() -> None:
    scopes = (
        f"{ONVIF}type/video_encoder {ONVIF}MAC/44:19:b6:00:00:01 {ONVIF}hardware/DS-2CD {ONVIF}name/HIKVISION%20DS-2CD "
        f"{ONVIF}location/city/hangzhou {ONVIF}location/country/china"
    )
    xaddrs = "http://192.0.2.64/onvif/device_service http://[fe80::4619:b6ff:fe00:1]/onvif/device_service"
    assert find("onvif-wsd.raw", make_answer((scopes, xaddrs))) == {
        "onvif-wsd.scopes": [scopes],
        "onvif-wsd.types": ["dn:NetworkVideoTransmitter"],
        "onvif-wsd.xaddrs": [xaddrs],
        "onvif-wsd.endpoint": ["urn:uuid:0"],
        "onvif-wsd.metadata-version": ["10"],
        "onvif-wsd.prefixes": ["a d e"],
        "onvif-wsd.skeleton": ["type/video_encoder MAC hardware name location/city location/country"],
        "onvif-wsd.mac": ["44:19:b6:00:00:01"],
        "onvif-wsd.hardware": ["DS-2CD"],
        "onvif-wsd.name": ["HIKVISION DS-2CD"],
        "onvif-wsd.location": ["city/hangzhou country/china"],
        "mac.prefix": ["4419b6000001"],
    }


def test_uniview_scopes() -> None:
    found = find(
        "onvif-wsd.scopes",
        f"{ONVIF}manufacturer/UNIVIEW {ONVIF}version/GIPC {ONVIF}serial/210235C3EN0000000001 "
        f"{ONVIF}macaddr/48ea63000001",
    )
    assert found["onvif-wsd.manufacturer"] == ["UNIVIEW"]
    assert found["onvif-wsd.version"] == ["GIPC"]
    assert found["serial.value"] == ["210235C3EN0000000001"]
    assert found["onvif-wsd.mac"] == ["48:ea:63:00:00:01"]


def test_a_recorder_that_lists_its_cameras_speaks_for_itself_only() -> None:
    answer = make_answer(
        (f"{ONVIF}name/recorder", "http://192.0.2.64/onvif/device_service"),
        (f"{ONVIF}name/camera", "http://192.0.2.65/onvif/device_service"),
        (f"{ONVIF}name/odd", "http://[/"),
    )
    assert find("onvif-wsd.raw", answer, address="192.0.2.64")["onvif-wsd.name"] == ["recorder"]
    two = make_answer(
        (f"{ONVIF}name/camera", "http://192.0.2.65/onvif/device_service"),
        (f"{ONVIF}name/recorder", "http://192.0.2.64/onvif/device_service"),
    )
    assert find("onvif-wsd.raw", two, address="192.0.2.64")["onvif-wsd.name"] == ["recorder"]
    assert find("onvif-wsd.raw", answer, address="192.0.2.99")["onvif-wsd.name"] == ["recorder", "camera", "odd"]


def soap(body: str) -> str:
    return f'<s:Envelope xmlns:s="urn:s" xmlns:tds="urn:tds"><s:Body>{body}</s:Body></s:Envelope>'


def test_device_information() -> None:
    body = (
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Dahua</tds:Manufacturer><tds:Model>IPC</tds:Model>"
        "<tds:FirmwareVersion>2.8</tds:FirmwareVersion><tds:SerialNumber>3C06520PAN00000</tds:SerialNumber>"
        "<tds:HardwareId>1.00</tds:HardwareId></tds:GetDeviceInformationResponse>"
    )
    expected = {
        "onvif.manufacturer": ["Dahua"],
        "onvif.model": ["IPC"],
        "onvif.firmware": ["2.8"],
        "onvif.serial": ["3C06520PAN00000"],
        "serial.value": ["3C06520PAN00000"],
    }
    line = "Manufacturer=Dahua; Model=IPC; FirmwareVersion=2.8; SerialNumber=3C06520PAN00000; HardwareId=1.00"
    assert find("onvif.raw", soap(body)) == expected | {
        "onvif.device-information": [line],
        "onvif.namespaces": ["urn:s urn:tds"],
    }
    assert find("onvif.device-information", line) == expected
    assert find("onvif.device-information", line.replace("; ", "\n")) == expected


def test_services_hostname_and_scopes() -> None:
    services = "<tds:GetServicesResponse>{}</tds:GetServicesResponse>".format(
        "".join(
            f"<tds:Service><tds:Namespace>urn:{name}</tds:Namespace><tds:XAddr>{url}</tds:XAddr></tds:Service>"
            for name, url in (("media", "http://192.0.2.64/onvif/Media"), ("odd", "http://["))
        )
    )
    assert find("onvif.raw", soap(services))["onvif.services"] == ["urn:media /onvif/Media\nurn:odd"]
    inside = "<tds:HostnameInformation><tds:Name>cam</tds:Name></tds:HostnameInformation>"
    hostname = f"<tds:GetHostnameResponse>{inside}</tds:GetHostnameResponse>"
    found = find("onvif.raw", soap(hostname))
    assert (found["onvif.hostname"], found["name.hostname"]) == (["cam"], ["cam"])
    scopes = (
        f"<tds:GetScopesResponse><tds:Scopes><ScopeItem>{ONVIF}name/x</ScopeItem></tds:Scopes></tds:GetScopesResponse>"
    )
    assert find("onvif.raw", soap(scopes))["onvif-wsd.name"] == ["x"]


def test_refusals() -> None:
    fault = soap(
        "<s:Fault><s:Code><s:Value>ter:NotAuthorized</s:Value></s:Code><s:Reason><s:Text>No</s:Text></s:Reason></s:Fault>"
    )
    assert find("onvif.raw", fault)["onvif.refusal"] == ["ter:NotAuthorized No"]
    assert find("onvif.raw", f"HTTP/1.1 400 Bad Request\r\n\r\n{fault}")["onvif.refusal"] == ["ter:NotAuthorized No"]
    assert find("onvif.raw", "HTTP/1.1 401 Unauthorized\r\n\r\n<html>") == {"onvif.refusal": ["401 Unauthorized"]}
    assert find("onvif.raw", "HTTP/1.1 400 Bad Request\r\n\r\n") == {"onvif.refusal": ["400 Bad Request"]}
    assert find("onvif.raw", "HTTP/1.1 200 OK\r\n\r\n<html>") == {}


def test_a_piece_of_a_discovery_answer_is_read() -> None:
    xaddrs = "<d:XAddrs>http://192.0.2.64/onvif/device_service</d:XAddrs>"
    piece = f"{xaddrs}<d:Scopes>{ONVIF}name/A {ONVIF}hardware/B</d:Scopes>"
    found = find("onvif-wsd.raw", piece)
    assert found["onvif-wsd.name"] == ["A"]
    assert found["onvif-wsd.xaddrs"] == ["http://192.0.2.64/onvif/device_service"]
    assert "onvif-wsd.hardware" not in find("onvif-wsd.raw", piece[:-12])  # cut inside the last scope


def test_what_a_probe_asks_for_is_nobodys_scope() -> None:
    probe = f'<e:Envelope xmlns:e="e"><e:Body><Probe><Scopes>{ONVIF}hardware/B</Scopes></Probe></e:Body></e:Envelope>'
    assert find("onvif-wsd.raw", probe) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Manufacturer=Hikvision Co., Ltd; Model=DS-2CD2042WD-I; SerialNumber=S1; FirmwareVersion=V5.4.5",
        "Manufacturer: Hikvision Co., Ltd\nModel: DS-2CD2042WD-I\nFirmwareVersion: V5.4.5\nSerialNumber: S1",
        "{'Manufacturer': 'Hikvision Co., Ltd', Model:DS-2CD2042WD-I, 'SerialNumber': 'S1', FirmwareVersion: V5.4.5",
        "manufacturer=Hikvision Co., Ltd; modelName=DS-2CD2042WD-I; firmwareVersion=V5.4.5; serialNumber=S1",
    ],
)
def test_device_information_as_other_tools_print_it(text: str) -> None:
    found = find("onvif.device-information", text)
    assert found["onvif.manufacturer"] == ["Hikvision Co., Ltd"]
    assert found["onvif.model"] == ["DS-2CD2042WD-I"]
    assert found["onvif.firmware"] == ["V5.4.5"]
    assert found["serial.value"] == ["S1"]


def test_a_piece_of_device_information_is_read() -> None:
    found = find(
        "onvif.raw", "<tds:Manufacturer>A &amp; B</tds:Manufacturer><tds:Model>C</tds:Model><tds:SerialNumber>D"
    )
    assert (found["onvif.manufacturer"], found["onvif.model"]) == (["A & B"], ["C"])
    assert "onvif.serial" not in found


@pytest.mark.parametrize(
    "text",
    [
        f'["{ONVIF}name/A", "{ONVIF}hardware/B"]',
        f"['{ONVIF}name/A','{ONVIF}hardware/B']",
        f"{ONVIF}name/A, {ONVIF}hardware/B",
        f'"{ONVIF}name/A" "{ONVIF}hardware/B"',
    ],
)
def test_scopes_as_a_program_prints_a_list(text: str) -> None:
    found = find("onvif-wsd.scopes", text)
    assert found["onvif-wsd.scopes"] == [f"{ONVIF}name/A {ONVIF}hardware/B"]
    assert (found["onvif-wsd.name"], found["onvif-wsd.hardware"]) == (["A"], ["B"])


def test_commas_inside_a_scope_stay() -> None:
    assert find("onvif-wsd.scopes", f"{ONVIF}location/Sofia,BG {ONVIF}name/A,B")["onvif-wsd.name"] == ["A,B"]
