"""The paces that have a word, those that are a number, and the time that they foretell."""

from __future__ import annotations

import pytest

from scanner.pace import PRESETS, USED, Pace, PaceError, parse_pace


def test_the_default_is_that_of_the_safety_contract() -> None:
    normal = parse_pace(" Normal ")
    assert (normal.overall, normal.per_host, normal.connections_per_host) == (1_000, 40, 1)
    assert [str(preset) for preset in PRESETS] == ["gentle", "normal", "fast", "lab"]
    assert all(preset.connections_per_host == 1 for preset in PRESETS)


def test_a_number_is_packets_per_second_overall() -> None:
    assert parse_pace("250") == Pace(250, 40, open_sockets=62)
    assert parse_pace("10").per_host == 10
    assert str(parse_pace("10")) == "10"


@pytest.mark.parametrize("text", ["", "quick", "0", "-5", "nan", "inf", "1e9", "5 000"])
def test_nonsense_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(PaceError, match="gentle, normal, fast, lab"):
        parse_pace(text)


def test_the_predicted_time_is_that_of_the_tighter_limit() -> None:
    pace = Pace(100, 10)
    assert pace.seconds(1000) == pytest.approx(10 / USED)
    assert pace.seconds(1000, busiest_host=200) == pytest.approx(20 / USED)


def test_a_time_for_no_host_in_particular_is_that_of_all() -> None:
    assert Pace(1000, 1).seconds(970) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "sockets"), [("0.1", 16), ("64", 16), ("68", 17), ("4096", 1024), ("5000", 1024), ("1000000", 1024)]
)
def test_a_pace_may_be_as_slow_or_as_fast_as_is_said_and_opens_sockets_to_match(text: str, sockets: int) -> None:
    assert parse_pace(text).open_sockets == sockets
