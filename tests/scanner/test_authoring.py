"""Pins that a begun rule is sound: it loads, hits what it was made from, and holds no serial number."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.authoring import new_rule
from scanner.fingerprint import compile_pattern
from scanner.fingerprint_files import check_file, load_vocabulary, read_rules
from scanner.model import Observation, Strength

SEEN = [
    Observation("http", "server-header", "Grey-webs/2.1.7"),
    Observation("http", "title", "It's a [camera] (100%)"),
    Observation("http", "realm", "GREY_0A1B2C3D4E5F"),
    Observation("snmp", "sysdescr", "Grey camera\r\nmodel 7, build 20240131"),
    Observation("telnet", "banner", "\x1b[2J login 123456:"),
    Observation("http", "body", "<html>\n" + "x" * 500 + "\n<p>Grey cameras of 1998</p>\n</html>"),
    Observation("dhcp", "vendor-class", "y" * 400),
]


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.name)
def test_the_skeleton_loads_and_hits_what_it_was_made_from(seen: Observation) -> None:
    rules, problems = read_rules("grey.yaml", new_rule(seen, "axis"), load_vocabulary())
    assert problems == []
    [rule] = rules
    assert rule.field == seen.name
    assert rule.strength is Strength.WEAK
    assert compile_pattern(rule.pattern or "").fullmatch(rule.examples[0].value) is not None


def test_the_pattern_leaves_open_what_differs_from_unit_to_unit() -> None:
    text = new_rule(Observation("http", "realm", "GREY_0A1B2C3D4E5F v1.2.3"), "axis")
    pattern = compile_pattern(read_rules("g", text, load_vocabulary())[0][0].pattern or "")
    assert pattern.fullmatch("GREY_0A1B2CFFFFFF v1.9.10") is not None
    assert pattern.fullmatch("GREEN_0A1B2CFFFFFF v1.9.10") is None


def test_serial_numbers_are_masked_in_the_example() -> None:
    text = new_rule(Observation("http", "realm", "Login to 3C00F12PAN7A2B9"), "dahua")
    assert "7A2B9" not in text
    assert "3C00F12PAN00000" in text


def test_a_hardware_address_becomes_a_block() -> None:
    text = new_rule(Observation("mac", "mac", "02:AB:CD:12:34:56".replace("02", "00")), "axis")
    [rule], problems = read_rules("g", text, load_vocabulary())
    assert problems == []
    assert rule.blocks == ("00abcd",)
    assert "12:34:56" not in text


def test_the_checker_takes_it_as_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "grey.yaml"
    path.write_text(new_rule(SEEN[0], "axis"), "utf-8")
    assert check_file(path) == []
