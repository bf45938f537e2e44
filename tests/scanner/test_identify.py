"""The filter from observation lines to identities: one answer per device, bad lines cost only themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.fingerprint_files import load_library
from scanner.identify import InputProblem, identify_lines

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
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b"[" * 100_000, "not JSON"),
        (row("http", "title", "x") | {"data": None}, "data missing or not text"),
        ({"protocol": "http", "data": "x"}, "field missing"),
        (row("gopher", "menu", "x"), "no observation is called gopher.menu"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_processed(line: dict[str, Any] | bytes, says: str) -> None:
    answers, wrong = run(AXIS, line, AXIS)
    assert len(answers) == 2
    assert [problem.number for problem in wrong] == [2]
    assert says in wrong[0].message


def test_broken_utf8_is_read_with_replacement() -> None:
    answers, wrong = run(b'{"protocol":"http","field":"title","data":"\xff\xfe AXIS"}')
    assert wrong == []
    assert len(answers) == 1


@pytest.mark.parametrize("field", ["raw", "body", "title", "www-authenticate"])
def test_ten_megabytes_of_text_are_cut(field: str) -> None:
    answers, wrong = run(row("http", field, "<a>" * 3_400_000))
    assert (len(answers), wrong) == (1, [])


def test_nested_xml_is_no_trouble() -> None:
    deep = "<a>" * 20_000 + "</a>" * 20_000
    answers, _ = run(row("sadp", "raw", deep), row("onvif-wsd", "raw", deep), row("http", "body", deep))
    assert [answer["maker"] for answer in answers] == [None] * 3


def test_empty_lines_are_skipped() -> None:
    answers, wrong = run(b"\n", b"  \n", AXIS)
    assert (len(answers), wrong) == (1, [])
