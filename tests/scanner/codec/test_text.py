"""Decoding and cutting of what devices say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.text import (
    FIELD_CAP,
    FIELDS_CAP,
    VALUE_CAP,
    cut_field,
    decode_padded,
    decode_text,
    encode_hex,
    flatten_json,
    is_secret,
    mask_json,
    mask_xml,
    read_json,
    read_number,
    write_network,
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("höhe".encode(), "höhe"),
        (b"h\xf6he", "h\ufffdhe"),
        ("höhe".encode("utf-16"), "höhe"),
        (b"", ""),
    ],
)
def test_text_is_utf8_with_replacement_unless_a_mark_says_utf16(data: bytes, text: str) -> None:
    assert decode_text(data) == text


def test_a_whole_reply_is_cut_to_its_cap() -> None:
    assert len(decode_text(b"x" * (VALUE_CAP + 5))) == VALUE_CAP
    assert len(encode_hex(b"x" * VALUE_CAP)) == VALUE_CAP
    assert encode_hex(b"\xb3\x00") == "b300"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_a_field_can_always_be_written_as_utf8_and_holds_no_nul(text: str) -> None:
    field = cut_field(text)
    assert "\x00" not in field
    assert len(field) <= FIELD_CAP
    field.encode("utf-8")


def test_a_lone_surrogate_that_json_can_name_is_replaced() -> None:
    assert cut_field(json.loads('"a\\ud800b"')) == "a?b"


def test_a_padded_field_ends_at_its_first_nul() -> None:
    assert decode_padded(b"IPC\x00junk") == "IPC"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("80", 80),
        ("0", 0),
        ("65535", 65535),
        ("65536", None),
        ("-1", None),
        ("", None),
        (None, None),
        ("8o", None),
        ("٣", None),
    ],
)
def test_a_number_is_decimal_and_within_its_range(text: str | None, number: int | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("192.0.2.1", "255.0.0.0", "192.0.2.9", "False"), "192.0.2.1/255.0.0.0 gateway 192.0.2.9 dhcp false"),
        (("192.0.2.1", "", "", ""), "192.0.2.1"),
        (("", "255.0.0.0", "", "true"), "dhcp true"),
    ],
)
def test_a_network_leaves_out_what_was_not_said(parts: tuple[str, str, str, str], text: str) -> None:
    assert write_network(*parts) == text


@pytest.mark.parametrize(
    "name", ["Salt", "Password", "userPwd", "SecretKey", "AccessToken", "VerificationCode", "random"]
)
def test_secrets_are_known_by_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["DeviceSN", "MAC", "Version", "Vendor", "Activated"])
def test_what_identifies_is_no_secret(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("data", "masked"),
    [
        (b"<a><Salt>ab12</Salt><b>x</b></a>", b"<a><Salt>****</Salt><b>x</b></a>"),
        (b'<ns:userPassword x="1">p4</ns:userPassword>', b'<ns:userPassword x="1">**</ns:userPassword>'),
        (b"<Token><![CDATA[p4]]></Token>", b"<Token><![CDATA[**]]></Token>"),
        (b"<a>Salt</a><Salt/><b>x</b>", b"<a>Salt</a><Salt/><b>x</b>"),
        (b"<Salt>cut", b"<Salt>***"),
    ],
)
def test_secrets_in_xml_are_masked_at_their_length(data: bytes, masked: bytes) -> None:
    assert mask_xml(data) == masked


@pytest.mark.parametrize(
    ("data", "masked"),
    [
        (b'{"Password" : "p4","Vendor":"Private"}', b'{"Password" : "**","Vendor":"Private"}'),
        (b'{"random":1234,"x":1}', b'{"random":****,"x":1}'),
        (b'{"Pwd":"a\\"b","x":1}', b'{"Pwd":"****","x":1}'),
        (b'{"Pwd":"cut', b'{"Pwd":"***'),
        (b'{"Pwd":"', b'{"Pwd":"'),
        (b'{"Pwd":"","x":1}', b'{"Pwd":"","x":1}'),
    ],
)
def test_secrets_in_json_are_masked_at_their_length(data: bytes, masked: bytes) -> None:
    assert mask_json(data) == masked


@pytest.mark.parametrize("part", ["<", "<pwd", "pwd", '"', '"pwd', '":', "<pwd ", '"pwd":"\\'])
def test_masking_hostile_repetition_costs_no_time(part: str) -> None:
    data = (part * VALUE_CAP)[:VALUE_CAP].encode()
    assert len(mask_xml(data)) == len(mask_json(data)) == VALUE_CAP


def test_json_is_flattened_to_dotted_names_without_secrets() -> None:
    value = read_json('{"a":{"b":1,"c":true,"Password":"x"},"d":"e","f":[1],"g":null,"h":1.5} tail')
    assert flatten_json(value) == (("a.b", "1"), ("a.c", "true"), ("d", "e"), ("h", "1.5"))


def test_json_beyond_the_caps_is_cut() -> None:
    assert len(flatten_json({str(number): number for number in range(FIELDS_CAP + 9)})) == FIELDS_CAP
    deep: dict[str, object] = {"x": 1}
    for _ in range(50):
        deep = {"d": deep}
    assert flatten_json(deep) == ()


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "[" * 100_000, '{"a":' * 50_000, '{"n":' + "9" * 5_000 + "}"])
def test_what_is_no_json_object_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        read_json(text)
