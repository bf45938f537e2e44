"""A line says what its value says, and the quick ways of reading one take what the thorough one takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import record_line as subject
from scanner.model import Attempt, Observation
from scanner.record_line import from_line, to_line
from tests.scanner.test_record import SEEN, TRIED


@given(st.text(max_size=200), st.one_of(st.none(), st.integers(0, 65535)), st.floats(0, 2e9))
def test_any_text_survives_the_line(value: str, port: int | None, at: float) -> None:
    seen = Observation("http", "title", value, address="10.0.0.1", port=port, at=at)
    assert from_line(json.loads(json.dumps(to_line(seen)))) == seen


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_quick_reader_reads_what_the_usual_one_reads(body: dict[str, object]) -> None:
    line = json.dumps({**body, "type": "x"}).encode() + b"\n"
    assert repr(subject.parse(Path("r"), 1, line)) == repr(json.loads(line))  # repr: 1, 1.0 and True are equal


@pytest.mark.parametrize(
    "text", ['{"type":"note","text":"\\ud800"}', '\ufeff{"type":"x"}', '{"type":"x","a":' + "[" * 300 + "]" * 300 + "}"]
)
def test_what_the_quick_reader_refuses_is_for_the_usual_one_to_say(text: str) -> None:
    assert subject.parse(Path("r"), 1, text.encode()) == json.loads(text.encode())


WRONG = st.sampled_from([None, True, "", "80", "é", 80, 80.0, -1, 5.5, 1e300, -1e10, 1 << 63, 1 - (1 << 63), ["x"], {}])
LINES = st.one_of(
    st.tuples(st.just(to_line(SEEN)), st.sampled_from(SEEN.__struct_fields__), WRONG),
    st.tuples(st.just(to_line(TRIED)), st.sampled_from(TRIED.__struct_fields__), WRONG),
)


@given(LINES, st.booleans())
def test_the_quickest_reader_takes_what_the_thorough_one_takes(
    change: tuple[dict[str, object], str, object], leave_out: bool
) -> None:
    """A record that one of them half believes would be judged otherwise by the next version."""
    whole, name, other = change
    body = {key: value for key, value in {**whole, name: other}.items() if not leave_out or key != name}
    try:
        expected = from_line(json.loads(json.dumps(body)))
    except (TypeError, ValueError):
        expected = None
    assert subject.decode(json.dumps(body).encode() + b"\n") == expected


@pytest.mark.parametrize("value", [SEEN, TRIED])
def test_most_lines_go_the_quickest_way(value: Observation | Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    line = subject.encode(to_line(value))
    monkeypatch.setattr(subject, "from_json", None)
    assert subject.decode(line) == value
