"""Write docs/commands.md from the command line itself; `--check` only says whether it is up to date.

Makes nothing up: every sentence is the help text of a command or of an option. Run it after each change of
scanner/cli.py (`make commands`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scanner.cli import app

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

INTRODUCTION: Final = (
    "Every command with its arguments and options, written by `make commands` from the command line; do not edit.\n"
    "What the exit codes mean: [the gate](ci.md#exit-codes). The reports and their options: [reports](reports.md)."
)


def commands(group: Any = None, path: str = "camcensus") -> Iterator[tuple[str, Any]]:
    """Every command that can be run, with its whole name, in the order of the help."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def render() -> str:
    """The whole page, the same for the same command line."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("# Commands", "", INTRODUCTION)
    for name, command in commands():
        about = " ".join((command.help or "").split())
        yield from ("", f"## {name.removeprefix('camcensus ')}", "", about, "", f"    {_usage(name, command)}")
        rows = [_row(parameter) for parameter in command.params]
        if rows:
            yield from ("", "| | |", "| --- | --- |", *rows)


def _usage(name: str, command: Any) -> str:
    words = [_metavar(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    options = ["[OPTIONS]"] if any(p.param_type_name == "option" for p in command.params) else []
    return " ".join((name, *options, *words))


def _metavar(argument: Any) -> str:
    shown = str(argument.metavar or argument.name.upper())
    return shown if argument.required or shown.startswith("[") else f"[{shown}]"


def _row(parameter: Any) -> str:
    names = [_metavar(parameter)] if parameter.param_type_name == "argument" else [*parameter.opts]
    shown = ", ".join(f"`{name}`" for name in names).replace("|", "\\|")
    about = " ".join((parameter.help or "").split()).replace("|", "\\|")
    default = parameter.default
    known = isinstance(default, (str, int)) and not isinstance(default, bool) and default != ""
    stands = f" Default: `{default}`." if known and not parameter.required and "Default" not in about else ""
    return f"| {shown} | {about}{stands} |"


def main() -> int:
    """Write the page, or with `--check` exit with 1 when it is not what the command line says."""
    page = render()
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != page)
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
