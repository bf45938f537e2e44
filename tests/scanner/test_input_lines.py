"""Reading observations of others: what is wrong with a line is said with its number, and costs no other line."""

from __future__ import annotations

import io
import json
from types import MappingProxyType
from typing import Any

import pytest

from scanner.input_lines import LINE_CAP, VALUE_CAP, InputLine, InputProblem, read_input, split_lines

GROUPS = {
    "web": ("http.title", "http.raw", "http.server-header"),
    "banner": ("sip.server", "telnet.banner"),
    "onvif": ("onvif-wsd.scopes", "onvif.device-information"),
    "upnp": ("upnp-xml.raw",),
}
FIELDS = MappingProxyType({name: group for group, names in GROUPS.items() for name in names})
GOOD = b'{"protocol":"http","field":"title","data":"x","id":"good"}\n'


def read(*lines: bytes) -> list[InputLine | InputProblem]:
    return list(read_input(lines, FIELDS))


def encode(**body: Any) -> bytes:
    return json.dumps({"protocol": "http", "field": "title", "data": "x", **body}).encode() + b"\n"


def read_one(line: bytes) -> InputLine:
    (found,) = read(line)
    assert isinstance(found, InputLine)
    return found


BAD = {
    "half an object": (b"{", "not JSON"),
    "a list": (b"[]", "not an object"),
    "a list of observations": (b"[" + GOOD.strip() + b"]", "not an object"),
    "text": (b'"text"', "not an object"),
    "not a number": (b"NaN", "not an object"),
    "deep lists": (b"[" * 100_000 + b"]" * 100_000, "not JSON"),
    "deep objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "not JSON"),
    "two objects": (GOOD.strip() + b"\r" + GOOD, "not JSON"),
    "NULs": (b"\0\0\0\n", "not JSON"),
    "a bare NUL in text": (b'{"protocol":"http","field":"title","data":"a\0b"}', "not JSON"),
    "a number without end": (b'{"protocol":"http","field":"title","data":"x","port":' + b"9" * 5000 + b"}", "not JSON"),
    "nothing in it": (b"{}", "protocol, field and data missing or not text"),
    "no data": (encode(data=None), "data missing or not text"),
    "a key twice": (b'{"protocol":"http","field":"title","data":"x","data":"y"}', "the key data stands there twice"),
    "an unknown protocol": (encode(protocol="gopher"), "no observation is called gopher.title; docs/fields.md"),
    "an unknown field": (encode(field="menu"), "called http.menu; http has raw, server-header and title"),
    "a name that paints": (encode(field="a\x1b[31m\n"), r"http.a\x1b[31m\n;"),
    "a name without end": (encode(protocol="x" * 100_000), f"called {'x' * 60}…;"),
    "too long": (b"x" * (LINE_CAP + 1), "more than 16,777,216 bytes"),
}


@pytest.mark.parametrize(("line", "says"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_and_the_rest_is_read(line: bytes, says: str) -> None:
    first, second, third = read(GOOD, line, GOOD)
    assert isinstance(first, InputLine)
    assert isinstance(third, InputLine)
    assert isinstance(second, InputProblem)
    assert second.number == 2
    assert says in second.message
    assert second.message.isprintable()


def test_a_file_in_utf16_is_told_what_to_do() -> None:
    problem, *_ = read(*GOOD.decode().encode("utf-16").splitlines(keepends=True))
    assert isinstance(problem, InputProblem)
    assert problem.message == "the file is UTF-16; save it as UTF-8"


def test_a_byte_order_mark_and_windows_line_ends_cost_nothing() -> None:
    found = read(b"\xef\xbb\xbf" + GOOD.strip() + b"\r\n", GOOD.strip() + b"\r\n")
    assert [(item.number, item.flaws) for item in found if isinstance(item, InputLine)] == [(1, ()), (2, ())]


def test_a_byte_order_mark_further_down_is_no_mark() -> None:
    assert isinstance(read(GOOD, b"\xef\xbb\xbf" + GOOD)[1], InputProblem)


def test_broken_utf8_is_read_and_said() -> None:
    line = read_one(b'{"protocol":"http","field":"title","data":"\xff caf\xe9"}')
    assert line.observation.value == "\ufffd caf\ufffd"
    assert line.flaws == ("byte 44 of the line is not UTF-8; what cannot be read was replaced",)


def test_long_text_is_cut_and_said() -> None:
    line = read_one(encode(data="a" * 10_000_000))
    assert len(line.observation.value) == VALUE_CAP
    assert line.flaws == ("data holds 10,000,000 characters, of which the first 65,536 are read",)


def test_half_a_character_pair_is_replaced_everywhere_and_said() -> None:
    """It cannot be written down again, so one would end the whole run."""
    line = read_one(encode(data="a\ud800", id="b\udc00", device="\ud800", address="\ud800", request="\udfff"))
    seen = line.observation
    assert (seen.value, line.id, line.device, seen.address, seen.request) == ("a?", "b?", "?", "?", "?")
    assert len(line.flaws) == 1
    assert "half a character pair" in line.flaws[0]


def test_other_scripts_are_left_alone() -> None:
    line = read_one(encode(data="Kamera e hyrjes \U0001f3a5 摄像机", id="ë"))
    assert (line.observation.value, line.id, line.flaws) == ("Kamera e hyrjes \U0001f3a5 摄像机", "ë", ())


@pytest.mark.parametrize(
    ("port", "read_as"), [(80, 80), (0, 0), (65_536, None), (-5, None), (True, None), ("80", None)]
)
def test_a_port_is_a_port_or_nothing(port: object, read_as: int | None) -> None:
    assert read_one(encode(port=port)).observation.port == read_as


@pytest.mark.parametrize("other", [{"address": 5}, {"request": 7}, {"id": None}, {"device": ""}, {"label": {"a": 1}}])
def test_keys_of_another_type_are_left_out(other: dict[str, Any]) -> None:
    line = read_one(encode(**other))
    assert (line.id, line.device, line.observation.address, line.observation.request) == ("line-1", None, None, "")


@pytest.mark.parametrize(
    ("protocol", "field", "name"),
    [
        ("upnp-xml", "xml", "upnp-xml.raw"),
        ("upnp", "xml", "upnp-xml.raw"),
        ("http", "server", "http.server-header"),
        ("sip", "server-header", "sip.server"),
        ("telnet", "raw", "telnet.banner"),
        ("onvif", "scopes", "onvif-wsd.scopes"),
        ("onvif-wsd", "device-information", "onvif.device-information"),
        ("onvif", "manufacturer-model", "onvif.device-information"),
    ],
)
def test_the_names_other_sets_use_are_known(protocol: str, field: str, name: str) -> None:
    assert read_one(encode(protocol=protocol, field=field)).observation.name == name


def test_a_whole_answer_was_asked_for_unless_it_says_otherwise() -> None:
    assert read_one(encode(field="raw")).observation.request == "GET /"
    assert read_one(encode(field="raw", request="GET /doc/")).observation.request == "GET /doc/"


def test_the_digest_is_of_the_whole_value() -> None:
    assert (
        read_one(encode(data="a" * 70_000)).observation.digest != read_one(encode(data="a" * 65_536)).observation.digest
    )


def test_a_line_without_end_is_never_held() -> None:
    longest = 0
    for line in split_lines(io.BytesIO(b"x" * (3 * LINE_CAP) + b"\n" + GOOD + GOOD.strip())):
        longest = max(longest, len(line))
    assert longest == LINE_CAP + 1


def test_lines_keep_their_numbers_behind_one_without_end() -> None:
    problem, *rest = read(*split_lines(io.BytesIO(b"x" * (2 * LINE_CAP + 2) + b"\n" + GOOD + GOOD.strip())))
    assert isinstance(problem, InputProblem)
    assert [item.number for item in rest] == [2, 3]


def test_a_line_of_exactly_the_cap_is_followed_by_its_neighbour() -> None:
    """The line end is the last byte that is read at once: the next line must not be swallowed."""
    lines = list(split_lines(io.BytesIO(b"x" * LINE_CAP + b"\n" + GOOD)))
    assert [len(line) for line in lines] == [LINE_CAP + 1, len(GOOD)]
