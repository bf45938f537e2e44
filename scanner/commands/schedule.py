"""`camcensus schedule print`: units or a cron line for an unattended scan. Installs and starts nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from scanner.assembly import Wishes
from scanner.commands.judge import Verdict, check_locale
from scanner.exits import Exit, parse_fail_on
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.schedule import check_words, parse_schedule, render_cron, render_service, render_timer
from scanner.scope import make_scope

__all__ = ["Verdict", "Wishes", "print_schedule"]


def print_schedule(wishes: Wishes, verdict: Verdict, form: str, at: str, jitter: int, blackout: str | None) -> int:
    """Print what to install. Scope and lists are checked as `scan` would check them; interfaces are not looked up."""
    make_scope(wishes.scope, excluded=wishes.excluded, allow_public=wishes.allow_public, allow_large=wishes.allow_large)
    parse_fail_on(verdict.fail_on)
    check_locale(verdict.locale)
    load_policies(verdict.policies or (DEFAULT_POLICY,))
    schedule = parse_schedule(at, jitter, blackout)
    command = make_command(wishes, verdict)
    check_words(command)
    if form == "cron":
        print(render_cron(command, schedule), end="")
    else:
        print(render_service(command, schedule))
        print(render_timer(schedule), end="")
    return Exit.CLEAN


def make_command(wishes: Wishes, verdict: Verdict) -> tuple[str, ...]:
    """The scan that the schedule runs, as words. Files are named from the root: the service stands elsewhere."""
    program = shutil.which("camcensus") or str(Path(sys.argv[0]).resolve())
    words = [program, "scan", *wishes.scope, "--pace", wishes.pace, "--fail-on", verdict.fail_on]
    lists = [str(Path(name).resolve()) if name.endswith((".yaml", ".yml")) else name for name in verdict.policies]
    for option, values in (
        ("--interface", wishes.interfaces),
        ("--exclude", wishes.excluded),
        ("--policy", lists),
        ("--locale", (verdict.locale,) if verdict.locale != "en" else ()),
        ("--authorised-by", (wishes.authorised_by,) if wishes.authorised_by else ()),
        ("--baseline", (str(verdict.baseline.resolve()),) if verdict.baseline is not None else ()),
    ):
        words += [word for value in values for word in (option, value)]
    words += ["--allow-public"] * wishes.allow_public + ["--allow-large"] * wishes.allow_large
    words += ["--routed"] * wishes.routed
    return tuple(words)
