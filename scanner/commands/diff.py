"""`camcensus diff`: what appeared, went, came back or changed its status, and why. Touches no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from scanner.commands.judge import make_report
from scanner.difference import Difference, compare
from scanner.exits import Exit, UsageError
from scanner.outputs import find_record


def diff(runs: Sequence[Path], policies: tuple[str, ...], as_of: str | None, *, as_json: bool) -> int:
    """Print the differences between the last two runs; earlier ones tell a return from a first appearance."""
    if len(runs) < 2:
        raise UsageError("two runs are needed: the earlier first, the later last")
    *earlier, before, after = (make_report(find_record(run), policies, as_of) for run in runs)
    found = compare(before, after, earlier)
    if as_json:
        print(json.dumps([_as_object(item) for item in found], ensure_ascii=False, indent=2))
    elif not found:
        print("No differences.")
    else:
        print("\n".join(line for item in found for line in _as_text(item)))
    return Exit.CLEAN


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
    lines = [f"{item.change.value}: {item.device}  {where}  {device.identity.maker or 'maker unknown'}  {statuses}"]
    return lines + [f"    {reason}" for reason in item.reasons]
