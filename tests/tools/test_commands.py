"""Pins that docs/commands.md is what the command line says."""

from __future__ import annotations

import sys

import pytest

from tools.commands import commands, main, render


def test_the_page_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails: `make commands`, and commit docs/commands.md."""
    monkeypatch.setattr(sys, "argv", ["commands.py", "--check"])
    assert main() == 0


def test_every_command_is_on_it_with_its_words() -> None:
    page = render()
    names = [name for name, _command in commands()]
    assert {"camcensus scan", "camcensus simulate up", "camcensus schedule print"} <= set(names)
    assert all(f"    {name}" in page for name in names)
    assert "| `FILE\\|-` |" in page, "a bar would end the cell"


def test_every_command_and_every_parameter_has_a_help_text() -> None:
    silent = [name for name, command in commands() if not command.help]
    silent += [f"{name} {p.name}" for name, command in commands() for p in command.params if not p.help]
    assert silent == []
