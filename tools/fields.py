"""Write docs/fields.md from fingerprints/fields.yaml; `--check` only says whether it is up to date.

Makes nothing up: every name and every word comes from the file. Run it after each change of it (`make fields`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scanner.strict_yaml import load_with_lines

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "fields.md"

INTRODUCTION: Final = (
    "Every name that an observation may have, written by `make fields` from `fingerprints/fields.yaml`; do not edit.\n"
    "A fingerprint names one as `protocol.field`; `identify` takes them as `protocol` and `field`\n"
    "([identify](identify.md)), and a run record has them on its observation lines\n"
    "([record format](record-format.md)). `raw` is the whole answer as text (binary protocols: lower-case\n"
    "hexadecimal); the other fields are dissected from it where only it is given."
)


def read_vocabulary() -> Mapping[str, Any]:
    """The vocabulary as the file has it."""
    data: Mapping[str, Any] = load_with_lines(
        (files("fingerprints") / "fields.yaml").read_text("utf-8"), "fields.yaml"
    )[0]
    return data


def render(vocabulary: Mapping[str, Any]) -> str:
    """The whole page, the same for the same file."""
    return "\n".join(_lines(vocabulary)) + "\n"


def _lines(vocabulary: Mapping[str, Any]) -> Iterator[str]:
    yield from ("# Observation fields", "", INTRODUCTION, "")
    yield from ("## Signal groups", "", "Within a group signals do not add up; across groups they do.", "")
    yield from ("| Group | Signals |", "| --- | --- |")
    yield from (f"| `{group}` | {_cell(about)} |" for group, about in vocabulary["groups"].items())
    for protocol, entry in vocabulary["protocols"].items():
        yield from ("", f"## {protocol}", "", f"Group: `{entry['group']}`.", "", "| Field | Holds |", "| --- | --- |")
        yield from (f"| `{protocol}.{field}` | {_cell(about)} |" for field, about in entry["fields"].items())


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def main() -> int:
    """Write the page, or with `--check` exit with 1 when it is not what the file says."""
    page = render(read_vocabulary())
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != page)
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
