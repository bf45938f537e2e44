"""The main job end to end on simulated networks: listed makers found, nobody else called covered, twice the same."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from probes.arp_sweep import LATE
from scanner.record import read_record
from simulator.estate import Estate, build_estate, mixed_counts
from simulator.lab import Lab

pytestmark = pytest.mark.lab

Answers = dict[str, dict[str, Any]]


def scan(lab: Lab, network: str, out: Path, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scanner", "scan", network, "--out", str(out), *words]
    command += [word for name in lab.interfaces for word in ("--interface", name)]
    return lab.run_in_scanner(command, timeout=timeout)


def devices_of(out: Path) -> Answers:
    report = json.loads((out / "report.json").read_text("utf-8"))
    return {address: device for device in report["devices"] for address in device["addresses"]["ipv4"]}


def mistakes(lab: Lab, found: Answers) -> list[str]:
    """Every listed device that was not found with its maker and called covered, and everybody else who was."""
    wrong = []
    for device in lab.devices:
        answer = found.get(device.address)
        if answer is None:
            wrong.append(f"{device.persona} at {device.address} was not found")
        elif device.truth.listed and (answer["maker"], answer["status"]) != (device.truth.maker, "covered"):
            wrong.append(f"{device.persona} at {device.address}: {answer['maker']} {answer['status']}")
        elif not device.truth.listed and answer["status"] == "covered":
            wrong.append(f"{device.persona} at {device.address} is called covered ({answer['maker']})")
    return wrong


def test_sixty_mixed_hosts_on_a_24_and_the_same_report_again(lan: Callable[..., Lab], tmp_path: Path) -> None:
    lab = lan(build_estate("10.50.0.0/24", mixed_counts(60, 30), seed=3))
    done = scan(lab, "10.50.0.0/24", tmp_path / "run")
    assert done.returncode == 10, done.stderr
    found = devices_of(tmp_path / "run")
    assert len(found) == 60
    assert mistakes(lab, found) == []
    again = tmp_path / "again"
    command = [
        sys.executable,
        "-m",
        "scanner",
        "judge",
        str(tmp_path / "run"),
        "--out",
        str(again),
        "--fail-on",
        "none",
    ]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("report.json", "report.csv", "report.html"):
        assert (again / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_devices_that_answer_arp_late_are_examined_like_others_and_the_coverage_says_so(
    lan: Callable[..., Lab], tmp_path: Path
) -> None:
    """Nothing but ARP shows them: they answer no discovery, and their answer comes when the sweep is over."""
    placed = [
        {"persona": persona, "address": f"10.52.0.{10 + number}", "quirks": {"arp_delay": 1.5} if number < 4 else {}}
        for number, persona in enumerate(["vms-page", "silent"] * 4)
    ]
    segment = {"network": "10.52.0.0/24", "scanner": "10.52.0.2", "devices": placed}
    lab = lan(Estate.model_validate({"id": "late", "segments": [segment]}))
    done = scan(lab, "10.52.0.0/24", tmp_path / "run")
    assert done.returncode == 12, done.stderr
    found = devices_of(tmp_path / "run")
    assert set(found) == {device.address for device in lab.devices}
    assert mistakes(lab, found) == []
    record = read_record(tmp_path / "run" / "record.jsonl")
    late = {seen.address for seen in record.observations if seen.by == "arp-sweep" and seen.request == LATE}
    assert late == {f"10.52.0.{number}" for number in range(10, 14)}
    pages = {seen.address for seen in record.observations if seen.name == "http.raw"}
    assert pages == {f"10.52.0.{number}" for number in (10, 12, 14, 16)}
    coverage = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))["coverage"]
    assert not coverage["complete"]
    said = "4 answers to arp-sweep on eth0 came after it had stopped waiting; other hosts may be missing."
    assert said in coverage["gaps"]
    assert [sweep["late"] for sweep in coverage["sweeps"] if sweep["sweep"] == "arp-sweep"] == [0, 4]


def test_a_device_that_still_knows_us_is_one_device_when_the_kernel_has_forgotten_it(
    lan: Callable[..., Lab], tmp_path: Path
) -> None:
    """Between two runs this machine's IPv6 lines are gone: devices answer without asking for our address first."""
    personas = ("axis", "hikvision-camera-new", "hanwha", "uniview", "dahua-camera-new", "vivotek")
    placed = [{"persona": one, "address": f"10.53.0.{10 + number}"} for number, one in enumerate(personas)]
    segment = {"network": "10.53.0.0/24", "scanner": "10.53.0.2", "devices": placed}
    lab = lan(Estate.model_validate({"id": "forgotten", "segments": [segment]}))
    for name in ("first", "second"):
        done = scan(lab, "10.53.0.0/24", tmp_path / name)
        assert done.returncode == 10, done.stderr
        devices = json.loads((tmp_path / name / "report.json").read_text("utf-8"))["devices"]
        assert sorted(len(device["addresses"]["ipv4"]) for device in devices) == [1] * len(personas)
        record = read_record(tmp_path / name / "record.jsonl")
        over_ipv6 = [seen for seen in record.observations if (seen.address or "").startswith("fe80:") and seen.port]
        assert len({seen.address for seen in over_ipv6}) == len(personas)
        assert all(seen.mac for seen in over_ipv6)
        flushed = lab.run_in_scanner(["ip", "-6", "neigh", "flush", "dev", lab.interfaces[0]])
        assert flushed.returncode == 0, flushed.stderr
        assert "lladdr" not in lab.run_in_scanner(["ip", "-6", "neigh", "show"]).stdout


@pytest.mark.slow
def test_a_thousand_hosts_on_a_20(lan: Callable[..., Lab], tmp_path: Path) -> None:
    lab = lan(build_estate("10.60.0.0/20", mixed_counts(1000, 100), seed=3), layout="shared")
    out = tmp_path / "run"
    done = scan(lab, "10.60.0.0/20", out, "--pace", "fast")
    if any(note.subject == "neighbour table" for note in read_record(out / "record.jsonl").notes):
        # All namespaces of a machine share one neighbour table of 1,024 places; another simulated network overran it.
        assert not json.loads((out / "report.json").read_text("utf-8"))["coverage"]["complete"]
        out = tmp_path / "again"
        done = scan(lab, "10.60.0.0/20", out, "--pace", "fast")
    assert done.returncode == 10, done.stderr
    found = devices_of(out)
    assert len(found) == 1000
    assert mistakes(lab, found) == []


def test_the_demo_estate_with_its_stranger_and_its_liar(lan: Callable[..., Lab], tmp_path: Path) -> None:
    lab = lan("demo")
    done = scan(lab, "10.77.0.0/24", tmp_path / "run", "--pace", "fast")
    assert done.returncode == 10, done.stderr
    found = devices_of(tmp_path / "run")
    for device in lab.devices:
        answer = found[device.address]
        if device.expect == "identified":
            assert answer["maker"] == device.truth.maker, device.persona
        if device.expect == "identified" and device.truth.listed:
            assert (answer["standing"], answer["status"]) == ("identified", "covered"), device.persona
        if device.persona == "liar":
            assert (answer["maker"], answer["standing"], bool(answer["conflicts"])) == (None, "undetermined", True)
    stranger = found["192.168.1.64"]
    assert (stranger["maker"], stranger["off_scope"], stranger["ledger"]["packets"]) == ("hikvision", True, 0)


def test_ctrl_c_ends_within_a_second_and_says_what_was_not_done(lan: Callable[..., Lab], tmp_path: Path) -> None:
    lab = lan("demo")
    words = [sys.executable, "-m", "scanner", "sense", "10.77.0.0/24", "--out", str(tmp_path / "run")]
    command, descriptors = lab.command([*words, "--interface", lab.interfaces[0]])
    child = subprocess.Popen(command, pass_fds=descriptors, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    path = tmp_path / "run" / "record.jsonl"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (path.exists() and path.read_bytes().count(b"\n") > 50):
        time.sleep(0.05)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)
    elapsed = time.monotonic() - started
    record = read_record(path)
    assert record.sealed
    assert record.ended is not None
    assert record.ended.how == "interrupted"
    assert record.ended.undone
    assert elapsed < 1.5, errors  # a second, and the interpreter's own end on a busy machine
    assert "--resume" in errors


def test_the_command_of_the_printed_units_runs_and_alarms_only_about_what_is_new(
    lan: Callable[..., Lab], tmp_path: Path
) -> None:
    lab = lan(build_estate("10.50.0.0/24", {"hikvision-camera-old": 1, "axis": 1}, seed=1))
    scope = ["10.50.0.0/24", "--interface", lab.interfaces[0]]
    assert scan(lab, "10.50.0.0/24", tmp_path / "baseline", "--pace", "fast").returncode == 10
    words = [sys.executable, "-m", "scanner", "schedule", "print", *scope, "--pace", "fast"]
    printed = lab.run_in_scanner([*words, "--baseline", str(tmp_path / "baseline")]).stdout
    line = next(row for row in printed.splitlines() if row.startswith("ExecStart="))
    command = shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    nightly = tmp_path / "nightly"
    nightly.mkdir()
    inside, descriptors = lab.command([sys.executable, "-m", "scanner", *command[command.index("scan") :]])
    done = subprocess.run(inside, pass_fds=descriptors, cwd=nightly, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (run,) = nightly.iterdir()
    assert {"record.jsonl", "report.html", "report.json", "report.csv"} <= {path.name for path in run.iterdir()}
