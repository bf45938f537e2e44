"""Observations as JSON Lines become those of a record; lines that say no address are named."""

from __future__ import annotations

import json
from types import MappingProxyType

from scanner.importing.observations import read_observations

FIELDS = MappingProxyType({"http.server-header": "web", "mac.mac": "link"})


def line(**body: object) -> bytes:
    return json.dumps({"protocol": "http", "field": "server-header", "data": "App-webs/", **body}).encode() + b"\n"


def test_a_line_becomes_an_observation_with_its_bytes() -> None:
    heard, problems = read_observations(line(address="10.0.0.5", port=80, request="GET /"), FIELDS)
    assert problems == []
    ((seen,), ((digest, raw),)) = heard[0].observations, heard[0].raw
    assert (seen.name, seen.value, seen.address, seen.port) == ("http.server-header", "App-webs/", "10.0.0.5", 80)
    assert (raw, seen.digest, seen.by) == (b"App-webs/", digest, "import")


def test_an_address_is_written_in_one_way() -> None:
    heard, _ = read_observations(line(address="FD00:0::5"), FIELDS)
    assert heard[0].observations[0].address == "fd00::5"


def test_a_line_without_a_usable_address_is_named() -> None:
    data = line() + line(address="camera 7") + line(address="10.0.0.5")
    heard, problems = read_observations(data, FIELDS)
    assert len(heard) == 1
    assert [(one.number, one.message[:13]) for one in problems] == [(1, "no IP address"), (2, "no IP address")]


def test_bad_lines_cost_only_themselves() -> None:
    heard, problems = read_observations(b"{\n" + line(address="10.0.0.5") + line(field="nosuch"), FIELDS)
    assert len(heard) == 1
    assert [one.number for one in problems] == [1, 3]
