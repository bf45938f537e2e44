"""`camcensus diff`: what appeared, went, came back or changed its status, and why. Touches no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.visible import readable_json, visible
from scanner.baseline import REPORT_NAME
from scanner.commands.judge import make_report
from scanner.difference import Difference, compare
from scanner.exits import Exit, UsageError
from scanner.model import Report
from scanner.outputs import find_record
from scanner.policy_files import list_policies
from scanner.told import Told, read_told


def diff(runs: Sequence[Path], policies: tuple[str, ...], as_of: str | None, *, as_json: bool) -> int:
    """Print the differences between the last two runs; earlier ones tell a return from a first appearance.

    All records are judged with what is known now. What the report beside the earlier record told then says whether a
    device changed, or the fingerprints or a list.
    """
    if len(runs) < 2:
        raise UsageError("two runs are needed: the earlier first, the later last")
    told = _find_told(find_record(runs[-2]))
    policies = policies or _lists_of(told)
    *earlier, before, after = (make_report(find_record(run), policies, as_of) for run in runs)
    if told is not None and not _fits(told, before):
        told = None
    found = compare(before, after, earlier, told)
    if as_json:
        print(readable_json([_as_object(item) for item in found], indent=2))
    elif not found:
        print("No differences.")
    else:
        print("\n".join(line for item in found for line in _as_text(item)))
    return Exit.CLEAN


def _find_told(record: Path) -> Told | None:
    file = record.parent / REPORT_NAME
    return read_told(file) if file.is_file() else None


def _lists_of(told: Told | None) -> tuple[str, ...]:
    """The lists that the earlier report applied, where they are shipped ones; else the default."""
    return tuple(told.copies) if told is not None and told.copies.keys() <= set(list_policies()) else ()


def _fits(told: Told, before: Report) -> bool:
    """A report of another run, or by other lists than were asked for now, tells nothing of this one."""
    return told.run == before.run.id and told.copies.keys() == {policy.id for policy in before.policies}


def _as_object(item: Difference) -> dict[str, object]:
    return {
        "change": item.change.value,
        "device": item.device,
        "before": item.before.status.value if item.before else None,
        "after": item.after.status.value if item.after else None,
        "reasons": list(item.reasons),
    }


def _as_text(item: Difference) -> list[str]:
    device = item.after or item.before
    assert device is not None
    where = ", ".join((*device.addresses.ipv4, *device.addresses.ipv6))
    statuses = " → ".join(held.status.value for held in (item.before, item.after) if held is not None)
    who = device.identity
    what = " ".join(part for part in (who.brand or who.maker or "maker unknown", who.model) if part)
    lines = [f"{item.change.value}: {visible(what)}  {where}  {statuses}  ({item.device})"]
    return lines + [f"    {visible(reason)}" for reason in item.reasons]
