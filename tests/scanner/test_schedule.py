"""Schedules: never into the blackout, quoted for who reads them, accepted by systemd where it is there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from scanner.exits import UsageError
from scanner.schedule import (
    CLOCK_CHANGE,
    STOP_BEFORE,
    Schedule,
    check_words,
    longest,
    parse_schedule,
    render_cron,
    render_service,
    render_timer,
)

COMMAND = ("/usr/bin/camcensus", "scan", "10.0.0.0/24", "--authorised-by", "Order 50% $x")


@pytest.mark.parametrize(
    ("at", "blackout", "seconds"),
    [
        ("02:30", "07:00-19:00", 4 * 3600 + 1800 - 1200 - STOP_BEFORE - CLOCK_CHANGE),
        ("22:00", "07:00-19:00", 9 * 3600 - 1200 - STOP_BEFORE - CLOCK_CHANGE),
        ("04:30", "07:00-19:00", 2 * 3600 + 1800 - 1200 - STOP_BEFORE),
        ("12:00", "22:00-06:00", 10 * 3600 - 1200 - STOP_BEFORE),
    ],
)
def test_a_run_ends_before_the_blackout_even_at_the_latest_start(at: str, blackout: str, seconds: int) -> None:
    assert longest(parse_schedule(at, 20, blackout)) == seconds


@pytest.mark.parametrize(
    ("at", "jitter", "blackout", "says"),
    [
        ("08:00", 20, "07:00-19:00", "would run into the blackout"),
        ("06:50", 20, "07:00-19:00", "would run into the blackout"),
        ("03:00", 20, "04:20-19:00", "would run into the blackout"),  # the night the clocks are put forward
        ("23:00", 0, "22:00-06:00", "would run into the blackout"),
        ("25:00", 0, None, "no time of day"),
        ("02:30", -1, None, "from 0 to 720"),
        ("02:30", 0, "07:00", "as 07:00-19:00"),
        ("02:30", 0, "07:00-x", "no time of day"),
    ],
)
def test_what_cannot_be_kept_is_refused(at: str, jitter: int, blackout: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_schedule(at, jitter, blackout)


def test_the_service_quotes_what_systemd_would_read_itself() -> None:
    line = next(row for row in render_service(COMMAND, Schedule("02:30")).splitlines() if row.startswith("ExecStart="))
    assert "50%%" in line
    assert "$$x" in line


def test_the_cron_line_runs_the_same_command() -> None:
    line = render_cron(COMMAND, Schedule("02:05")).splitlines()[1]
    assert line.startswith("5 2 * * * camcensus /bin/sh -c ")
    assert r"\%" in line
    inner = shlex.split(line.replace(r"\%", "%"))[-1]
    assert shlex.split(inner.rpartition("timeout -s INT ")[2])[1:] == list(COMMAND)


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here; the units were not verified by systemd itself")
    service, timer = tmp_path / "camcensus.service", tmp_path / "camcensus.timer"
    service.write_text(render_service(("/bin/true", *COMMAND[1:]), Schedule("02:30")))
    timer.write_text(render_timer(Schedule("02:30")))
    done = subprocess.run(["systemd-analyze", "verify", service, timer], capture_output=True, text=True, check=False)
    assert (done.returncode, [row for row in done.stderr.splitlines() if "camcensus" in row]) == (0, [])


@pytest.mark.parametrize("word", ["Order 1\nExecStartPost=/bin/evil", "Order\r1", "\x1b[31m", "a\u2028b"])
def test_a_word_that_would_end_a_line_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="line break"):
        check_words((*COMMAND, word))
    check_words((*COMMAND, "Urdhri 12/2026, ministria për punë të brendshme"))
