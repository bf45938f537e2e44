"""The auditor's own machine fails: what was gathered is kept, the words are clear, and the exit code says it.

Full and read-only disks are made by mounting inside a mount namespace of the program's own; nothing else sees them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from benchmarks.kills import Scans, Undisturbed, judge
from scanner.exits import Exit
from scanner.model import Outcome
from scanner.outputs import RECORD_NAME
from scanner.record import read_record
from tests.wiretap import open_tap, tap

pytestmark = [pytest.mark.lab, pytest.mark.slow]

CTRL_C = 1.0
"""Seconds from Ctrl-C to the end of the program."""


def run_under(scans: Scans, script: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run a scan at the scanner's place, under a shell script that ends with "$@"."""
    program = [sys.executable, "-m", "scanner", *scans.words(out)]
    return scans.lab.run_in_scanner(["unshare", "-m", "sh", "-c", script, "sh", *program])


@pytest.fixture(autouse=True)
def needs_unshare() -> None:
    if shutil.which("unshare") is None:
        pytest.skip("the program unshare is missing: install util-linux")


@pytest.mark.parametrize("share", [0.15, 0.25, 0.5, 0.8])
def test_ctrl_c_seals_the_record_within_a_second_and_says_what_was_not_done(
    scans: Scans, undisturbed: Undisturbed, share: float, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = scans.start(*scans.words(out))
    deadline = time.monotonic() + 20
    while not (out / RECORD_NAME).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(undisturbed.seconds * (share - 0.15))
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - pressed < CTRL_C
    assert process.returncode == Exit.FAILED
    assert f"camcensus scan --resume {out}" in errors
    record = read_record(out / RECORD_NAME)
    assert record.sealed
    assert record.ended is not None
    assert record.ended.how == "interrupted"
    assert any("was not finished" in line for line in record.ended.undone)
    assert not judge(record).coverage.complete


@pytest.mark.parametrize("ends_by", [None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_kernels_neighbour_table_is_left_as_it_was_found(
    scans: Scans, ends_by: signal.Signals | None, tmp_path: Path
) -> None:
    """By a scan that ends, one that is told to end as its whole group is, and one whose main program is killed."""
    standing = ["10.78.0.10", "lladdr", "02:02:02:02:02:02", "dev", "eth0", "nud", "stale"]
    assert scans.lab.run_in_scanner(["ip", "neigh", "replace", *standing]).returncode == 0
    before = _neighbours(scans)
    process = scans.start(*scans.words(tmp_path / "run"))
    _wait(lambda: len(_neighbours(scans)) >= len(before) + 5)
    if ends_by is signal.SIGKILL:
        process.kill()
    elif ends_by is not None:
        os.killpg(process.pid, ends_by)
    process.communicate(timeout=30)
    _wait(lambda: _neighbours(scans) == before)  # the raw-socket program sees that it is alone


def test_two_scans_at_once_each_take_out_what_they_entered(scans: Scans, tmp_path: Path) -> None:
    """The one that began first is ended in the midst of the other."""
    # lines that the kernel made during an earlier test stand in the way: nothing is entered where one is there already
    assert scans.lab.run_in_scanner(["ip", "neigh", "flush", "all"]).returncode == 0
    first = scans.start(*scans.words(tmp_path / "first"))
    _wait(lambda: len(_entered(scans)) >= 3)
    second = scans.start(*scans.words(tmp_path / "second"))
    _wait(lambda: (tmp_path / "second" / RECORD_NAME).exists())
    os.killpg(first.pid, signal.SIGINT)
    first.communicate(timeout=30)
    assert second.poll() is None, "it was to outlast the first"
    _wait(lambda: bool(_entered(scans)))
    _, errors = second.communicate(timeout=60)
    assert second.returncode not in (Exit.FAILED, Exit.USAGE), errors
    assert _entered(scans) == set()


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60  # a busy machine takes long to start a program
    while not until() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert until()


def _entered(scans: Scans) -> set[str]:
    """Addresses of the lines that a scan made."""
    listed = scans.lab.run_in_scanner(["ip", "neigh", "show"]).stdout
    return {line.split()[0] for line in listed.splitlines() if "proto 202" in line}


def _neighbours(scans: Scans) -> set[str]:
    """Addresses of hosts in the kernel's IPv4 table."""
    listed = scans.lab.run_in_scanner(["ip", "-4", "neigh", "show"]).stdout
    return {line.split()[0] for line in listed.splitlines()}


def test_a_full_disk_keeps_what_was_heard(scans: Scans, tmp_path: Path) -> None:
    small, kept = tmp_path / "small", tmp_path / "kept"
    small.mkdir()
    script = f'mount -t tmpfs -o size=96k none {small} || exit 99; "$@"; code=$?; cp -r {small}/run {kept}; exit $code'
    done = run_under(scans, script, small / "run")
    assert done.returncode == Exit.FAILED, done.stderr
    assert "No space left on device" in done.stderr
    assert "lines are kept" in done.stderr
    assert f"--resume {small}/run" in done.stderr
    assert "Traceback" not in done.stderr
    record = read_record(kept / RECORD_NAME)
    assert len(record.observations) > 20
    assert not judge(record).coverage.complete


def test_a_limit_on_the_size_of_files_seals_the_record_with_what_fits(scans: Scans, tmp_path: Path) -> None:
    done = run_under(scans, 'ulimit -f 100; exec "$@"', tmp_path / "run")
    assert done.returncode == Exit.FAILED
    assert "File too large" in done.stderr
    record = read_record(tmp_path / "run" / RECORD_NAME)
    lines = (tmp_path / "run" / RECORD_NAME).read_bytes()
    assert lines.endswith(b"}\n")
    assert not record.sealed or (record.ended is not None and record.ended.how == "broken")


def test_a_full_disk_at_the_reports_keeps_the_record(scans: Scans, undisturbed: Undisturbed, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = f'mount -t tmpfs -o size=64k none {small} || exit 99; exec "$@"'
    program = [sys.executable, "-m", "scanner", "judge", str(undisturbed.folder), "--out", str(small)]
    done = scans.lab.run_in_scanner(["unshare", "-m", "sh", "-c", script, "sh", *program])
    assert done.returncode == Exit.FAILED, done.stderr
    assert "cannot be written: No space left on device" in done.stderr
    assert read_record(undisturbed.folder / RECORD_NAME).sealed


def test_a_read_only_folder_is_said_before_anything_is_sent(scans: Scans, tmp_path: Path) -> None:
    before = scans.requests()
    script = f'mount -t tmpfs -o ro none {tmp_path} || exit 99; exec "$@"'
    done = run_under(scans, script, tmp_path / "run")
    assert done.returncode == Exit.USAGE, done.stderr
    assert "Read-only file system; name another place with --out" in done.stderr
    assert scans.requests() == before


def test_no_name_is_ever_resolved(scans: Scans, tmp_path: Path) -> None:
    """A name server that stands in the scope is not asked, so one that is gone cannot be missed."""
    names = tmp_path / "resolv.conf"
    names.write_text("nameserver 10.78.0.10\noptions timeout:1 attempts:1\n", "utf-8")
    with scans.lab.enter():
        raw = open_tap()
    with tap(raw) as taken:
        done = run_under(scans, f'mount --bind {names} /etc/resolv.conf || exit 99; exec "$@"', tmp_path / "run")
    assert done.returncode == Exit.COVERED, done.stderr
    assert taken.lost == 0
    assert len(taken.frames) > 500
    assert [frame for frame in taken.frames if 53 in frame.ports] == []


JUMPY: Final = """
import os, runpy, sys, time
real, begun, record = time.time, [], sys.argv.pop(1)
def put_back():
    if not begun and os.path.exists(record):
        begun.append(time.monotonic())
    return real() - (86_400 if begun and time.monotonic() - begun[0] > 2 else 0)
time.time = put_back
runpy.run_module("scanner", run_name="__main__", alter_sys=True)
"""
"""The program on a machine whose clock is put back by a day while it asks."""


def test_a_clock_that_is_put_back_is_said_and_nothing_is_lost(
    scans: Scans, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    done = scans.lab.run_in_scanner([sys.executable, "-c", JUMPY, str(out / RECORD_NAME), *scans.words(out)])
    assert done.returncode == Exit.COVERED, done.stderr
    assert "Traceback" not in done.stderr
    record = read_record(out / RECORD_NAME)
    assert record.sealed
    report = judge(record)
    said = [note.text for note in report.coverage.notes if note.subject == "clock"]
    assert len(said) == 1
    assert "the clock stepped by -86400 s" in said[0]
    found, expected = (
        {address for device in one.devices for address in device.addresses.ipv4} for one in (report, undisturbed.report)
    )
    assert found == expected
    assert all(sweep.elapsed >= 0 for sweep in record.sweeps)


@pytest.mark.parametrize("files", [10, 24, 40])
def test_too_few_file_handles_are_said_and_clear_nobody(scans: Scans, files: int, tmp_path: Path) -> None:
    done = run_under(scans, f'ulimit -n {files}; exec "$@"', tmp_path / "run")
    assert done.returncode in (Exit.COVERED, Exit.SUSPECTED, Exit.UNCERTAIN), done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception in thread" not in done.stderr
    record = read_record(tmp_path / "run" / RECORD_NAME)
    coverage = judge(record).coverage
    assert not coverage.complete
    assert any("file handles" in gap or "Too many open files" in gap for gap in coverage.gaps)


def test_sixty_four_file_handles_are_enough(scans: Scans, tmp_path: Path) -> None:
    done = run_under(scans, 'ulimit -n 64; exec "$@"', tmp_path / "run")
    assert done.returncode == Exit.COVERED, done.stderr
    assert judge(read_record(tmp_path / "run" / RECORD_NAME)).coverage.complete


@pytest.mark.parametrize("ends", [("del",), ("set", "down")], ids=["pulled out", "switched off"])
def test_an_interface_that_goes_away_is_said_with_what_became_impossible(ends: tuple[str, ...], tmp_path: Path) -> None:
    """In a lab of its own, which is of no use to anybody afterwards."""
    from benchmarks.kills import make_site
    from simulator.lab import Lab

    with Lab(make_site()) as lab:
        scans, out = Scans(lab), tmp_path / "run"
        process = scans.start(*scans.words(out))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and b"open-port" not in _bytes(out / RECORD_NAME):
            time.sleep(0.05)
        assert lab.run_in_scanner(["ip", "link", ends[0], lab.interfaces[0], *ends[1:]]).returncode == 0
        _, errors = process.communicate(timeout=120)
    assert process.returncode in (Exit.COVERED, Exit.SUSPECTED, Exit.UNCERTAIN), errors
    assert "Traceback" not in errors
    record = read_record(out / RECORD_NAME)
    assert record.sealed
    assert record.observations
    broken = {result.sweep: result for result in record.sweeps if result.outcome is Outcome.BROKEN}
    assert {"sadp-sweep", "wsd-sweep", "link-listen"} <= set(broken)
    assert all(result.lost for result in broken.values())
    coverage = judge(record).coverage
    assert not coverage.complete
    assert any("the interface is gone" in gap or "Network is down" in gap for gap in coverage.gaps)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
