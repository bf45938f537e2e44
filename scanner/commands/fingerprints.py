"""`camcensus fingerprints`: check, list, show and begin rules. Touches no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner.commands.checking import check_files
from scanner.exits import Exit, UsageError
from scanner.fingerprint import Fingerprint, Library
from scanner.fingerprint_files import check_file, load_library, load_vocabulary
from scanner.identify import expand_whole
from scanner.model import Observation
from scanner.rule_faults import suggest


def check(files: Sequence[Path]) -> int:
    """Print every problem of every file as path:line: message."""
    return check_files(files, check_file)


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
    """Print a rule to begin with; on standard error what its author should know before going on."""
    from scanner.authoring import new_rule, read_block

    seen = Observation(protocol, field, sys.stdin.read().rstrip("\n") if data == "-" else data)
    vocabulary = load_vocabulary()
    if seen.name not in vocabulary.fields:
        hint = suggest(seen.name, vocabulary.fields)
        raise UsageError(f"no observation is called {seen.name}{hint}; docs/fields.md lists the names")
    if not seen.value.strip():
        raise UsageError("the value is empty; a rule reads what a device said")
    if protocol == "mac" and read_block(seen.value) is None:
        raise UsageError(f"{seen.value!r} is no hardware address; write it as 00:bc:99:12:34:56")
    library = load_library()
    print(new_rule(seen, maker, {rule.id for rule in library.fingerprints}), end="")
    for line in _advise(seen, maker, vocabulary.makers, library):
        print(f"Note: {line}", file=sys.stderr)
    return Exit.CLEAN


def _advise(seen: Observation, maker: str, makers: frozenset[str], library: Library) -> Iterator[str]:
    """What a newcomer would find out later: where the rule goes, what else can be read, which rules are there."""
    if maker not in makers:
        hint = suggest(maker, makers)
        yield f"{maker} is not in fingerprints/makers.yaml{hint}; a new maker is added there on purpose"
    paths = {rule.path for rule in library.fingerprints if rule.maker == maker}
    if paths:
        path = f"{maker}.yaml" if f"{maker}.yaml" in paths else min(paths)
        yield f"fingerprints/{path} exists: put the rule, from `- id:` on, at the end of it"
    read = [item for item in expand_whole([seen]) if library.reads(item.name)]
    finer = sorted({item.name for item in read} - {seen.name})
    if finer and seen.protocol != "mac":  # of a hardware address the block is read anyway
        yield f"rules can also read {', '.join(finer)} out of it; the finest field makes the plainest pattern"
    for name, value in dict.fromkeys((item.name, item.value) for item in read):
        for hit in library.find(name, value):
            rule = hit.fingerprint
            who = " sold as ".join(filter(None, (rule.maker, rule.brand)))
            yield f"{rule.id} hits it already ({name}, {rule.strength.value}, {who})"
