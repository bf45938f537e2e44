"""The Xiongmai search."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.text import VALUE_CAP
from scanner.codec.xm_search import PORT, build_search, parse_answer, redact
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

COMMON = {
    "HostName": "LocalHost",
    "HostIP": "0x0A01A8C0",
    "MAC": "00:12:16:00:00:01",
    "SN": "0000000000000001",
    "TCPPort": 34567,
    "ChannelNum": 4,
    "OtherFunction": "D=2019-01-01 V=7601809",
    "UserPassword": "p4ss",
}


def make_answer(message: int = 1531, **changes: object) -> bytes:
    """The header of python-dvr's notes and its field names, values invented."""
    body = json.dumps({"NetWork.NetCommon": COMMON | changes, "Ret": 100}).encode() + b"\n\x00"
    return b"\xff\x01\x00\x00" + bytes(10) + message.to_bytes(2, "little") + len(body).to_bytes(4, "little") + body


def test_the_search() -> None:
    assert build_search() == (bytes.fromhex("ff000000 00000000 00000000 0000 fa05 00000000"),)


def test_where_it_is_asked() -> None:
    assert PORT == 34569


def test_an_answer() -> None:
    answer = feed_datagram(parse_answer, make_answer())
    assert answer.is_answer
    assert (answer.name, answer.serial, answer.mac) == ("LocalHost", "0000000000000001", "00:12:16:00:00:01")
    assert (answer.ipv4, answer.channels, answer.port) == ("192.168.1.10", 4, 34567)
    assert (answer.model, answer.firmware) == ("", "D=2019-01-01 V=7601809")


def test_newer_firmware_names_type_and_build() -> None:
    answer = parse_answer(make_answer(DeviceType="NBD7904T", BuildDate="2020-01-01", HostIP="192.0.2.1"))
    assert (answer.model, answer.firmware, answer.ipv4) == ("NBD7904T", "2020-01-01", "192.0.2.1")


def test_secrets_never_come_through() -> None:
    assert "p4ss" not in str(parse_answer(make_answer()))
    assert b"p4ss" not in redact(make_answer())
    assert parse_answer(redact(make_answer())) == parse_answer(make_answer())


def test_other_messages_are_no_answer() -> None:
    assert not parse_answer(make_answer(1530)).is_answer


@pytest.mark.parametrize("data", [b"", *build_search(), b"\x00" * 40, b"\xff" + bytes(40), b"\xff" + b"{" * VALUE_CAP])
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


@given(st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
    parses_or_garbles(parse_answer, make_answer()[:20] + data)
