"""The exit codes of the command line and how a report becomes one; decides nothing else."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from typing import Final

from scanner.model import Report, Status


class UsageError(ValueError):
    """An option or argument cannot be used as written; the message says what to write instead."""


class Exit(IntEnum):
    """What the shell or a CI job is told. Documented in README.md and docs/ci.md."""

    CLEAN = 0  # nothing covered, and the coverage is complete
    FAILED = 1  # the run failed
    USAGE = 2  # wrong usage, scope or input
    COVERED = 10  # a covered device was found
    SUSPECTED = 11  # a suspected device was found, none covered
    UNCERTAIN = 12  # nothing found, but coverage is incomplete, devices are undetermined, or nobody answered at all


REASONS: Final = {"covered": Exit.COVERED, "suspected": Exit.SUSPECTED, "uncertain": Exit.UNCERTAIN}
"""The words of --fail-on and the exit code each one stands for, the gravest first."""


def parse_fail_on(text: str) -> tuple[str, ...]:
    """Read --fail-on: words separated by commas, or "none". Raises UsageError naming the words there are."""
    if not text.strip(" ,"):
        raise UsageError(
            f"--fail-on is empty, so nothing would ever fail; say {', '.join(REASONS)}, or none if it is meant"
        )
    words = tuple(word for word in (part.strip() for part in text.split(",")) if word and word != "none")
    unknown = [word for word in words if word not in REASONS]
    if unknown:
        raise UsageError(f"--fail-on knows {', '.join(REASONS)} and none, not {unknown[0]!r}")
    return words


def choose_exit(report: Report, fail_on: Collection[str] = tuple(REASONS)) -> Exit:
    """The gravest exit code that applies and that the caller asked to fail on; CLEAN when none does."""
    seen = report.coverage.complete and report.coverage.heard
    present = {
        "covered": report.counts.get(Status.COVERED.value, 0) > 0,
        "suspected": report.counts.get(Status.SUSPECTED.value, 0) > 0,
        "uncertain": not seen or report.counts.get(Status.UNDETERMINED.value, 0) > 0,
    }
    for word, code in REASONS.items():
        if present[word] and word in fail_on:
            return code
    return Exit.CLEAN
