"""`camcensus scan` and `sense`: asks the network through the engine and writes the record; `scan` judges it as well."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scanner.assembly import Job, Wishes, make_decider, prepare, sense_job
from scanner.baseline import read_baseline
from scanner.collecting import spare_collections
from scanner.commands.judge import Verdict, check_locale, judge
from scanner.exits import Exit, parse_fail_on
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.host import Decided
from scanner.outputs import RECORD_NAME, make_folder
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.progress import watch
from scanner.record_line import RecordError

__all__ = ["Verdict", "Wishes", "scan", "sense"]


@dataclass(frozen=True, slots=True)
class Sensed:
    """How the sensing ended."""

    folder: Path
    finished: bool


def sense(wishes: Wishes) -> int:
    """Write a run record and say where it is."""
    sensed = run(prepare(wishes), wishes.out, load_library())
    print(f"Record: {sensed.folder / RECORD_NAME}")
    return Exit.CLEAN if sensed.finished else Exit.FAILED


def scan(wishes: Wishes, verdict: Verdict) -> int:
    """Sense, judge, report. What cannot be used is refused before the first packet."""
    parse_fail_on(verdict.fail_on)
    check_locale(verdict.locale)
    if verdict.baseline is not None:
        read_baseline(verdict.baseline)
    load_policies(verdict.policies or (DEFAULT_POLICY,))
    job = prepare(wishes)
    library = load_library()  # half a second: read once for both halves
    sensed = run(job, wishes.out, library)
    if not sensed.finished:  # whoever pressed Ctrl-C is not kept waiting for a report on half a network
        print(f"For what was heard so far: camcensus judge {shlex.quote(str(sensed.folder))}", file=sys.stderr)
        return Exit.FAILED
    return judge(sensed.folder, None, verdict, library)


def run(job: Job, out: Path | None, library: Library) -> Sensed:
    """Run one job to its end, or to Ctrl-C: the record is valid either way and says what was not done."""
    folder = make_folder(out, time.time())
    for line in job.remarks:
        print(f"Note: {line}", file=sys.stderr)
    decide = make_decider(library)
    spare_collections()
    try:
        finished = asyncio.run(_until_done(job, folder / RECORD_NAME, decide))
    except (RecordError, BaseExceptionGroup) as error:
        lost = _find_lost(error)
        if lost is None:
            raise
        print(f"What was heard is kept. When there is room, go on with: {resume_command(job, folder)}", file=sys.stderr)
        raise lost from None
    if not finished:
        print(f"Stopped before the end; what was heard is kept. Go on with: {resume_command(job, folder)}",
              file=sys.stderr)  # fmt: skip
    return Sensed(folder, finished)


def resume_command(job: Job, folder: Path) -> str:
    """What to type to go on with a run; what the record does not hold stands in it as an option."""
    wishes = job.wishes
    words = ["camcensus", "scan", "--resume", str(folder)]
    words += ["--allow-public"] * wishes.allow_public + ["--allow-large"] * wishes.allow_large
    words += ["--routed"] * wishes.routed
    words += ["--credentials", str(wishes.credentials)] if wishes.credentials is not None else []
    words += [word for name in wishes.extra for word in ("--probe", name)]
    words += [word for name in wishes.without for word in ("--without", name)]
    return shlex.join(words)


def _find_lost(error: BaseException) -> RecordError | None:
    """What the disk said, where that and nothing else ended the run."""
    if isinstance(error, BaseExceptionGroup):
        found = [_find_lost(inner) for inner in error.exceptions]
        return found[0] if all(found) else None
    return error if isinstance(error, RecordError) else None


async def _until_done(job: Job, path: Path, decide: Callable[[], Decided]) -> bool:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        with watch(job.scope.size()) as progress:
            await sense_job(job, path, progress, decide=decide)
    except asyncio.CancelledError:
        task.uncancel()
        return False
    return True
