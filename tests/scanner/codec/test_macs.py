"""Hardware addresses in every spelling seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec.macs import is_group, is_local, normalise_mac, oui, prefix, write_mac


@pytest.mark.parametrize(
    "text",
    [
        "68:6d:bc:00:0a:01",
        "68-6d-bc-00-0a-01",  # SADP
        "686D.BC00.0A01",
        "686DBC000A01",  # Axis, Uniview
        " 68 6D BC 00 0A 01 ",
        "68:6d:bc:0:a:1",  # BSD and busybox
    ],
)
def test_every_spelling_gives_one(text: str) -> None:
    assert normalise_mac(text) == "68:6d:bc:00:0a:01"


@pytest.mark.parametrize(
    "text",
    ["", "00:00:00:00:00:00", "ff-ff-ff-ff-ff-ff", "68:6d:bc", "xx:xx:xx:xx:xx:xx", "68:6d:bc:00:0a:01:02", "6" * 100],
)
def test_what_is_no_address_of_a_device_gives_none(text: str) -> None:
    assert normalise_mac(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_an_address_or_none(text: str) -> None:
    mac = normalise_mac(text)
    assert mac is None or (len(mac) == 17 and normalise_mac(mac) == mac)


def test_the_bits_of_the_first_byte() -> None:
    assert is_local("02:00:00:00:00:01")
    assert not is_local("68:6d:bc:00:0a:01")
    assert is_group("01:00:5e:00:00:01")
    assert not is_group("68:6d:bc:00:0a:01")


def test_the_parts_of_an_address() -> None:
    assert oui("68:6d:bc:00:0a:01") == "68:6d:bc"
    assert prefix("68:6d:bc:00:0a:01") == "686dbc000a01"
    assert write_mac("686dbc000a01") == "68:6d:bc:00:0a:01"
