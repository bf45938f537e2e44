"""What other programs print is read as they print it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import peers
from benchmarks.peers import INSTALL, PeerFailed, missing, read_open_ports, run_until_said


def test_open_ports_of_nmap_are_read_and_closed_ones_are_not() -> None:
    text = (
        "# Nmap 7.93 scan initiated\n"
        "Host: 192.0.2.7 ()\tStatus: Up\n"
        "Host: 192.0.2.7 ()\tPorts: 80/open/tcp//http///, 443/closed/tcp//https///, 554/open/tcp//rtsp///\n"
    )
    assert list(read_open_ports(text)) == ["192.0.2.7:80", "192.0.2.7:554"]


def test_a_peer_that_is_not_here_is_named_with_how_to_get_it() -> None:
    (line,) = missing(("no-such-program", "sh"))
    assert line.startswith("no-such-program")
    assert INSTALL in line


HERE: Any = SimpleNamespace(enter=nullcontext)


def test_what_a_program_found_is_read_though_it_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its lines until it has a block of them, as C programs do whose output is a file."""
    monkeypatch.setattr(peers, "WRITING", 0.05)
    lines = 'print "arp 0 192.0.2.9"; print "udp 0 192.0.2.8"; print "waiting -1" > "/dev/stderr"; while (1);'
    run = run_until_said(HERE, ["awk", f"BEGIN {{ {lines} }}"], b"waiting -", "arp 0")
    assert run.found == {"192.0.2.9"}


def test_a_program_that_ends_before_it_says_so_did_not_do_its_work() -> None:
    with pytest.raises(PeerFailed, match="ended or hung"):
        run_until_said(HERE, ["awk", 'BEGIN { print "no" > "/dev/stderr" }'], b"waiting -", "arp 0")
