"""SSDP searches and answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.http1 import USER_AGENT
from scanner.codec.ssdp import GROUP_V6, build_search, parse_answer, read_serial
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

# A Dahua camera, from an issue of home-assistant/core; serial tail masked.
DAHUA = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nDATE: Wed, 24 Feb 2021 02:58:42 GMT\r\nEXT:\r\n"
    b"X-User-Agent: redsonic\r\nLOCATION: http://192.168.1.20:49152/upnp_device_desc.xml\r\n"
    b"SERVER: Linux/3.8.8, UPnP/1.0, ZheJiang Dahua Technology CO.,LTD. Upnp SDK\r\n"
    b"ST: urn:schemas-upnp-org:device:3.0-1L047ACPAW00000\r\n"
    b"USN: uuid:www.dahuatech.com.device_3_0-1L047ACPAW00000::urn:schemas-upnp-org:device:3.0-1L047ACPAW00000\r\n\r\n"
)


def test_the_search() -> None:
    assert build_search("upnp:rootdevice") == (
        b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: upnp:rootdevice\r\n'
        b"USER-AGENT: " + USER_AGENT.encode() + b"\r\n\r\n"
    )
    assert b"HOST: [ff02::c]:1900\r\n" in build_search("ssdp:all", group=GROUP_V6)


@pytest.mark.parametrize("st_", ["", "a b", "ssdp:all\r\nX: y", "é"])
def test_a_target_that_would_break_the_message_is_refused(st_: str) -> None:
    with pytest.raises(ValueError):
        build_search(st_)


def test_an_answer_of_a_real_camera() -> None:
    answer = feed_datagram(parse_answer, DAHUA)
    assert answer.kind == "response"
    assert answer.server == "Linux/3.8.8, UPnP/1.0, ZheJiang Dahua Technology CO.,LTD. Upnp SDK"
    assert answer.st == "urn:schemas-upnp-org:device:3.0-1L047ACPAW00000"
    assert answer.location == "http://192.168.1.20:49152/upnp_device_desc.xml"
    assert answer.serial == "1L047ACPAW00000"
    assert answer.headers[3] == ("EXT", "") or ("EXT", "") in answer.headers


def test_an_announcement() -> None:
    answer = parse_answer(b"NOTIFY * HTTP/1.1\nNT: upnp:rootdevice\nHOST: x\nNTS: ssdp:alive\nUSN: uuid:1\n\n")
    assert (answer.kind, answer.st, answer.usn, answer.serial) == ("notify", "upnp:rootdevice", "uuid:1", "")


@pytest.mark.parametrize(
    ("usn", "serial"),
    [
        ("uuid:device_3_0-0067120380000304", "0067120380000304"),
        ("uuid:device_3_0-AMC047530045", "AMC047530045"),
        ("uuid:4d454930-0000-1000-8001-4419b6000001", ""),
        ("", ""),
    ],
)
def test_serials_in_a_usn(usn: str, serial: str) -> None:
    assert read_serial(usn) == serial


@pytest.mark.parametrize("data", [b"", build_search("ssdp:all"), b"\x00", b"<xml/>", b"HTTP/"[:3]])
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


@given(st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"NOTIFY * HTTP/1.1\r\n"):
        parses_or_garbles(parse_answer, start + data)
