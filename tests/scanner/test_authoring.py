"""Pins that a begun rule is sound: it loads, hits what it was made from, and holds no serial number."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.authoring import new_rule, read_block
from scanner.fingerprint import compile_pattern
from scanner.fingerprint_files import check_file, load_vocabulary, read_rules
from scanner.model import Observation, Strength
from scanner.rule_faults import PLACEHOLDERS

SEEN = [
    Observation("http", "server-header", "Grey-webs/2.1.7"),
    Observation("http", "title", "It's a [camera] (100%)"),
    Observation("http", "realm", "GREY_0A1B2C3D4E5F"),
    Observation("snmp", "sysdescr", "Grey camera\r\nmodel 7, build 20240131"),
    Observation("telnet", "banner", "\x1b[2J login 123456:"),
    Observation("http", "body", "<html>\n" + "x" * 500 + "\n<p>Grey cameras of 1998</p>\n</html>"),
    Observation("dhcp", "vendor-class", "y" * 400),
]


def finish(text: str) -> str:
    """A begun rule as its author leaves it: what he has to say is said."""
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, "Said by its author")
    return text


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.name)
def test_the_skeleton_loads_and_hits_what_it_was_made_from(seen: Observation) -> None:
    rules, problems = read_rules("grey.yaml", finish(new_rule(seen, "axis")), load_vocabulary())
    assert problems == []
    [rule] = rules
    assert rule.field == seen.name
    assert rule.strength is Strength.WEAK
    assert compile_pattern(rule.pattern or "").fullmatch(rule.examples[0].value) is not None


def test_the_pattern_leaves_open_what_differs_from_unit_to_unit() -> None:
    text = new_rule(Observation("http", "realm", "GREY_0A1B2C3D4E5F v1.2.3"), "axis")
    pattern = compile_pattern(read_rules("g", finish(text), load_vocabulary())[0][0].pattern or "")
    assert pattern.fullmatch("GREY_0A1B2CFFFFFF v1.9.10") is not None
    assert pattern.fullmatch("GREEN_0A1B2CFFFFFF v1.9.10") is None


def test_an_id_that_is_taken_is_not_taken_again() -> None:
    taken = {"axis-http-title", "axis-http-title-2"}
    assert "  - id: axis-http-title-3\n" in new_rule(SEEN[1], "axis", taken)
    assert "  - id: axis-http-title\n" in new_rule(SEEN[1], "axis")


def test_serial_numbers_are_masked_in_the_example() -> None:
    text = new_rule(Observation("http", "realm", "Login to 3C00F12PAN7A2B9"), "dahua")
    assert "7A2B9" not in text
    assert "3C00F12PAN00000" in text


def test_a_hardware_address_becomes_a_block() -> None:
    text = new_rule(Observation("mac", "mac", "02:AB:CD:12:34:56".replace("02", "00")), "axis")
    [rule], problems = read_rules("g", finish(text), load_vocabulary())
    assert problems == []
    assert rule.blocks == ("00abcd",)
    assert "12:34:56" not in text


@pytest.mark.parametrize(
    ("text", "block"),
    [("00-bc-99", "00:BC:99"), ("00:bc:99:12:34:56", "00:BC:99"), ("00bc.9912.3456", "00:BC:99"), ("zz:bc:99", None)],
)
def test_the_block_of_an_address_or_of_its_beginning(text: str, block: str | None) -> None:
    assert read_block(text) == block


def test_a_block_alone_becomes_a_rule() -> None:
    [rule], problems = read_rules(
        "g", finish(new_rule(Observation("mac", "oui", "00:BC:99"), "axis")), load_vocabulary()
    )
    assert (rule.blocks, rule.examples[0].value, problems) == (("00bc99",), "00bc99", [])


def test_the_checker_takes_it_when_its_author_has_had_his_say(tmp_path: Path) -> None:
    path = tmp_path / "grey.yaml"
    path.write_text(finish(new_rule(SEEN[0], "axis")), "utf-8")
    assert check_file(path) == []


def test_the_checker_names_every_text_that_is_still_to_be_said(tmp_path: Path) -> None:
    path = tmp_path / "grey.yaml"
    text = new_rule(SEEN[0], "axis")
    path.write_text(text, "utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if any(p in line for p in PLACEHOLDERS)]
    assert [problem.line for problem in check_file(path)] == lines
