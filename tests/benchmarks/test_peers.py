"""What other programs print is read as they print it."""

from __future__ import annotations

from benchmarks.peers import INSTALL, missing, read_open_ports


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
