"""Runs our own parts and other programs at the scanner's place of a simulated network, and times them alike.

A peer that is not on this machine is named as missing with the command that installs it, never left out in silence.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Timer
from typing import Any, Final, Protocol

INSTALL: Final = "apt-get install arp-scan masscan nmap gcc libc6-dev"
"""How the peers get onto a Debian machine."""

TIMEOUT: Final = 100.0
"""Seconds for one run of one program; the slowest peer takes thirty."""


BY_LINES: Final = ("stdbuf", "-oL")
"""Has a program write each line when it has it. What is ended would else take what it found along: up to a block of
4,096 bytes, which is all of a /24."""

WRITING: Final = 0.5
"""Seconds, not counted, that such a peer has to write down what it found before it is ended."""


class PeerFailed(RuntimeError):
    """A program did not do its work here; the message says what it said."""


_ADDRESS: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")


class Place(Protocol):
    """Where the scanner stands: a lab, or an end of a cable."""

    def enter(self) -> AbstractContextManager[None]:
        """Stand there with this thread."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of wall from the start of the process to its end, whom it found, and what else it said."""

    seconds: float
    found: frozenset[str]
    said: Mapping[str, Any]  # of our own programs: the line of JSON; of others empty


Way = Callable[[], Run]


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """The programs that are not here, each with how to install it."""
    return tuple(f"{name} (`{INSTALL}`)" for name in names if shutil.which(name) is None)


def time_program(place: Place, words: Sequence[str]) -> tuple[float, str]:
    """Seconds of wall and the standard output of a program that stands where the scanner does.

    It is started from inside, so that nothing but the program itself is timed. PeerFailed when it does not do its work.
    """
    with place.enter():
        begun = time.monotonic()
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise PeerFailed(f"{words[0]} had not ended after {TIMEOUT:.0f} seconds") from late
        seconds = time.monotonic() - begun
    if done.returncode not in (0, 10, 11, 12):
        raise PeerFailed(f"{words[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds, done.stdout


def run_inside(place: Place, *words: str) -> Run:
    """One of the programs of `benchmarks.inside`."""
    seconds, text = time_program(place, [sys.executable, "-m", "benchmarks.inside", *words])
    said = json.loads(text)
    return Run(seconds, frozenset(said.get("found", said.get("open", ()))), said)


def run_lister(place: Place, words: Sequence[str], keep: str = "") -> Run:
    """Another program whose lines each name an address; `keep`: only lines with these words count."""
    seconds, text = time_program(place, words)
    lines = (line for line in text.splitlines() if keep in line and not line.startswith("#"))
    return Run(seconds, frozenset(found[0] for line in lines if (found := _ADDRESS.search(line))), {})


def run_until_said(place: Place, words: Sequence[str], said: bytes, keep: str) -> Run:
    """A lister that may wait for one frame more for ever: it is over when its standard error says so, and ended."""
    with place.enter(), TemporaryFile() as listed:
        begun = time.monotonic()
        with subprocess.Popen(
            [*BY_LINES, *words], stdin=subprocess.DEVNULL, stdout=listed, stderr=subprocess.PIPE
        ) as process:
            watchdog = Timer(TIMEOUT, process.kill)
            watchdog.start()
            try:
                seconds = _wait_until_said(process, said, begun)
                time.sleep(WRITING)
            finally:
                watchdog.cancel()
                process.kill()
        listed.seek(0)
        lines = listed.read().decode(errors="replace").splitlines()
    found = frozenset(hit[0] for line in lines if keep in line and (hit := _ADDRESS.search(line)))
    return Run(seconds, found, {})


def _wait_until_said(process: subprocess.Popen[bytes], said: bytes, begun: float) -> float:
    heard = b""
    assert process.stderr is not None
    while said not in heard:
        piece = os.read(process.stderr.fileno(), 65536)
        if not piece:
            raise PeerFailed(f"{process.args!r} ended or hung before it was done: {heard[-300:]!r}")
        heard = heard[-300:] + piece
    return time.monotonic() - begun


def run_port_lister(place: Place, words: Sequence[str]) -> Run:
    """nmap with `-oG -`: `address:port` for each open port."""
    seconds, text = time_program(place, words)
    return Run(seconds, frozenset(read_open_ports(text)), {})


def read_open_ports(text: str) -> Iterable[str]:
    """`address:port` of each open port in nmap's grepable lines."""
    for line in text.splitlines():
        if "Ports:" not in line or (found := _ADDRESS.search(line)) is None:
            continue
        for port in re.findall(r"(\d+)/open/", line):
            yield f"{found[0]}:{port}"
