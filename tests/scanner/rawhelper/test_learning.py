"""Neighbours are entered as they were heard, and every own entry is taken out again."""

from __future__ import annotations

import errno
import socket
import subprocess

import pytest

from scanner.netlink import list_neighbours
from scanner.rawhelper.learning import RUNS_CAP, Learning, _take_place
from scanner.rawhelper.requests import name_line
from scanner.scope import make_scope
from tests.segment import Segment

MAC = bytes.fromhex("4419b6000009")
HOST = "10.77.0.9"
SCOPE = make_scope(["10.77.0.0/28", "fd00:77::/64"])
NUMBER = (10 << 24) | (77 << 16) | 9

pytestmark = pytest.mark.lab


def table() -> dict[str, str | None]:
    return {entry.address: entry.mac for entry in list_neighbours() if entry.address.startswith("10.77.")}


def begin(index: int = 0) -> Learning:
    """With the table as it is now."""
    standing = [name_line(line.index, line.address) for line in list_neighbours()]
    return Learning({index or eth0()}, SCOPE, standing)


def die(learning: Learning) -> None:
    """What is left of it when its program is killed."""
    for sock in (learning._socket, *learning._presence):
        sock.close()


def eth0() -> int:
    return socket.if_nametoindex("eth0")


def test_a_heard_host_is_entered_and_taken_out(segment: Segment) -> None:
    with segment.enter():
        learning = begin()
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0
        assert table() == {HOST: MAC.hex(":")}
        assert learning.change(eth0(), HOST, forget=True) == 0
        assert table() == {}
        assert learning.change(eth0(), HOST, forget=True) == errno.ENOENT
        learning.close()


def test_whoever_was_not_heard_is_not_entered(segment: Segment) -> None:
    with segment.enter():
        learning = begin()
        assert learning.change(eth0(), HOST, forget=False) == errno.EADDRNOTAVAIL
        learning.close()
        assert table() == {}


def test_an_address_with_two_owners_stays_with_the_kernel(segment: Segment) -> None:
    with segment.enter():
        learning = begin()
        learning.hear(eth0(), NUMBER, MAC)
        learning.hear(eth0(), NUMBER, MAC[:5] + b"\x0a")
        assert learning.change(eth0(), HOST, forget=False) == errno.EADDRNOTAVAIL
        learning.close()


def test_an_entry_of_others_is_left_alone(segment: Segment) -> None:
    with segment.enter():
        entry = ["ip", "neigh", "add", HOST, "lladdr", "02:02:02:02:02:02", "dev", "eth0"]
        subprocess.run(entry, check=True)
        learning = begin()
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == errno.EEXIST
        learning.close()
        assert table() == {HOST: "02:02:02:02:02:02"}


def test_the_table_is_left_as_it_was_found(segment: Segment) -> None:
    """What the kernel made by itself meanwhile goes; what stood before, is permanent or lies beyond the scope stays."""

    def enter(address: str, state: str) -> None:
        words = ["ip", "neigh", "add", address, "lladdr", "02:02:02:02:02:02", "dev", "eth0", "nud", state]
        subprocess.run(words, check=True)

    with segment.enter():
        enter("10.77.0.3", "stale")
        learning = begin()
        for address, state in (
            ("10.77.0.4", "stale"), ("10.77.0.5", "reachable"), ("10.77.0.6", "permanent"), ("10.77.0.77", "stale"),
        ):  # fmt: skip
            enter(address, state)
        learning.close()
        assert set(table()) == {"10.77.0.3", "10.77.0.6", "10.77.0.77"}


def test_a_dump_that_fails_keeps_no_own_entry(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    with segment.enter():
        learning = begin()
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0

        def fail() -> None:
            raise OSError(errno.EBUSY, "as told")

        monkeypatch.setattr(learning, "_lines", fail)
        learning.close()
        assert table() == {}


def test_closing_takes_every_own_entry_out(segment: Segment) -> None:
    with segment.enter():
        learning = begin()
        for offset in range(5):
            learning.hear(eth0(), NUMBER + offset, MAC)
            assert learning.change(eth0(), f"10.77.0.{9 + offset}", forget=False) == 0
        assert len(table()) == 5
        learning.close()
        assert table() == {}


def test_what_a_killed_run_left_is_taken_out_at_the_end_of_the_next(segment: Segment) -> None:
    with segment.enter():
        killed = begin()
        killed.hear(eth0(), NUMBER, MAC)
        assert killed.change(eth0(), HOST, forget=False) == 0
        die(killed)
        elsewhere, learning = begin(eth0() + 1), begin()
        elsewhere.close()
        assert table() == {HOST: MAC.hex(":")}
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0
        learning.close()
        assert table() == {}


def test_runs_beside_each_other_take_out_only_what_each_entered(segment: Segment) -> None:
    with segment.enter():
        killed = begin()
        killed.hear(eth0(), NUMBER, MAC)
        assert killed.change(eth0(), HOST, forget=False) == 0
        second = begin()
        second.hear(eth0(), NUMBER, MAC)
        second.hear(eth0(), NUMBER + 1, MAC)
        assert second.change(eth0(), HOST, forget=False) == errno.EEXIST
        assert second.change(eth0(), HOST, forget=True) == errno.ENOENT
        assert second.change(eth0(), "10.77.0.10", forget=False) == 0
        die(killed)
        third = begin()  # the first place is free again, and the second run still there
        third.close()
        assert set(table()) == {HOST, "10.77.0.10"}
        second.close()
        assert set(table()) == {HOST}, "whose program was killed, and not known to be"
        begin().close()
        assert table() == {}


def test_beside_more_runs_than_are_told_apart_nobody_takes_out_what_another_left(segment: Segment) -> None:
    with segment.enter():
        killed = begin()
        killed.hear(eth0(), NUMBER, MAC)
        assert killed.change(eth0(), HOST, forget=False) == 0
        die(killed)
        sockets = [_take_place(eth0(), place) for place in range(RUNS_CAP)]
        begin().close()
        assert set(table()) == {HOST}
        for sock in sockets:
            assert sock is not None
            sock.close()


def test_lines_of_ipv6_stay(segment: Segment) -> None:
    """Without its line the kernel asks for a neighbour again when a late packet comes, be it excluded."""
    with segment.enter():
        learning = begin()
        learning.hear(eth0(), NUMBER, MAC)
        words = ["ip", "neigh", "replace", "fd00:77::4", "lladdr", MAC.hex(":"), "dev", "eth0", "nud", "stale"]
        subprocess.run(words, check=True)
        learning.close()
        assert "fd00:77::4" in {entry.address for entry in list_neighbours()}
