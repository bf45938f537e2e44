"""The old Dahua search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.dvrip_search import PORT, build_search, parse_answer
from tests.scanner.codec.feeding import parses_or_garbles


def make_answer(part_2: bytes, part_3: bytes) -> bytes:
    """The documented layout (offsets as in the self-test of UniversalScanner), values invented."""
    block = bytearray(0x78)
    block[0], block[2] = 0xB3, len(part_2)
    block[4:8] = (0x58).to_bytes(4, "little")
    block[0x10] = 2
    block[0x14:0x16] = len(part_3).to_bytes(2, "little")
    block[0x28:0x30] = b"DVR1604H"
    block[0x38:0x44] = bytes([192, 0, 2, 108, 255, 255, 255, 0, 192, 0, 2, 1])
    block[0x5E:0x60] = (80).to_bytes(2, "little")
    block[0x60:0x62] = (443).to_bytes(2, "little")
    block[0x62:0x64] = (37777).to_bytes(2, "little")
    block[0x64] = 10
    return bytes(block) + part_2 + part_3


LINES = b"Name:Dahua\r\nDevice:DH-DVR1604HF-S\r\nIPv6Addr:fe80::1/64;gateway:\r\nSerialNo:PZC3EN01400001\r\n\r\n"
ANSWER = make_answer(b"90:02:a9:00:00:01DVR", LINES)


def test_the_searches() -> None:
    first, second = build_search()
    assert PORT == 5050
    assert first.hex(" ") == "a3 01 00 01" + " 00" * 12 + " 02" + " 00" * 15
    assert second.hex(" ") == "a3 01 00 00" + " 00" * 12 + " 02" + " 00" * 15


def test_an_answer() -> None:
    answer = parse_answer(ANSWER)
    assert (answer.code, answer.type, answer.model) == ("b3", "DVR1604H", "DVR")
    assert (answer.name, answer.serial, answer.mac) == ("Dahua", "PZC3EN01400001", "90:02:a9:00:00:01")
    assert (answer.ipv4, answer.http_port, answer.port) == ("192.0.2.108", 80, 37777)
    assert answer.network == "192.0.2.108/255.255.255.0 gateway 192.0.2.1"
    assert answer.lines[2] == ("IPv6Addr", "fe80::1/64;gateway:")


def test_the_model_of_the_lines_stands_in() -> None:
    assert parse_answer(make_answer(b"90:02:a9:00:00:01", LINES)).model == "DH-DVR1604HF-S"


@pytest.mark.parametrize("length", range(len(ANSWER)))
def test_every_cut_is_garbled(length: int) -> None:
    with pytest.raises(Garbled):
        parse_answer(ANSWER[:length])


def test_a_tail_another_code_and_another_block_are_garbled() -> None:
    for data in (ANSWER + b"\x00", b"\xb0" + ANSWER[1:], ANSWER[:4] + b"\x59" + ANSWER[5:]):
        with pytest.raises(Garbled):
            parse_answer(data)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_parses_or_garbles(first: bytes, second: bytes) -> None:
    parses_or_garbles(parse_answer, first)
    assert parse_answer(make_answer(first, second)).code == "b3"
