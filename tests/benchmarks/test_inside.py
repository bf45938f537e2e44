"""The programs that benchmarks run inside a lab use the program's parts as they are now."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.frames import NETWORK, SENDER
from benchmarks.peers import run_inside
from simulator.estate import Estate, build_estate
from simulator.lab import Lab


@pytest.mark.lab
def test_the_send_loop_sends_what_it_is_told_to() -> None:
    estate = Estate.model_validate({"id": "wire", "segments": [{"network": NETWORK, "scanner": SENDER}]})
    with Lab(estate) as lab:
        said = run_inside(lab, "frames", NETWORK, "1000").said
    assert said["frames"] == 1000
    assert said["seconds"] > 0


@pytest.mark.lab
def test_the_port_sweep_tells_what_is_open_and_leaves_the_table_as_it_was() -> None:
    with Lab(build_estate("10.79.0.0/24", {"vivotek": 3})) as lab:
        said = run_inside(lab, "ports", "10.79.0.0/24", "lab").said
        addresses = [device.address for device in lab.devices]
    assert said["open"] == sorted(f"{address}:{port}" for address in addresses for port in (80, 554))
    assert said["outcomes"] == {"answered": 6, "refused": 15}
    assert (said["hosts"], said["entries"]) == (3, 0)


MEASURED = """
from benchmarks import inside
before = inside.peak_memory()
held = bytearray(32 << 20)
assert inside.peak_memory() >= before + (len(held) >> 11), before
"""


def test_peak_memory_is_that_of_this_program() -> None:
    """In a program of its own: this one may have let go of more than it takes here, and its peak stays."""
    done = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
