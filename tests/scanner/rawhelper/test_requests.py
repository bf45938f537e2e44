"""The parent's lines are checked as if a stranger had sent them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.rawhelper.requests import (
    LEARN_CAP,
    PORTS_CAP,
    Grant,
    Learn,
    Open,
    Owner,
    Refused,
    Stop,
    Sweep,
    encode,
    name_line,
    parse_request,
)

OPEN = {
    "op": "open",
    "networks": ["10.0.0.0/24"],
    "excluded": ["10.0.0.9"],
    "interfaces": ["eth0"],
    "keep_neighbours": True,
    "standing": ["2 10.0.0.7"],
}
SWEEP = {
    "op": "sweep",
    "id": 1,
    "interface": "eth0",
    "sender": "10.0.0.2",
    "rate": 1000,
    "passes": 2,
    "ranges": [["10.0.0.1", "10.0.0.254"]],
}


def parse(data: object) -> object:
    return parse_request(json.dumps(data).encode())


def test_the_opening_makes_a_scope() -> None:
    opening = parse(OPEN)
    assert isinstance(opening, Open)
    assert opening.interfaces == ("eth0",)
    assert opening.scope.contains("10.0.0.8")
    assert not opening.scope.contains("10.0.0.9")
    assert opening.keep_neighbours
    assert opening.standing == {name_line(2, "10.0.0.7")}


def test_who_keeps_no_neighbours_need_not_tell_of_any() -> None:
    bare = {key: value for key, value in OPEN.items() if key != "standing"}
    opening = parse(bare | {"keep_neighbours": False})
    assert isinstance(opening, Open)
    assert opening.standing == frozenset()
    with pytest.raises(Refused, match="standing is a list"):
        parse(bare)


def test_a_sweep_is_read() -> None:
    sweep = parse(SWEEP)
    assert sweep == Sweep(1, "eth0", (((10 << 24) + 1, (10 << 24) + 254),), "10.0.0.2", 1000.0, 2)


def test_the_small_requests_are_read() -> None:
    assert parse({"op": "grant", "id": 3, "frames": 50}) == Grant(3, 50)
    assert parse({"op": "stop", "id": 3}) == Stop(3)
    hosts = ["10.0.0.5", "10.0.0.6"]
    assert parse({"op": "learn", "interface": "eth0", "addresses": hosts}) == Learn("eth0", (*hosts,), forget=False)
    assert parse({"op": "forget", "interface": "eth0", "addresses": hosts}) == Learn("eth0", (*hosts,), forget=True)


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 0},
        {"rate": 1e9},
        {"rate": "1000"},
        {"rate": True},
        {"rate": float("nan")},
        {"id": 0},
        {"id": "1"},
        {"id": True},
        {"passes": 5},
        {"ranges": []},
        {"ranges": "10.0.0.1"},
        {"ranges": [["10.0.0.1"]]},
        {"ranges": [["10.0.0.9", "10.0.0.1"]]},
        {"ranges": [["10.0.0.1", "fe80::1"]]},
        {"ranges": [[1, 2]]},
        {"sender": "eth0"},
        {"interface": ""},
        {"interface": None},
        {"op": "sing"},
        {"op": None},
    ],
    ids=repr,
)
def test_a_wrong_sweep_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        parse(SWEEP | change)


@pytest.mark.parametrize(
    "change",
    [
        {"networks": []},
        {"networks": ["10.0.0.1/24"]},
        {"networks": "10.0.0.0/24"},
        {"networks": ["239.0.0.0/8"]},
        {"interfaces": []},
        {"interfaces": [f"eth{n}" for n in range(17)]},
        {"interfaces": [1]},
        {"excluded": ["nonsense"]},
    ],
    ids=repr,
)
def test_a_wrong_opening_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        parse(OPEN | change)


@pytest.mark.parametrize(
    "addresses", ["10.0.0.5", ["10.0.0.5", "eth0"], ["fe80::1"], [5], ["10.0.0.5"] * (LEARN_CAP + 1)], ids=repr
)
def test_wrong_neighbours_are_refused(addresses: object) -> None:
    with pytest.raises(Refused):
        parse({"op": "learn", "interface": "eth0", "addresses": addresses})


@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_garbage_is_refused_and_nothing_else(line: bytes) -> None:
    with pytest.raises(Refused):
        parse_request(line)


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"op":' * 100_000, b'{"op":"stop","id":' + b"9" * 5_000 + b"}"])
def test_depth_and_digits_beyond_reason_are_refused(line: bytes) -> None:
    with pytest.raises(Refused, match="not JSON"):
        parse_request(line)


def test_an_event_is_one_line() -> None:
    assert encode({"event": "x", "text": "a\nb"}) == b'{"event":"x","text":"a\\nb"}\n'


OWNER = {"op": "owner", "interface": "eth0", "address": "fe80::1", "ports": [3702, 40_000]}


def test_a_question_for_an_owner_is_read() -> None:
    assert parse(OWNER) == Owner("eth0", b"\xfe\x80" + bytes(13) + b"\x01", (3702, 40_000))


@pytest.mark.parametrize(
    "change",
    [
        {"address": "2001:db8::1"},
        {"address": "10.0.0.1"},
        {"address": "fe80::1%eth0"},
        {"address": "nonsense"},
        {"address": None},
        {"ports": []},
        {"ports": 3702},
        {"ports": [0]},
        {"ports": [65_536]},
        {"ports": ["3702"]},
        {"ports": list(range(1, PORTS_CAP + 2))},
        {"interface": ""},
    ],
    ids=repr,
)
def test_a_wrong_question_for_an_owner_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        parse(OWNER | change)
