"""The filter from observation lines to identities: one answer per device, bad lines cost only themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.fingerprint_files import load_library
from scanner.identify import identify_lines
from scanner.input_lines import InputProblem

LIBRARY = load_library()


def run(*lines: dict[str, Any] | bytes) -> tuple[list[dict[str, Any]], list[InputProblem]]:
    wrong: list[InputProblem] = []
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(identify_lines(encoded, LIBRARY, wrong.append)), wrong


def row(protocol: str, field: str, data: str, **more: Any) -> dict[str, Any]:
    return {"protocol": protocol, "field": field, "data": data, **more}


AXIS = row("http", "www-authenticate", 'Digest realm="AXIS_ACCC8E000001", nonce="x"')


def test_lines_of_one_device_give_one_answer() -> None:
    answers, _ = run({**AXIS, "id": "a", "device": "d"}, {**row("http", "title", "AXIS"), "id": "b", "device": "d"})
    assert [answer["ids"] for answer in answers] == [["a", "b"]]
    assert answers[0]["maker"] == "axis"


def test_lines_without_a_device_stand_alone_in_order() -> None:
    answers, _ = run({**AXIS, "id": "a"}, {**AXIS, "id": "a"}, row("http", "title", "x"))
    assert [answer["id"] for answer in answers] == ["a", "a", "line-3"]


def test_an_answer_has_the_documented_keys() -> None:
    (answer,), _ = run(AXIS)
    keys = "id device ids maker brand model firmware serial standing confidence evidence"
    assert set(keys.split()) <= set(answer)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"[" * 100_000, "not JSON"),
        ({"protocol": "http", "data": "x"}, "field missing"),
        (row("gopher", "menu", "x"), "no observation is called gopher.menu"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_processed(line: dict[str, Any] | bytes, says: str) -> None:
    answers, wrong = run(AXIS, line, AXIS)
    assert len(answers) == 2
    assert [problem.number for problem in wrong] == [2]
    assert says in wrong[0].message


def test_broken_utf8_is_answered_and_named() -> None:
    answers, wrong = run(AXIS, b'{"protocol":"http","field":"title","data":"\xff\xfe AXIS"}', AXIS)
    assert [(problem.number, problem.message[:7]) for problem in wrong] == [(2, "byte 44")]
    assert len(answers) == 3


@pytest.mark.parametrize("field", ["raw", "body", "title", "www-authenticate"])
def test_ten_megabytes_of_text_are_cut_and_named(field: str) -> None:
    answers, wrong = run(AXIS, row("http", field, "<a>" * 3_400_000), AXIS)
    assert len(answers) == 3
    assert {problem.number for problem in wrong} == {2}
    assert "10,200,000 characters" in wrong[0].message


DEEP = "<a>" * 100_000 + "</a>" * 100_000


@pytest.mark.parametrize("name", ["sadp.raw", "onvif-wsd.raw", "upnp-xml.raw", "univiewprobe.raw", "http.body"])
def test_nested_xml_is_named_and_the_rest_is_processed(name: str) -> None:
    answers, wrong = run(AXIS, row(*name.split("."), DEEP), AXIS)
    assert [answer["maker"] for answer in answers] == ["axis", None, "axis"]
    assert {problem.number for problem in wrong} == {2}
    assert f"{name} cannot be taken apart (XML nested deeper than 64)" in wrong[-1].message


def test_a_page_of_nested_tags_is_no_trouble() -> None:
    answers, wrong = run(row("http", "body", "<html>" + "<b>" * 9_000 + "</b>" * 9_000))
    assert ([answer["maker"] for answer in answers], wrong) == ([None], [])


def test_what_can_be_taken_apart_is_not_complained_of() -> None:
    _, wrong = run(row("http", "raw", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n"), row("dhdiscover", "raw", "{}"), AXIS)
    assert wrong == []


def test_empty_lines_are_skipped() -> None:
    answers, wrong = run(b"\n", b"  \n", AXIS)
    assert (len(answers), wrong) == (1, [])
