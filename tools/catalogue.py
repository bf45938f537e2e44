"""Write docs/fingerprints.md from the fingerprint files; `--check` only says whether it is up to date.

Makes nothing up: every line comes from a rule. Run it after each change of fingerprints/ (`make catalogue`).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scanner.data_file import DataError
from scanner.fingerprint import Asserts, Fingerprint, Library
from scanner.fingerprint_files import load_library
from scanner.model import Strength
from scanner.strict_yaml import load_with_lines

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "fingerprints.md"

INTRODUCTION: Final = (
    "Written by `make catalogue` from the files in `fingerprints/`; do not edit. How to add one: CONTRIBUTING.md. "
    "How often they are right: [accuracy](accuracy.md)."
)

WORDS: Final = {
    Asserts.MAKER: "maker",
    Asserts.BRAND: "brand",
    Asserts.BOTH: "maker and brand",
    Asserts.DETAIL: "nobody",
}
"""What a rule says, in the words of the page."""


def read_names() -> dict[str, str]:
    """Ids of makers and brands, and the names people write."""
    data: Any = load_with_lines((files("fingerprints") / "makers.yaml").read_text("utf-8"), "makers.yaml")[0]
    return {entry["id"]: entry["name"] for entry in (*data["brands"], *data["makers"])}


def render(library: Library, names: dict[str, str]) -> str:
    """The whole page, the same for the same files."""
    rules = library.fingerprints
    makers = sorted({rule.maker or "" for rule in rules}, key=lambda maker: (names.get(maker) or maker).lower())
    parts = [
        "# Fingerprints",
        INTRODUCTION,
        _count(rules, library),
        "## Makers",
        " · ".join(f"[{names.get(m, m)}](#{_anchor(names.get(m, m))}) {_number(rules, m)}" for m in makers),
    ]
    parts += [_describe_maker(maker, names, [rule for rule in rules if rule.maker == maker]) for maker in makers]
    return "\n\n".join(parts) + "\n"


def _count(rules: Sequence[Fingerprint], library: Library) -> str:
    examples = sum(len(rule.examples) for rule in rules)
    against = sum(len(rule.counterexamples) for rule in rules)
    rows = [
        ("Rules", len(rules)),
        ("Makers and programs", len({rule.maker for rule in rules})),
        ("Brands apart from their makers", len({rule.brand for rule in rules if rule.brand})),
        ("Fields read", len({rule.field for rule in rules})),
        ("Address blocks", sum(len(rule.blocks) for rule in rules)),
        ("Examples", examples),
        ("Counterexamples", against),
    ]
    strengths = Counter(rule.strength for rule in rules)
    groups = Counter(library.group_of(rule) for rule in rules)
    return "\n\n".join(
        (
            _table(("What", "Count"), rows),
            _table(("Strength", "Rules"), [(s.value, strengths[s]) for s in Strength]),
            _table(("Independent signal group", "Rules"), sorted(groups.items())),
        )
    )


def _describe_maker(maker: str, names: dict[str, str], rules: Sequence[Fingerprint]) -> str:
    rows = [
        (f"`{r.id}`", f"`{r.field}`", _says(r, names), r.strength.value, _escape(r.reason), _escape(r.reference))
        for r in sorted(rules, key=lambda rule: (rule.field, rule.id))
    ]
    held = ", ".join(f"`fingerprints/{name}`" for name in sorted({rule.path for rule in rules}))
    head = ("Rule", "Reads", "Says", "Strength", "Why it weighs that much", "Reference")
    return f"## {names.get(maker, maker)}\n\n{len(rules)} rules, in {held}.\n\n{_table(head, rows)}"


def _says(rule: Fingerprint, names: dict[str, str]) -> str:
    words = WORDS[rule.asserts]
    if rule.brand:
        words += f" ({names.get(rule.brand, rule.brand)})"
    return words + (f", {rule.kind}" if rule.kind else "")


def _number(rules: Iterable[Fingerprint], maker: str) -> int:
    return sum(rule.maker == maker for rule in rules)


def _anchor(name: str) -> str:
    kept = "".join(char for char in name.lower() if char.isalnum() or char in " -_")
    return kept.replace(" ", "-")


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with --check say whether it is up to date (1 when it is not); 2 when a rule is unsound."""
    try:
        text = render(load_library(), read_names())
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    if "--check" in arguments:
        current = PAGE.exists() and PAGE.read_text("utf-8") == text
        print("docs/fingerprints.md is up to date" if current else "docs/fingerprints.md is old: run `make catalogue`")
        return 0 if current else 1
    PAGE.write_text(text, "utf-8")
    print(f"{PAGE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
