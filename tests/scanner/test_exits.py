"""Exit codes: the gravest that applies and that was asked for."""

from __future__ import annotations

import pytest

from scanner.exits import Exit, UsageError, choose_exit, parse_fail_on
from scanner.model import Coverage, Outcome, Report, RunInfo, SweepResult

OVER_IPV6 = SweepResult("wsd-sweep", "eth0", Outcome.ANSWERED, asked=1, answered=1)
RUN = RunInfo("r", "0", 0.0, None, "", "", (), (), (), "")


def report(*, complete: bool = True, answered: int = 1, sweeps: tuple[SweepResult, ...] = (), **counts: int) -> Report:
    return Report(RUN, Coverage(complete, True, 1, answered, 0, 0, 0, sweeps), (), (), "", counts)


@pytest.mark.parametrize(
    ("held", "fail_on", "code"),
    [
        (report(not_covered=3), "covered,suspected,uncertain", Exit.CLEAN),
        (report(covered=1, suspected=1, undetermined=1), "covered,suspected,uncertain", Exit.COVERED),
        (report(suspected=1, undetermined=1), "covered,suspected,uncertain", Exit.SUSPECTED),
        (report(undetermined=1), "covered,suspected,uncertain", Exit.UNCERTAIN),
        (report(complete=False), "covered,suspected,uncertain", Exit.UNCERTAIN),
        (report(covered=1, suspected=1), "suspected", Exit.SUSPECTED),
        (report(covered=1), "none", Exit.CLEAN),
        (report(undetermined=1), "covered, suspected", Exit.CLEAN),
        (report(answered=0), "covered,suspected,uncertain", Exit.UNCERTAIN),
        (report(answered=0), "covered,suspected", Exit.CLEAN),
        (report(answered=0, sweeps=(OVER_IPV6,)), "covered,suspected,uncertain", Exit.CLEAN),
    ],
)
def test_the_gravest_asked_for_is_told(held: Report, fail_on: str, code: Exit) -> None:
    assert choose_exit(held, parse_fail_on(fail_on)) is code


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(UsageError, match="covered, suspected, uncertain and none, not 'illegal'"):
        parse_fail_on("illegal")


@pytest.mark.parametrize("text", ["", " ", ","])
def test_an_empty_choice_is_refused_so_that_an_unset_variable_opens_no_gate(text: str) -> None:
    with pytest.raises(UsageError, match="--fail-on is empty"):
        parse_fail_on(text)
