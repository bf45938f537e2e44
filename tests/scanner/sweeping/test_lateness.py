"""How long late answers are waited for, on a clock of our own."""

from __future__ import annotations

import math

from scanner.sweeping.lateness import LATE_WAIT, MOST_WAIT, Lateness


def test_a_run_that_has_nothing_else_to_do_ends_at_once_where_nobody_was_late() -> None:
    lateness = Lateness()
    lateness.note_work(10.0, under_way=True)
    assert lateness.left(10.0) == math.inf
    lateness.note_work(18.0, under_way=False)
    assert lateness.left(18.0) == 0


def test_after_a_late_answer_others_have_their_time() -> None:
    lateness = Lateness()
    lateness.note_work(10.0, under_way=False)
    lateness.expect(11.0)
    assert lateness.left(11.5) == LATE_WAIT - 0.5
    lateness.expect(12.0)
    assert lateness.left(12.0) == LATE_WAIT
    assert lateness.left(12.0 + LATE_WAIT) == 0


def test_work_that_begins_anew_is_listened_beside() -> None:
    lateness = Lateness()
    lateness.note_work(10.0, under_way=False)
    lateness.note_work(11.0, under_way=True)
    assert lateness.left(15.0) == MOST_WAIT - 5.0
    lateness.note_work(16.0, under_way=False)
    assert lateness.left(16.0) == 0


def test_a_forger_who_is_late_again_and_again_does_not_keep_the_run_from_ending() -> None:
    lateness, now = Lateness(), 10.0
    while lateness.left(now) or now == 10.0:
        lateness.note_work(now, under_way=False)
        lateness.expect(now)
        now += 1.0
    assert 10.0 + MOST_WAIT <= now <= 11.0 + MOST_WAIT
    lateness.note_work(now, under_way=True)
    lateness.expect(now)
    assert lateness.left(now) == 0
