"""What a report.json told when it was written: statuses, rules and copies of lists, to be held against today. Pure.

The record judged again says what is known now; only the report says what was known then. A difference between the two
of one record is a change of fingerprints or lists, never one of the device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.baseline import load_report
from scanner.exits import UsageError
from scanner.model import Device, Report, Status


@dataclass(frozen=True, slots=True)
class ToldDevice:
    """What was said of one device."""

    status: Status
    maker: str | None
    standing: str
    rules: frozenset[str]  # fingerprints that spoke
    lists: Mapping[str, Status]  # by list


@dataclass(frozen=True, slots=True)
class Told:
    """One report as it was told."""

    run: str
    version: str
    fingerprints: str
    as_of: str
    copies: Mapping[str, str]  # copy date by list
    devices: Mapping[str, ToldDevice]


def read_told(file: Path) -> Told:
    """Read a report.json. Raises UsageError saying what is wrong with it."""
    held = load_report(file)
    try:
        return Told(
            run=str(held["run"]["id"]),
            version=str(held["run"]["version"]),
            fingerprints=str(held["fingerprints"]),
            as_of=str(held.get("as_of") or ""),
            copies={str(policy["id"]): str(policy["copy_date"]) for policy in held["policies"]},
            devices={str(item["id"]): _device(item) for item in held["devices"]},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{file} is damaged ({type(error).__name__}: {error})") from None


def _device(item: Mapping[str, Any]) -> ToldDevice:
    return ToldDevice(
        status=Status(item["status"]),
        maker=None if item["maker"] is None else str(item["maker"]),
        standing=str(item["standing"]),
        rules=frozenset(str(line["fingerprint"]) for line in item["evidence"]),
        lists={str(found["list"]): Status(found["status"]) for found in item["findings"]},
    )


RULES_NAMED = 5
"""Fingerprints written out in one reason; the reports have them all."""


def say_what_changed(told: Told, was: ToldDevice, now: Device, report: Report) -> tuple[str, ...]:
    """Why the same record gives another answer now: fingerprints that arrived or went, lists, the day asked for."""
    return (*_rules(told, was, now, report), *_lists(told, was, now, report)) or (
        f"the record was judged otherwise by camcensus {told.version}",
    )


def _rules(told: Told, was: ToldDevice, now: Device, report: Report) -> tuple[str, ...]:
    if told.fingerprints == report.fingerprints:
        return ()
    held = {line.fingerprint for line in now.identity.evidence}
    reasons = []
    if arrived := sorted(held - was.rules):
        reasons.append(f"a fingerprint arrived: {_name(arrived)}")
    if went := sorted(was.rules - held):
        reasons.append(f"a fingerprint speaks no more: {_name(went)}")
    if not reasons and (was.maker, was.standing) != (now.identity.maker, now.identity.standing.value):
        reasons.append("the fingerprints weigh otherwise")
    return tuple(reasons)


def _lists(told: Told, was: ToldDevice, now: Device, report: Report) -> tuple[str, ...]:
    reasons = []
    copies = {policy.id: policy.copy_date for policy in report.policies}
    for name in sorted(copies.keys() | told.copies.keys()):
        if name not in told.copies:
            reasons.append(f"list {name} was not applied then")
        elif name not in copies:
            reasons.append(f"list {name} is no longer applied")
        elif told.copies[name] != copies[name]:
            reasons.append(f"a list changed: {name}, whose copy of {told.copies[name]} became that of {copies[name]}")
    if told.as_of and report.as_of and told.as_of != report.as_of:
        reasons.append(f"the lists were asked as of {told.as_of}, and are now as of {report.as_of}")
    if not reasons and (was.maker, was.standing) == (now.identity.maker, now.identity.standing.value):
        changed = sorted(f.list for f in now.findings if was.lists.get(f.list, f.status) is not f.status)
        reasons += [f"a list changed: {name}, under the same date of its copy" for name in changed]
    return tuple(reasons)


def _name(rules: list[str]) -> str:
    left = len(rules) - RULES_NAMED
    return ", ".join(rules[:RULES_NAMED]) + (f" and {left} more" if left > 0 else "")
