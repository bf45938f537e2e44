"""Whoever is compared sends the same requests, each for another address; who repeats one is not compared."""

from __future__ import annotations

import shutil
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.frames import NETWORK, OURS, REPEATED, SCAPY, SENDER, C, compile_sender, head, tell
from benchmarks.peers import run_inside, time_program
from simulator.estate import Estate
from simulator.lab import Lab

ARP = 0x0806
SENT = 128


@contextmanager
def listen(lab: Lab) -> Iterator[Callable[[], list[bytes]]]:
    """The requests that left the scanner's interface so far."""
    with lab.enter():
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with tap:
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        tap.bind(("eth0", 3))  # ETH_P_ALL: only so is it shown what leaves
        tap.setblocking(False)

        def read() -> list[bytes]:
            seen: list[bytes] = []
            while True:
                try:
                    data = tap.recv(2048)
                except BlockingIOError:
                    return seen
                if struct.unpack_from("!H", data, 12) == (ARP,):
                    seen.append(data)

        yield read


@pytest.fixture
def wire() -> Iterator[Lab]:
    estate = Estate.model_validate({"id": "wire", "segments": [{"network": NETWORK, "scanner": SENDER}]})
    with Lab(estate) as lab:
        yield lab


@pytest.mark.lab
@pytest.mark.parametrize("words", [("frames", NETWORK, str(SENT)), ("sendp", "10.64.0.0/25")], ids=("ours", "scapy"))
def test_each_request_is_for_another_address(wire: Lab, words: tuple[str, ...]) -> None:
    with listen(wire) as heard:
        said = run_inside(wire, *words).said
        sent = heard()
    assert said["frames"] == len(sent) == len({data[38:42] for data in sent}) == SENT
    assert {data[:38] for data in sent} == {head()}


@pytest.mark.lab
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_c_program_sends_what_ours_sends_each_for_another_address(wire: Lab, tmp_path: Path) -> None:
    with listen(wire) as heard:
        time_program(wire, [str(compile_sender(tmp_path)), "eth0", "256", head().hex()])
        sent = heard()
    assert len(sent) == len({data[38:42] for data in sent}) == 256  # one call of sendmmsg: no fewer are sent
    assert {data[:38] for data in sent} == {head()}


@pytest.mark.lab
def test_what_is_repeated_is_the_same_frame(wire: Lab) -> None:
    with listen(wire) as heard:
        said = run_inside(wire, "repeat", "10.64.0.9", str(SENT)).said
        sent = heard()
    assert said["frames"] == len(sent) == SENT
    assert {data[:42] for data in sent} == {head() + bytes((10, 64, 0, 9))}


def test_the_bar_is_about_the_same_requests_and_both_ratios_are_told() -> None:
    rates = {OURS: (900.0, 1000.0, 1100.0), SCAPY: (8.0,), REPEATED: (20.0,), C: (1250.0,)}
    result = tell(400, {"here": rates, "there": rates | {SCAPY: (20.0,)}})
    assert [(bar.promise.partition(":")[0], bar.measured, bar.met) for bar in result.bars] == [
        ("here", "0.8", True),
        ("here", "125", True),
        ("there", "0.8", True),
        ("there", "50", False),
    ]
    assert [(row[0], row[-1]) for row in result.tables[0].rows] == [
        (OURS, "1"),
        (SCAPY, "125"),
        (REPEATED, "50"),
        (C, "0.8"),
    ]


def test_without_a_compiler_there_is_no_bar_about_c() -> None:
    (bar,) = tell(400, {"here": {OURS: (1000.0,), SCAPY: (20.0,), REPEATED: (5.0,)}}).bars
    assert (bar.measured, bar.met) == ("50", False)
