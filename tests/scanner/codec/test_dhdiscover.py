"""DHDiscover: the one question, byte for byte, and answers of real units."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.dhdiscover import GROUP, PORT, build_search, parse_answer, read_fields, redact
from scanner.codec.text import VALUE_CAP
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

SEARCH = bytes.fromhex(
    "20 00 00 00 44 48 49 50 00 00 00 00 00 00 00 00 3b 00 00 00 00 00 00 00 3b 00 00 00 00 00 00 00"
    "7b 22 6d 65 74 68 6f 64 22 3a 22 44 48 44 69 73 63 6f 76 65 72 2e 73 65 61 72 63 68 22 2c 22 70"
    "61 72 61 6d 73 22 3a 7b 22 6d 61 63 22 3a 22 22 2c 22 75 6e 69 22 3a 31 7d 7d 0a"
)

# A door station, from the discovery tests of a home automation integration; serial tail masked.
VTO = (
    b'{"mac": "3c:ef:8c:41:6c:ce", "method": "client.notifyDevInfo", "params": {"deviceInfo": {"AlarmInputChannels": 8,'
    b' "DeviceClass": "VTO", "DeviceType": "VTO2000A", "HttpPort": 80, "Init": 150, "IPv4Address": {"IPAddress":'
    b' "192.168.0.232", "SubnetMask": "255.255.255.0", "DefaultGateway": "192.168.0.4", "DhcpEnable": false},'
    b' "Manufacturer": "General", "Port": 37777, "RemoteVideoInputChannels": 2, "SerialNo": "3C06520PAN00000",'
    b' "Vendor": "General", "Version": "3.120.0000.0.R", "VideoInputChannels": 1}}}'
)
FRAMED = b"\x20\x00\x00\x00DHIP" + bytes(8) + len(VTO).to_bytes(4, "little") + bytes(12) + VTO + b"\n\x00"


def test_the_search_is_the_documented_datagram() -> None:
    assert build_search() == SEARCH
    assert len(SEARCH) - 32 == 0x3B
    assert (GROUP, PORT) == ("239.255.255.251", 37810)  # 250 is a common mistake


@pytest.mark.parametrize("data", [FRAMED, VTO])
def test_an_answer_of_a_real_unit(data: bytes) -> None:
    answer = feed_datagram(parse_answer, data)
    assert answer.is_answer
    assert (answer.device_class, answer.model, answer.serial) == ("VTO", "VTO2000A", "3C06520PAN00000")
    assert (answer.mac, answer.firmware) == ("3c:ef:8c:41:6c:ce", "3.120.0000.0.R")
    assert (answer.vendor, answer.manufacturer) == ("General", "General")
    assert (answer.channels, answer.http_port, answer.port) == (3, 80, 37777)
    assert answer.network == "192.168.0.232/255.255.255.0 gateway 192.168.0.4 dhcp false"
    assert answer.text == VTO.decode()
    assert ("IPv4Address.IPAddress", "192.168.0.232") in answer.fields


def test_of_an_answer_that_was_cut_the_whole_members_are_read() -> None:
    answer = parse_answer(VTO[: VTO.index(b'"Version"') + 14])
    assert answer.is_answer
    assert (answer.model, answer.serial, answer.mac) == ("VTO2000A", "3C06520PAN00000", "3c:ef:8c:41:6c:ce")
    assert (answer.firmware, answer.http_port, answer.port) == ("", 80, 37777)
    assert not answer.ipv4  # the names of the address blocks repeat: whose they are is lost with the nesting
    with pytest.raises(Garbled):
        parse_answer(b'{"DeviceType": "IPC-HFW", "more": ')


@pytest.mark.parametrize(
    ("body", "is_answer"),
    [
        (b'{"params": {"deviceInfo": {"DeviceType": "IPC-HFW1230S", "Mac": "3c:ef:8c:00:00:01"}}}', True),
        (b'{"method": "client.notifyDeviceInfo", "params": {"deviceInfo": {"DeviceType": "x"}}}', True),
        (b'{"method": "DHDiscover.search", "params": {"mac": "", "uni": 1}}', False),
        (b'{"method": "x", "params": {"deviceInfo": {"DeviceType": "x"}}}', False),
        (b'{"params": {"DeviceType": "x"}}', False),
    ],
)
def test_what_counts_as_an_answer(body: bytes, is_answer: bool) -> None:
    assert parse_answer(body).is_answer is is_answer


def test_names_are_read_in_any_case() -> None:
    assert parse_answer(b'{"method": "client.notifyDevInfo", "Mac": "3C:EF:8C:00:00:01"}').mac == "3c:ef:8c:00:00:01"


def test_a_wrong_length_in_the_header_does_not_matter() -> None:
    assert parse_answer(FRAMED[:16] + b"\xff\xff\xff\xff" + FRAMED[20:]) == parse_answer(FRAMED)


def test_a_brace_inside_the_header_is_not_the_json() -> None:
    assert parse_answer(FRAMED[:8] + b"{" + FRAMED[9:]) == parse_answer(FRAMED)


def test_fields_that_came_as_lines_make_the_same_answer() -> None:
    answer = parse_answer(VTO)
    assert read_fields(answer.fields, answer.text) == answer


def test_a_poor_answer_leaves_the_rest_empty() -> None:
    answer = parse_answer(b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceID":"K3LJ3400000RH"}}}')
    assert (answer.serial, answer.model, answer.mac, answer.channels, answer.port) == (
        "K3LJ3400000RH",
        "",
        "",
        None,
        None,
    )


def test_secrets_never_come_through() -> None:
    data = json.dumps(
        {"method": "client.notifyDevInfo", "random": "r4nd", "params": {"deviceInfo": {"Password": "p4ss"}}}
    )
    answer = parse_answer(data.encode())
    assert "4" not in str(answer.fields)
    assert "4" not in answer.text
    assert parse_answer(redact(data.encode())) == answer
    assert redact(FRAMED) == FRAMED


def test_our_own_search_is_no_answer() -> None:
    assert not parse_answer(SEARCH).is_answer


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x20\x00\x00\x00DHIP", b"[]", b"{", b"{" * 60_000, b'{"a":1', b"{" + b" " * VALUE_CAP + b"}",
        b'{"method":"client.notifyDevInfo"', b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"Port":1e9999',
    ],
)  # fmt: skip
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
    parses_or_garbles(parse_answer, FRAMED[:32] + data)
