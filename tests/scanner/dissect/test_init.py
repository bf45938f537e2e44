"""Dissection as a whole: nothing raises, nothing undeclared comes out, real answers hold what they must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec.text import VALUE_CAP
from scanner.dissect import (
    BY_SENDER,
    CONTROL_REQUEST,
    DERIVED_CAP,
    MEMO_LENGTH,
    Dissector,
    dissect,
    dissect_all,
    find_refusal,
)
from scanner.dissect.rules import RULES
from scanner.model import replace
from tests.scanner.dissect.finding import find, observe

ROWS = [json.loads(line) for line in (Path(__file__).parent / "rows.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_what_real_devices_said_holds_what_identifies_them(row: dict[str, Any]) -> None:
    """Rows copied from the labelled observations, serials masked there; each names its origin."""
    found = find(f"{row['protocol']}.{row['field']}", row["data"], request="GET /")
    for name, value in row["holds"].items():
        assert value in found.get(name, []), f"{name} of {row['id']} ({row['origin']})"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_cut_answers_never_raise(row: dict[str, Any]) -> None:
    name, data = f"{row['protocol']}.{row['field']}", row["data"]
    for length in range(0, len(data), 7):
        dissect(observe(name, data[:length]))


def test_derived_observations_keep_where_they_came_from() -> None:
    source = observe("http.raw", "HTTP/1.1 401 No\r\nServer: x\r\n\r\n", request="GET /")
    derived = dissect(source)
    assert derived
    for item in derived:
        assert item.derived
        for kept in source.__struct_fields__:
            if kept not in ("protocol", "field", "value", "derived"):
                assert getattr(item, kept) == getattr(source, kept)


def test_each_fact_is_derived_once() -> None:
    text = 'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r"\r\nWWW-Authenticate: Digest realm="r", x=1\r\n\r\n'
    found = find("http.raw", text)
    assert found["http.realm"] == ["r"]
    assert len(found["http.www-authenticate"]) == 2


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_dissector_that_remembers_gives_what_dissecting_anew_gives(row: dict[str, Any]) -> None:
    dissector = Dissector()
    for request, address, derived in (("GET /", "10.0.0.1", False), ("GET /b", "10.0.0.2", True)):
        seen = replace(observe(f"{row['protocol']}.{row['field']}", row["data"], request=request), address=address)
        seen = replace(seen, derived=derived, port=len(request), digest=request)
        assert dissector(seen) == dissect(seen)


def test_a_dissector_tells_apart_who_said_it_where_that_matters() -> None:
    one, other = (f"<ProbeMatch><XAddrs>http://10.0.0.{n}/</XAddrs></ProbeMatch>" for n in (1, 2))
    answer = observe("onvif-wsd.raw", f"<Envelope><Body>{one}{other}</Body></Envelope>")
    dissector = Dissector()
    for n in (1, 2):
        found = dissector(replace(answer, address=f"10.0.0.{n}"))
        assert [item.value for item in found if item.field == "xaddrs"] == [f"http://10.0.0.{n}/"]


def test_a_dissector_reads_long_values_anew() -> None:
    seen = observe("http.body", f"<title>x</title>{' ' * MEMO_LENGTH}")
    assert Dissector()(seen) == dissect(seen) != ()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_only_whole_answers_are_read_by_who_said_them(row: dict[str, Any]) -> None:
    """A dissector remembers by value and request; it is told the sender only at the first step."""
    seen = observe(f"{row['protocol']}.{row['field']}", row["data"], request="GET /")
    assert not {item.name for item in dissect(seen)} & BY_SENDER
    if seen.name not in BY_SENDER:
        values = [[item.value for item in dissect(replace(seen, address=address))] for address in (None, "10.9.8.7")]
        assert values[0] == values[1]


def test_what_has_no_rule_yields_nothing() -> None:
    assert dissect(observe("ssh.banner", "SSH-2.0-dropbear")) == ()
    assert dissect(observe("no.such", "x")) == ()


def test_broken_raws_yield_nothing() -> None:
    for name in RULES:
        if name.endswith(".raw"):
            assert find(name, "") == {}, name
            assert find(name, "\x00\x01\x02") == {}, name


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("sadp.raw", "<a>" * 100 + "</a>" * 100, "XML nested deeper than 64"),
        ("tvt-search.raw", "no hexadecimal", "not hexadecimal"),
        ("sadp.raw", "<ProbeMatch/>", ""),
        ("http.title", "nothing to do", ""),
    ],
)
def test_why_a_value_cannot_be_taken_apart_is_told(name: str, value: str, why: str) -> None:
    assert find_refusal(observe(name, value)) == why


def test_one_answer_yields_no_more_than_the_cap() -> None:
    scopes = " ".join(f"onvif://www.onvif.org/name/{number}" for number in range(DERIVED_CAP * 2))
    assert len(dissect(observe("onvif-wsd.scopes", scopes))) == DERIVED_CAP


def test_long_values_are_cut() -> None:
    found = find("http.raw", "HTTP/1.1 200 OK\r\n\r\n" + "x" * (3 * VALUE_CAP))
    assert len(found["http.body"][0]) <= VALUE_CAP


@given(st.sampled_from(sorted(RULES)), st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_no_text_makes_dissection_raise(name: str, value: str) -> None:
    for item in dissect(observe(name, value, request="GET /")):
        assert item.value


@given(st.sampled_from(ROWS), st.integers(0, 2_000), st.text(alphabet="<>&\"'=;: {}[]\r\n\x00é\ud800x0", max_size=30))
def test_damaged_answers_never_raise(row: dict[str, Any], at: int, damage: str) -> None:
    data = row["data"][:at] + damage + row["data"][at + len(damage) :]
    dissect(observe(f"{row['protocol']}.{row['field']}", data))


def test_a_host_is_dissected_with_what_its_answers_show_together() -> None:
    asked = "GET /ISAPI/System/deviceInfo"
    observations = [
        observe("http.raw", "HTTP/1.1 401 Unauthorized\r\n\r\n", request=asked),
        observe("http.raw", "HTTP/1.1 404 Not Found\r\n\r\n", request=CONTROL_REQUEST),
    ]
    found = dissect_all([*observations, *observations])
    assert [item.value for item in found if item.field == "distinct-answer"] == [f"401 {asked}"]
    assert [item.value for item in found if item.field == "status"] == ["401", "404"]
    assert len(found) == len(set(found))
    assert dissect_all(found) == found  # dissecting again adds nothing


def test_dissecting_what_was_dissected_adds_nothing() -> None:
    for row in ROWS:
        once = dissect_all([observe(f"{row['protocol']}.{row['field']}", row["data"])])
        assert dissect_all(once) == once
