"""`camcensus fingerprints`: check, list, show and begin rules. Touches no network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.exits import Exit, UsageError
from scanner.fingerprint import Fingerprint
from scanner.fingerprint_files import check_file, load_library


def check(files: Sequence[Path]) -> int:
    """Print every problem of every file as path:line: message."""
    problems = [problem for path in files for problem in check_file(path)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, nothing wrong")
    return Exit.USAGE if problems else Exit.CLEAN


def list_rules(maker: str | None) -> int:
    """One line per rule, by maker."""
    rules = [rule for rule in load_library().fingerprints if maker in (None, rule.maker)]
    for rule in sorted(rules, key=lambda r: (r.maker or "", r.field, r.id)):
        print(f"{rule.maker:14} {rule.strength.value:11} {rule.field:28} {rule.id}")
    print(f"{len(rules)} rules")
    return Exit.CLEAN


def show(rule_id: str) -> int:
    """One rule in full."""
    for rule in load_library().fingerprints:
        if rule.id == rule_id:
            print("\n".join(_describe(rule)))
            return Exit.CLEAN
    raise UsageError(f"no rule is called {rule_id!r}; `camcensus fingerprints list` has them all")


def _describe(rule: Fingerprint) -> list[str]:
    lines = [
        f"{rule.id}  ({rule.path}:{rule.line})",
        f"says {rule.asserts.value}: maker {rule.maker}" + (f", brand {rule.brand}" if rule.brand else ""),
        f"reads {rule.field}, {rule.strength.value}: {rule.reason}",
        f"pattern: {rule.pattern}" if rule.pattern else f"blocks: {' '.join(rule.blocks)}",
        f"reference: {rule.reference}",
    ]
    lines += [f"example: {e.value!r} ({e.origin})" for e in rule.examples]
    lines += [f"counterexample: {e.value!r} ({e.origin})" for e in rule.counterexamples]
    return lines


def new(protocol: str, field: str, data: str, maker: str) -> int:
    """Print a rule to begin with."""
    from scanner.authoring import new_rule
    from scanner.model import Observation

    print(new_rule(Observation(protocol, field, data), maker), end="")
    return Exit.CLEAN
