"""What nmap said and what was true, and samples that stand for all."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import cast

from benchmarks.identifying import (
    OURS,
    PATIENCE,
    Run,
    _seconds,
    _table,
    make_cameras,
    read_nmap,
    run_nmap,
    sample,
    score,
)
from simulator.lab import Lab, LabDevice
from simulator.persona import Truth

OUTPUT = """Starting Nmap
Nmap scan report for 10.61.0.9
80/tcp open http
|_http-server-header: App-webs/
MAC Address: AA:BB:CC:00:00:01 (Hikvision)

Nmap scan report for 10.61.0.10
80/tcp open http
|_http-title: Axis
MAC Address: AA:BB:CC:00:00:02 (Hangzhou Hikvision Digital Technology)

Nmap scan report for 10.61.0.11
|_http-auth: Dahua Basic
"""


def device(address: str, *, listed: bool, maker: str, persona: str = "one") -> LabDevice:
    return LabDevice(
        address, "00:00:00:00:00:01", persona, "identified", Truth(maker=maker, listed=listed, kind="camera")
    )


def test_nmap_names_a_maker_by_what_the_device_said_and_not_by_its_card() -> None:
    assert read_nmap(OUTPUT) == {"10.61.0.9": "hikvision", "10.61.0.10": None, "10.61.0.11": "dahua"}


def test_right_names_and_false_ones_are_counted_apart() -> None:
    devices = [
        device("10.61.0.9", listed=True, maker="hikvision"),
        device("10.61.0.10", listed=True, maker="hikvision"),
        device("10.61.0.11", listed=False, maker="axis"),
    ]
    run = score(read_nmap(OUTPUT), devices, 2.0)
    assert (run.found, run.listed, run.false, run.others) == (1, 2, 1, 1)


def test_the_time_of_a_sample_is_scaled_to_all() -> None:
    assert _seconds([Run(2.0, 20), Run(4.0, 20), Run(3.0, 20)], 200) == 30.0


def test_a_sample_is_spread_over_the_personas() -> None:
    devices = [device(f"10.0.0.{n}", listed=True, maker="axis", persona=f"p{n % 5}") for n in range(50)]
    assert {one.persona for one in sample(devices, 5)} == {f"p{n}" for n in range(5)}
    assert len(sample(devices, 100)) == 50


def test_cameras_are_as_many_as_wanted_and_think_as_long() -> None:
    estate = make_cameras(13, think=0.2)
    devices = estate.segments[0].devices
    assert len(devices) == 13
    assert {one.quirks["think"] for one in devices} == {0.2}


class Late:
    """A lab whose programs never end in time."""

    devices = (device("10.61.0.9", listed=True, maker="hikvision"),)

    def run_in_scanner(self, argv: Sequence[str], *, timeout: float) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(list(argv), timeout)


def test_a_peer_that_was_ended_counts_with_the_time_it_had_and_with_no_find() -> None:
    run = run_nmap(cast("Lab", Late()), ("-sV",))
    assert (run.seconds, run.ended) == (PATIENCE, True)
    ours = Run(1.2, 1, found=1, listed=1)
    rows = _table("one", {OURS: [ours], "nmap": [run]}).rows
    assert rows[1] == ("nmap", "more than 120 s", "1", "below 0.010", "not counted", "not counted")
