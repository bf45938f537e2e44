"""Greetings, telnet negotiation taken out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec.banner import read_greeting
from scanner.codec.text import FIELD_CAP


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03192.0.0.64 login: ", "192.0.0.64 login: "),
        (b"\xff\xfa\x18\x01\xff\xf0(none) login:", "(none) login:"),  # a subnegotiation
        (b"\xff\xfd", ""),  # cut in the middle
        (b"\xff\xf9ga", "ga"),
        (b"a\xff\xffb", "a\ufffdb"),  # an escaped 0xff is data
        (b"220 AXIS ready\r\n\x00", "220 AXIS ready\r\n"),
        (b"SSH-2.0-dropbear\r\n", "SSH-2.0-dropbear\r\n"),
        (b"", ""),
    ],
)
def test_a_greeting_is_what_a_person_would_read(data: bytes, text: str) -> None:
    assert read_greeting(data) == text


@given(st.binary(max_size=500))
def test_any_bytes_give_text(data: bytes) -> None:
    assert "\x00" not in read_greeting(data)


def test_a_greeting_is_capped() -> None:
    assert len(read_greeting(b"x" * 1_000_000)) == FIELD_CAP
    assert read_greeting(b"\xff\xfa" + b"x" * 1_000_000) != ""
