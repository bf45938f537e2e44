"""`camcensus policies`: check, list and show official lists. Touches no network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.exits import Exit
from scanner.policy_files import (
    check_policy_file,
    list_profiles,
    load_policies,
    load_profile,
)
from scanner.policy_files import (
    list_policies as known_policies,
)
from scanner.policy_list import Policy


def check(files: Sequence[Path]) -> int:
    """Print every problem of every file as path:line: message."""
    problems = [problem for path in files for problem in check_policy_file(path)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, nothing wrong")
    return Exit.USAGE if problems else Exit.CLEAN


def list_policies() -> int:
    """One line per list, then one per profile."""
    for policy in load_policies(known_policies()):
        effect = "" if policy.makes_findings else "  (informs only)"
        print(f"{policy.id:34} {policy.kind.value:26} {policy.title}{effect}")
    for name in list_profiles():
        profile = load_profile(name)
        print(f"{name:34} {'profile':26} {profile.title}: {', '.join(entry.id for entry in profile.policies)}")
    return Exit.CLEAN


def show(policy: str) -> int:
    """One list in full."""
    for item in load_policies([policy]):
        print("\n".join(_describe(item)))
    return Exit.CLEAN


def _describe(policy: Policy) -> list[str]:
    lines = [
        f"{policy.id}: {policy.title}",
        f"Issuer: {policy.issuer} ({policy.jurisdiction})",
        f"Kind: {policy.kind.value}",
        f"Reference: {policy.legal_reference}",
        f"State: {policy.status}; this copy is of {policy.copy_date}",
        f"Scope: {policy.scope}",
        f"It does not say: {policy.says_not}",
    ]
    lines += [f"  {entry.date}: {entry.event}" for entry in policy.dates]
    lines += [f"Names {e.name!r} ({e.role.value}) since {e.since}, {e.reference}" for e in policy.entities]
    lines += [f"Doubt: {doubt}" for doubt in policy.doubts]
    return lines
