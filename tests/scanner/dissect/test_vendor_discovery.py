"""What the makers' own discovery protocols say of a device."""

from __future__ import annotations

import pytest

from tests.scanner.dissect.finding import find

SADP = (
    '<?xml version="1.0" encoding="UTF-8" ?>\r\n<ProbeMatch>\r\n<DeviceType>44322</DeviceType>'
    "<DeviceDescription>DS-7804HQH-K1</DeviceDescription><DeviceSN>DS-7804HQH-K10420200101CCCHE00000001WCVU</DeviceSN>"
    "<MAC>68-6d-bc-00-00-01</MAC><IPv4Address>192.0.2.64</IPv4Address><DHCP>false</DHCP>"
    "<AnalogChannelNum>4</AnalogChannelNum><DigitalChannelNum>5</DigitalChannelNum>"
    "<SoftwareVersion>V3.5.38build 191215</SoftwareVersion><DSPVersion>V5.0</DSPVersion><OEMInfo>N/A</OEMInfo>"
    "<Activated>true</Activated><Salt>abab</Salt></ProbeMatch>"
)
SADP_PARTS = {
    "sadp.model": ["DS-7804HQH-K1"],
    "sadp.type-code": ["44322"],
    "sadp.serial": ["DS-7804HQH-K10420200101CCCHE00000001WCVU"],
    "sadp.mac": ["68:6d:bc:00:00:01"],
    "sadp.firmware": ["V3.5.38build 191215"],
    "sadp.dsp": ["V5.0"],
    "sadp.oem": ["N/A"],
    "sadp.activated": ["true"],
    "sadp.channels": ["9"],
    "sadp.analogue-channels": ["4"],
    "sadp.network": ["192.0.2.64 dhcp false"],
    "serial.value": ["DS-7804HQH-K10420200101CCCHE00000001WCVU"],
    "mac.prefix": ["686dbc000001"],
}


def test_sadp() -> None:
    found = find("sadp.raw", SADP)
    (lines,) = found.pop("sadp.device-fields")
    assert found == SADP_PARTS | {"sadp.answer": ["ProbeMatch"]}
    assert "DeviceSN=DS-7804HQH-K10420200101CCCHE00000001WCVU\n" in lines
    assert "abab" not in lines
    assert find("sadp.device-fields", lines) == SADP_PARTS


def test_a_root_in_capitals_is_the_same_answer() -> None:
    assert find("sadp.raw", "<PROBEMATCH><MAC/></PROBEMATCH>")["sadp.answer"] == ["ProbeMatch"]


def test_secrets_in_lines_are_dropped() -> None:
    assert find("sadp.device-fields", "DevicePassword=DS-1\nnothing\n=") == {}


def test_an_inquiry_of_another_tool_names_nobody() -> None:
    assert find("sadp.raw", "<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>") == {"sadp.answer": ["Probe"]}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("device online 68:6d:bc:00:00:01 192.0.2.64", ["68:6d:bc:00:00:01"]),
        ("00 inquiry-response 68:6d:bc:00:00:01 192.0.2.64", ["68:6d:bc:00:00:01"]),
        ("client inquiry 68:6d:bc:00:00:01 192.0.2.64", None),
        ("device online", None),
    ],
)
def test_layer_2(value: str, found: list[str] | None) -> None:
    assert find("sadp.layer2", value).get("sadp.mac") == found


DAHUA = (
    '{"mac":"3c:ef:8c:00:00:01","method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceClass":"NVR",'
    '"DeviceType":"NVR5464","SerialNo":"3C00000PAN00001","Version":"3.2","Vendor":"General","Manufacturer":"Private",'
    '"VideoInputChannels":0,"RemoteVideoInputChannels":64,"IPv4Address":{"IPAddress":"192.0.2.108"}}}}'
)


def test_dhdiscover() -> None:
    found = find("dhdiscover.raw", DAHUA)
    (lines,) = found.pop("dhdiscover.device-fields")
    assert found.pop("dhdiscover.answer") == ["client.notifyDevInfo"]
    assert found == {
        "dhdiscover.class": ["NVR"],
        "dhdiscover.model": ["NVR5464"],
        "dhdiscover.serial": ["3C00000PAN00001"],
        "dhdiscover.mac": ["3c:ef:8c:00:00:01"],
        "dhdiscover.firmware": ["3.2"],
        "dhdiscover.vendor": ["General"],
        "dhdiscover.manufacturer": ["Private"],
        "dhdiscover.channels": ["64"],
        "dhdiscover.analogue-channels": ["0"],
        "dhdiscover.network": ["192.0.2.108"],
        "serial.value": ["3C00000PAN00001"],
        "mac.prefix": ["3cef8c000001"],
    }
    assert find("dhdiscover.device-fields", lines) == found


def test_a_search_heard_back_names_nobody() -> None:
    assert find("dhdiscover.raw", '{"method":"DHDiscover.search"}') == {"dhdiscover.answer": ["DHDiscover.search"]}


def test_dvrip_search() -> None:
    lines = b"Name:Dahua\r\nDevice:DVR\r\nSerialNo:PZC3EN01400001\r\n"
    mac = b"90:02:a9:00:00:01"
    block = bytearray(0x78)
    block[0], block[2], block[4], block[0x14] = 0xB3, len(mac), 0x58, len(lines)
    block[0x28:0x2B] = b"DVR"
    assert find("dvrip-search.raw", (bytes(block) + mac + lines).hex()) == {
        "dvrip-search.answer": ["b3"],
        "dvrip-search.type": ["DVR"],
        "dvrip-search.model": ["DVR"],
        "dvrip-search.name": ["Dahua"],
        "dvrip-search.serial": ["PZC3EN01400001"],
        "dvrip-search.mac": ["90:02:a9:00:00:01"],
        "serial.value": ["PZC3EN01400001"],
        "mac.prefix": ["9002a9000001"],
    }


def test_uniview() -> None:
    scopes = "onvif://www.onvif.org/serial/210235C3EN0000000001 onvif://www.onvif.org/macaddr/48ea63000001"
    match = f"<ProbeMatch><Scopes>{scopes}</Scopes></ProbeMatch>"
    answer = f"<Envelope><Body><UniviewProbeMatches>{match}</UniviewProbeMatches></Body></Envelope>"
    assert find("univiewprobe.raw", answer) == {
        "univiewprobe.answer": ["UniviewProbeMatches"],
        "univiewprobe.scopes": [scopes],
        "serial.value": ["210235C3EN0000000001"],
        "mac.prefix": ["48ea63000001"],
    }
    other = answer.replace("UniviewProbeMatches", "ProbeMatches")
    assert find("univiewprobe.raw", other) == {"univiewprobe.answer": ["ProbeMatches"]}


def test_xm() -> None:
    common = b'"DeviceType":"NBD7904T","SN":"a1b2c3","MAC":"00:12:16:00:00:01","BuildDate":"2020"'
    body = b'{"NetWork.NetCommon":{' + common + b"}}\n\x00"
    header = b"\xff" + bytes(13) + (1531).to_bytes(2, "little") + len(body).to_bytes(4, "little")
    assert find("xm-search.raw", (header + body).hex()) == {
        "xm-search.answer": ["1531"],
        "xm-search.model": ["NBD7904T"],
        "xm-search.serial": ["a1b2c3"],
        "xm-search.mac": ["00:12:16:00:00:01"],
        "xm-search.firmware": ["2020"],
        "serial.value": ["a1b2c3"],
        "mac.prefix": ["001216000001"],
    }


def test_tvt() -> None:
    data = bytearray(240)
    data[:5] = b"MHED\x07"
    data[32:38] = bytes.fromhex("001823000001")
    data[52:56] = bytes.fromhex("000a0401")
    data[196:203] = b"TD-9421"
    data[228] = 4
    assert find("tvt-search.raw", data.hex()) == {
        "tvt-search.answer": ["MHED 7"],
        "tvt-search.model": ["TD-9421"],
        "tvt-search.mac": ["00:18:23:00:00:01"],
        "tvt-search.firmware": ["1.4.10.0"],
        "tvt-search.channels": ["4"],
        "mac.prefix": ["001823000001"],
    }
    data[4] = 8
    assert find("tvt-search.raw", data.hex()) == {"tvt-search.answer": ["MHED 8"]}


@pytest.mark.parametrize("name", ["dvrip-search.raw", "xm-search.raw", "tvt-search.raw"])
def test_what_is_no_hexadecimal_yields_nothing(name: str) -> None:
    assert find(name, "not hexadecimal") == {}
