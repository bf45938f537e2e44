"""Which fields of a discovery answer are settings that lead out, and which only look like them."""

from __future__ import annotations

import pytest

from scanner.dissect.settings import KINDS, read_settings, write_setting
from tests.scanner.dissect.finding import find


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("IPv4Gateway", "192.0.2.1", ["gateway 192.0.2.1"]),
        ("IPv4Address.DefaultGateway", "192.0.2.1", ["gateway 192.0.2.1"]),
        ("IPv6Gateway", "::", []),
        ("IPv6Gateway", "fe80::1", ["gateway fe80::1"]),
        ("GateWay", "0.0.0.0", []),
        ("PreferredDNS", "8.8.8.8", ["dns 8.8.8.8"]),
        ("DnsServers", "192.0.2.53, 192.0.2.54", ["dns 192.0.2.53", "dns 192.0.2.54"]),
        ("NetWork.NetDNS.Address", "192.0.2.53", ["dns 192.0.2.53"]),
        ("NTP.Address", "Time.Example.org", ["ntp time.example.org"]),
        ("NTPEnable", "true", ["ntp on"]),
        ("NTPEnable", "false", []),
        ("HCPlatformEnable", "true", ["cloud on"]),
        ("HCPlatformEnable", "false", []),
        ("P2P.Enable", "1", ["cloud on"]),
        ("SupportHCPlatform", "true", []),  # what it could do is no setting
        ("P2PVersion", "1", []),
        ("DnsAuto", "true", []),
        ("DDNSHost", "camera.example.org", []),  # names the device itself
        ("NetWork.ddns.HostName", "camera.example.org", []),
        ("EntPoint", "192.0.2.1", []),
        ("DeviceSN", "192.0.2.1", []),
    ],
)
def test_a_field_is_read_by_its_name_and_its_value(name: str, value: str, lines: list[str]) -> None:
    assert list(read_settings([(name, value)])) == lines


@pytest.mark.parametrize("host", ["", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::", "12", "true", "1.2", "a b.c"])
def test_what_names_nobody_is_no_setting(host: str) -> None:
    assert write_setting("server", host) == ""


def test_a_port_stays_with_its_host() -> None:
    assert write_setting("server", "192.0.2.9:5060") == "server 192.0.2.9:5060"
    assert write_setting("server", "0.0.0.0:5060") == ""


def test_a_long_hostile_value_is_quick_and_yields_few_lines() -> None:
    lines = list(read_settings([("dns", "a." * 100_000), ("gateway", ", ".join(["192.0.2.1"] * 10_000))]))
    assert len(lines) <= 5


def test_every_protocol_that_tells_names_its_way_out() -> None:
    sadp = "<ProbeMatch><IPv4Gateway>192.0.2.1</IPv4Gateway><HCPlatformEnable>true</HCPlatformEnable></ProbeMatch>"
    assert find("sadp.raw", sadp)["sadp.way-out"] == ["gateway 192.0.2.1", "cloud on"]
    dahua = '{"method":"client.notifyDevInfo","params":{"deviceInfo":{"IPv4Address":{"DefaultGateway":"192.0.2.1"}}}}'
    assert find("dhdiscover.raw", dahua)["dhdiscover.way-out"] == ["gateway 192.0.2.1"]
    scopes = "onvif://www.onvif.org/register_server/192.0.2.9:5060 onvif://www.onvif.org/register_server/0.0.0.0:5060"
    assert find("onvif-wsd.scopes", scopes)["onvif-wsd.way-out"] == ["server 192.0.2.9:5060"]
    assert find("univiewprobe.scopes", scopes)["univiewprobe.way-out"] == ["server 192.0.2.9:5060"]
    xm = b'{"NetWork.NetCommon":{"GateWay":"0x010200C0"}}'
    header = b"\xff" + bytes(13) + (1531).to_bytes(2, "little") + len(xm).to_bytes(4, "little")
    assert find("xm-search.raw", (header + xm).hex())["xm-search.way-out"] == ["gateway 192.0.2.1"]


def test_the_old_dahua_search_names_gateway_and_dns() -> None:
    lines = b"IPv6Addr:fe80::1/64;gateway:fe80::2\r\n"
    block = bytearray(0x78)
    block[0], block[4], block[0x14] = 0xB3, 0x58, len(lines)
    block[0x40:0x48] = bytes((192, 0, 2, 1, 192, 0, 2, 53))
    told = find("dvrip-search.raw", (bytes(block) + lines).hex())["dvrip-search.way-out"]
    assert told == ["gateway 192.0.2.1", "dns 192.0.2.53", "gateway fe80::2"]


def test_the_old_tvt_search_names_its_gateway() -> None:
    data = bytearray(240)
    data[:5], data[48:52] = b"MHED\x07", bytes((192, 0, 2, 1))
    assert find("tvt-search.raw", data.hex())["tvt-search.way-out"] == ["gateway 192.0.2.1"]


@pytest.mark.parametrize(("kind", "lines"), [("NTP", ["ntp on"]), ("Manual", None), ("", None)])
def test_the_anonymous_clock_answer_says_whether_ntp_is_used(kind: str, lines: list[str] | None) -> None:
    body = (
        "<Envelope><Body><GetSystemDateAndTimeResponse><SystemDateAndTime>"
        f"<DateTimeType>{kind}</DateTimeType></SystemDateAndTime></GetSystemDateAndTimeResponse></Body></Envelope>"
    )
    assert find("onvif.raw", body).get("onvif.way-out") == lines


def test_every_line_begins_with_a_known_kind() -> None:
    told = read_settings([("gateway", "192.0.2.1"), ("dns", "a.b"), ("ntp", "on"), ("cloud", "on")])
    assert {line.partition(" ")[0] for line in told} <= set(KINDS)
