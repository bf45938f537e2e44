"""The table of rules against the declared vocabulary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scanner.dissect
from scanner.dissect.rules import RULES
from scanner.strict_yaml import load

FOLDER = Path(scanner.dissect.__file__).parent
ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


def declared() -> set[str]:
    text = (ROOT / "fingerprints" / "fields.yaml").read_text("utf-8")
    data: Any = load(text, "fields.yaml")
    return {f"{protocol}.{field}" for protocol, entry in data["protocols"].items() for field in entry["fields"]}


def names_in(path: Path) -> Iterator[str]:
    """Every text of a file that looks like the dotted name of an observation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_only_declared_names_are_emitted(path: Path) -> None:
    assert set(names_in(path)) - declared() == set()


def test_every_rule_is_for_a_declared_name() -> None:
    assert set(RULES) - declared() == set()


def test_every_serial_number_reaches_the_shared_name() -> None:
    serials = {name for name in declared() if name.endswith(".serial")}
    assert serials <= set(RULES)


def test_every_hardware_address_reaches_the_block_matching() -> None:
    addresses = {name for name in declared() if name.endswith(".mac")}
    assert addresses <= set(RULES)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        RULES["x"] = RULES["http.raw"]  # type: ignore[index]
