"""The TVT search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.tvt_search import ANSWER_GROUP, GROUP, PORT, build_search, parse_answer
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles


def make_answer() -> bytes:
    """The documented layout (offsets as ipcprobe reads them), values invented."""
    data = bytearray(240)
    data[:7] = b"MHED\x07\x00\x01"
    data[12:17] = b"north"
    data[32:38] = bytes.fromhex("001823000001")
    data[38:40] = (6036).to_bytes(2, "little")
    data[40:52] = bytes([192, 0, 2, 20, 255, 255, 255, 0, 192, 0, 2, 1])
    data[52:56] = (0x01040A00).to_bytes(4, "little")
    data[56:60] = (20200101).to_bytes(4, "little")
    data[60:62] = (80).to_bytes(2, "little")
    data[62] = 1
    data[64] = 3
    data[68] = 1
    data[196:212] = b"TD-3332H4-A2-LON"
    data[180:196] = b"GER-MODEL-NUMBER"
    data[228] = 32
    data[232] = 1
    return bytes(data)


def test_the_search() -> None:
    (search,) = build_search()
    assert len(search) == 140
    assert (GROUP, ANSWER_GROUP, PORT) == ("234.55.55.55", "234.55.55.56", 23456)
    assert search[:10] == b"MHED\x08\x00\x01\x00\x01\x00"
    assert not any(search[10:])


def test_an_answer() -> None:
    answer = feed_datagram(parse_answer, make_answer())
    assert answer.is_answer
    assert (answer.name, answer.model, answer.mac) == ("north", "TD-3332H4-A2-LONGER-MODEL-NUMBER", "00:18:23:00:00:01")
    assert (answer.firmware, answer.kind, answer.channels) == ("1.4.10.0", "NVR", 32)
    assert (answer.ipv4, answer.http_port, answer.port) == ("192.0.2.20", 80, 6036)
    assert answer.network == "192.0.2.20/255.255.255.0 gateway 192.0.2.1"


@pytest.mark.parametrize("data", [b"", *build_search(), make_answer()[:239], b"X" + make_answer()[1:]])
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


def test_another_operation_is_no_answer() -> None:
    assert not parse_answer(b"MHED\x08" + make_answer()[5:]).is_answer


def test_an_unknown_kind_is_its_number() -> None:
    assert parse_answer(make_answer()[:64] + b"\x09" + make_answer()[65:]).kind == "9"


@given(st.binary(max_size=300))
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
    parses_or_garbles(parse_answer, (b"MHED" + data).ljust(240, b"\xff"))
