"""`camcensus schedule print`: units or a cron line for an unattended scan. Installs and starts nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from scanner.assembly import Wishes
from scanner.exits import Exit, parse_fail_on
from scanner.schedule import parse_schedule, render_cron, render_service, render_timer
from scanner.scope import make_scope

__all__ = ["Wishes", "print_schedule"]


def print_schedule(
    wishes: Wishes, form: str, at: str, jitter: int, blackout: str | None, baseline: Path | None, fail_on: str
) -> int:
    """Print what to install. The scope is checked as `scan` would check it; interfaces are not looked up here."""
    make_scope(wishes.scope, excluded=wishes.excluded, allow_public=wishes.allow_public, allow_large=wishes.allow_large)
    parse_fail_on(fail_on)
    schedule = parse_schedule(at, jitter, blackout)
    command = make_command(wishes, baseline, fail_on)
    if form == "cron":
        print(render_cron(command, schedule), end="")
    else:
        print(render_service(command, schedule))
        print(render_timer(schedule), end="")
    return Exit.CLEAN


def make_command(wishes: Wishes, baseline: Path | None, fail_on: str) -> tuple[str, ...]:
    """The scan that the schedule runs, as words."""
    program = shutil.which("camcensus") or str(Path(sys.argv[0]).resolve())
    words = [program, "scan", *wishes.scope, "--pace", wishes.pace, "--fail-on", fail_on]
    for option, values in (("--interface", wishes.interfaces), ("--exclude", wishes.excluded)):
        for value in values:
            words += [option, value]
    if wishes.authorised_by:
        words += ["--authorised-by", wishes.authorised_by]
    if wishes.allow_public:
        words.append("--allow-public")
    if wishes.allow_large:
        words.append("--allow-large")
    if wishes.routed:
        words.append("--routed")
    if baseline is not None:
        words += ["--baseline", str(baseline)]
    return tuple(words)
