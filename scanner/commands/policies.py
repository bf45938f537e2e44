"""`camcensus policies`: check, list and show official lists. Touches no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner.commands.checking import check_files
from scanner.exits import Exit
from scanner.makers import Confidence
from scanner.policy_files import (
    check_policy_file,
    find_profile,
    list_profiles,
    load_policies,
    load_profile,
)
from scanner.policy_files import (
    list_policies as known_policies,
)
from scanner.policy_list import Entity, Policy, Rule


def check(files: Sequence[Path]) -> int:
    """Print every problem of every file as path:line: message."""
    return check_files(files, check_policy_file)


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
    """One list in full, or a profile with the reason of each of its lists and then the lists."""
    profile = find_profile(policy)
    if profile is not None:
        print(f"{profile.id}: {profile.title}\n{profile.why}")
        print("\n".join(f"  {entry.id}: {entry.why}" for entry in profile.policies) + "\n")
    print("\n\n".join("\n".join(_describe(item)) for item in load_policies([policy])))
    return Exit.CLEAN


def _describe(policy: Policy) -> Iterator[str]:
    yield f"{policy.id}: {policy.title}"
    yield f"Issuer: {policy.issuer} ({policy.jurisdiction})"
    yield f"Kind: {policy.kind.value}" + ("" if policy.makes_findings else "; informs only, judges no device")
    yield f"Reference: {policy.legal_reference}"
    yield f"State: {policy.status}; this copy is of {policy.copy_date}"
    if policy.effective_for_findings is not None:
        yield f"In effect for buyers since: {policy.effective_for_findings}"
    yield f"Scope: {policy.scope}"
    yield f"It does not say: {policy.says_not}"
    yield from (f"  {entry.date}: {entry.event}" for entry in policy.dates)
    if policy.criterion is not None:
        rule = policy.criterion
        seat = f"seat of the {rule.judged_by.value} in {', '.join(rule.countries)}"
        yield f"Criterion: {rule.words}, since {rule.since}; {seat}"
    yield from map(_entity, policy.entities)
    yield from _covered(policy)
    for head, texts in (
        ("Also", policy.catch_all),
        ("Except", policy.exceptions),
        ("Note", policy.notes),
        ("Doubt", policy.doubts),
    ):
        yield from (f"{head}: {text}" for text in texts)
    for source in policy.sources:
        address = f", {source.url}" if source.url else ""
        yield f"Source ({source.read.value}): {source.publisher}, {source.title}{address}"


def _entity(entity: Entity) -> str:
    """One name with its dates. A day that stands for a year or a month is told by the note of the entry."""
    until = f" until {entity.until}" if entity.until is not None else ""
    low = entity.confidence is Confidence.LOW
    notes = [f"confidence {entity.confidence.value}" + (", so no finding rests on it" if low else "")]
    notes += [entity.notes] if entity.notes else []
    notes += [f"for {entity.scope_in_short or entity.scope}"] if entity.scope else []
    dates = f"since {entity.since}{until}, {entity.reference}"
    return f"Names {entity.name!r} ({entity.role.value}) {dates} ({'; '.join(notes)})"


def _covered(policy: Policy) -> Iterator[str]:
    covers = policy.covers
    if covers is None:
        return
    yield f"Covers: {', '.join(goods.value for goods in covers.goods)}"
    for head, rules in (
        ("Subsidiaries", covers.subsidiaries),
        ("Re-badged goods", covers.rebadge),
        ("Components", covers.components),
    ):
        yield from (f"{head}: {rule.reach.value}{_span(rule)}; {rule.words}" for rule in rules)
    for head, text in (
        ("Equipment already there", covers.existing_equipment),
        ("Services", covers.services),
        ("Recorders", covers.recorders),
    ):
        if text:
            yield f"{head}: {text}"


def _span(rule: Rule) -> str:
    since = f" since {rule.since}" if rule.since is not None else ""
    return since + (f" until {rule.until}" if rule.until is not None else "")
