"""Nothing is lost: a scan that was killed is gone on with, asks nobody twice, and ends in the same report."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.equality import differences, find_spared
from benchmarks.kills import (
    NETWORK,
    Scans,
    Undisturbed,
    choose_moments,
    count_asked_again,
    count_repeats,
    judge,
    kill_until_fair,
)
from scanner.model import Observation
from scanner.outputs import RECORD_NAME
from scanner.record import read_record

pytestmark = [pytest.mark.lab, pytest.mark.slow]

IN_FLIGHT = 2
"""Requests to one device that a kill may cost: both of an RTSP conversation whose answers had not come yet."""


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.45, 0.7, 0.97])
def test_a_killed_scan_goes_on_to_an_equal_report(
    scans: Scans, undisturbed: Undisturbed, share: float, tmp_path: Path
) -> None:
    kill = kill_until_fair(scans, tmp_path, undisturbed.seconds * share, undisturbed)[-1]
    assert kill.differing == ()
    assert kill.asked_twice <= IN_FLIGHT
    assert kill.asked_again == 0


def test_kills_are_spread_over_the_whole_scan() -> None:
    """Every tenth of a scan gets its kill, so that a hundred of them prove what they say."""
    moments = choose_moments(10, 10.2, random.Random(1))
    assert sorted(int(moment - 0.2) for moment in moments) == list(range(10))


def test_a_request_counts_as_repeated_where_an_undisturbed_run_asks_once() -> None:
    once = Counter({("http", 80, "GET /"): 1})
    assert count_repeats({"10.0.0.5": once + once}, {"10.0.0.5": once}) == 1
    assert count_repeats({"10.0.0.5": once}, {"10.0.0.5": Counter()}) == 0
    assert count_repeats({"10.0.0.5": once + once}, {"10.0.0.5": once + once}) == 0


def test_asked_again_counts_what_the_record_had_and_not_what_was_in_flight() -> None:
    page, options, call = (
        ("http", 80, "GET / HTTP/1.1"),
        ("rtsp", 554, "OPTIONS rtsp://x/ RTSP/1.0"),
        ("http", 80, "POST /o HTTP/1.1"),
    )
    kept = [
        Observation("http", "raw", "x", "10.0.0.5", 80, request="GET /"),
        Observation("rtsp", "raw", "x", "10.0.0.5", 554, request="OPTIONS"),
    ]
    assert count_asked_again({"10.0.0.5": Counter({page: 1, options: 1})}, kept) == 2
    assert count_asked_again({"10.0.0.5": Counter({page: 0, call: 1}), "10.0.0.6": Counter({page: 1})}, kept) == 0
    assert count_asked_again({"10.0.0.5": Counter({call: 2})}, kept) == 1


def test_a_run_may_be_killed_and_gone_on_with_more_than_once(
    scans: Scans, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    words = list(scans.words(tmp_path / "0"))
    for number, share in enumerate((0.25, 0.3, 0.35)):
        process = scans.start(*words)
        deadline = time.monotonic() + 30
        while not (tmp_path / str(number) / RECORD_NAME).exists() and time.monotonic() < deadline:
            time.sleep(0.02)  # a run that was killed before it had a record leaves nothing to go on with
        time.sleep(undisturbed.seconds * share)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        words = ["scan", "--resume", str(tmp_path / str(number)), "--out", str(tmp_path / str(number + 1))]
    code, errors = scans.run(*words)
    assert code == 10, errors
    record = read_record(tmp_path / "3" / RECORD_NAME)
    spared = find_spared(undisturbed.observations, record.observations)
    assert differences(undisturbed.report, judge(record), spared) == []
    assert [note.subject for note in record.notes].count("resumed") == 3


def test_a_complete_record_is_not_gone_on_with(scans: Scans, undisturbed: Undisturbed, tmp_path: Path) -> None:
    code, errors = scans.run("scan", "--resume", str(undisturbed.folder), "--out", str(tmp_path / "new"))
    assert code == 2
    assert "is complete: there is nothing to go on with" in errors
    assert not (tmp_path / "new").exists()


def test_a_record_of_another_scope_is_not_gone_on_with(scans: Scans, undisturbed: Undisturbed, tmp_path: Path) -> None:
    lines = (undisturbed.folder / RECORD_NAME).read_bytes().splitlines(keepends=True)
    (tmp_path / RECORD_NAME).write_bytes(b"".join(lines[:40]))
    before = scans.requests()
    code, errors = scans.run("scan", "--resume", str(tmp_path), "10.78.0.0/27", "--out", str(tmp_path / "new"))
    assert code == 2
    assert f"is a run over {NETWORK}, not over 10.78.0.0/27" in errors
    assert scans.requests() == before
