"""The papers say what the program does: commands, options, exit codes, links, versions and formats."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reports import load_renderers
from scanner.exits import REASONS, Exit
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult
from scanner.record import read_lines
from scanner.record_line import FORMAT
from scanner.record_writer import RecordWriter
from tools.commands import commands

ROOT = Path(__file__).resolve().parent.parent
PAPERS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
README = (ROOT / "README.md").read_text("utf-8")
GATE = (ROOT / "docs" / "ci.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "commands.md").read_text("utf-8")

FENCED = re.compile(r"(?ms)^```.*?^```|^(?: {4}|\t).*?$|`[^`\n]*`")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"(?m)^#{1,6} +(.+?) *$")


# Commands and exit codes


@pytest.mark.parametrize("name", [name.removeprefix("camcensus ") for name, _command in commands()])
def test_every_command_is_in_the_readme(name: str) -> None:
    """By its words: "simulate down" stands in a row that begins with `simulate up`."""
    first, *rest = name.split()
    row = next((line for line in README.splitlines() if line.startswith("| ") and f"`{first}" in line), "")
    assert all(re.search(rf"[`\s]{word}\b", row) for word in (first, *rest)), f"{name} has no row in README.md"


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_is_in_the_reference(name: str, command: Any) -> None:
    section = re.search(rf"(?ms)^## {re.escape(name.removeprefix('camcensus '))}$(.*?)(?=^## |\Z)", REFERENCE)
    assert section, "run `make commands`"
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert all(f"`{option}`" in section[1] for option in parameter.opts)


SHOWN = re.compile(r"(?:^ {4}|`|\$ )(?:uv run )?(camcensus [a-z][^`\n#|]*)", re.MULTILINE)
"""A command as the papers show it: in a line of its own, or among words."""


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_shown_is_one_and_takes_its_options(paper: Path) -> None:
    known = {tuple(name.split()): command for name, command in commands()}
    for shown in SHOWN.findall(re.sub(r"\\\n\s*", " ", paper.read_text("utf-8"))):
        words = shown.split()
        command = known.get(tuple(words[:3])) or known.get(tuple(words[:2]))
        group = any(name[:2] == tuple(words[:2]) for name in known)
        assert command is not None or group, f"{paper.name}: {shown}"
        options = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
        asked = {word.strip("[](),.;:").split("=")[0] for word in words if word.startswith(("--", "[--"))}
        assert asked - {"--help"} <= options, f"{paper.name}: {shown}"


def test_every_exit_code_is_explained() -> None:
    table = dict(re.findall(r"(?m)^\| (\d+) \| (.+?) \|", GATE))
    assert {int(code) for code in table} == {code.value for code in Exit}
    assert all(re.search(rf"\b{code.value}\b", README[README.index("Exit codes of") :]) for code in Exit)
    assert all(word in GATE for word in REASONS)


def test_the_first_commands_of_the_readme_are_the_two_that_prove_it() -> None:
    block = re.search(r"(?m)(?:^    .+\n)+", README[README.index("## Try it") :])
    assert block
    assert [line.strip() for line in block[0].splitlines()] == [
        "pip install uv && uv run camcensus demo",
        "uv run pytest",
    ]


# Links and versions


def anchors(path: Path) -> set[str]:
    """The anchors that headings get where the papers are read."""
    found: set[str] = set()
    for heading in HEADING.findall(re.sub(r"(?ms)^```.*?^```", "", path.read_text("utf-8"))):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = sum(1 for one in found if re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", one))
        found.add(f"{anchor}-{number}" if anchor in found else anchor)
    return found


def links(path: Path) -> Iterator[str]:
    for target in LINK.findall(FENCED.sub("", path.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(paper: Path) -> None:
    for target in links(paper):
        file, _, anchor = target.partition("#")
        there = (paper.parent / file).resolve() if file else paper
        assert there.exists(), f"{paper.name} links to {target}"
        assert there.is_relative_to(ROOT), f"{paper.name} links out of the tree"
        assert not anchor or there.suffix != ".md" or anchor in anchors(there), f"{paper.name} links to {target}"


def test_every_paper_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        paper = waiting.pop()
        if paper in reached or paper.suffix != ".md":
            continue
        reached.add(paper)
        waiting += [(paper.parent / target.partition("#")[0]).resolve() for target in links(paper) if target[0] != "#"]
    assert set(PAPERS) - reached == set()


def test_the_changelog_is_about_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    newest = HEADING.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))[1]
    assert newest.split(",")[0] == version


# Formats


@pytest.mark.parametrize("name", sorted(load_renderers()))
def test_every_format_has_its_row(name: str) -> None:
    text = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert f"| `{name}` | `report.{load_renderers()[name].extension}` |" in text


SCHEMA = json.loads((ROOT / "docs" / "record-schema.json").read_text("utf-8"))
VALUES = {"run": RunInfo, "observation": Observation, "attempt": Attempt, "sweep": SweepResult, "note": Note}


def test_a_record_is_as_its_schema_says(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with RecordWriter(path) as record:
        record.write_run(RunInfo("r", "0.1.0", 1.5, None, "scan", "normal", ("eth0",), ("10.0.0.0/24",), (), "me"))
        digest = record.write_raw(b"\x00\xff")
        record.write(Observation("http", "title", "é\u2028", "10.0.0.5", 80, None, None, "GET /", 2.5, "x", digest))
        record.write(Observation("mac", "mac", "00:00:5e:00:53:01", scope="off", derived=True))
        for outcome in Outcome:
            record.write(Attempt("x", "10.0.0.5", 80, outcome, "why", 2.5, 0.1, 1, 1, 1, 9, 9))
        record.write(SweepResult("arp-sweep", "eth0", Outcome.BROKEN, "why", 9, 8, 7, 6, "lost", 2.5, 0.1))
        record.write(Note("run", "text", 2.5))
        record.close(3.5, "interrupted", ("something",))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    lines = [line.body for line in read_lines(path)]
    for body in lines:
        validator.validate(body)
    assert {body["type"] for body in lines} == set(SCHEMA["$defs"])
    assert SCHEMA["$defs"]["run"]["properties"]["format"]["const"] == FORMAT


@pytest.mark.parametrize("name", sorted(VALUES))
def test_the_schema_knows_every_field_and_no_other(name: str) -> None:
    described = SCHEMA["$defs"][name]
    assert set(described["properties"]) - {"type", "format"} == set(VALUES[name].__struct_fields__)


@pytest.mark.parametrize(
    "line",
    [
        {"type": "observation", "protocol": "http", "field": "title"},
        {"type": "attempt", "by": "x", "address": "a", "port": 80, "outcome": "guessed"},
        {"type": "raw", "digest": "short", "base64": ""},
        {"type": "verdict"},
        {},
    ],
)
def test_the_schema_refuses_what_is_no_line(line: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(line)


def test_the_record_page_explains_every_type_and_outcome() -> None:
    text = (ROOT / "docs" / "record-format.md").read_text("utf-8")
    assert all(f"| `{name}` |" in text for name in SCHEMA["$defs"])
    assert all(f"| `{outcome.value}` |" in text for outcome in Outcome)
