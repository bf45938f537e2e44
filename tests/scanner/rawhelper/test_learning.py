"""Neighbours are entered as they were heard, and every own entry is taken out again."""

from __future__ import annotations

import errno
import subprocess
from ipaddress import IPv4Network

import pytest

from scanner.netlink import list_neighbours
from scanner.ranges import whole
from scanner.rawhelper.learning import Learning
from tests.segment import Segment

MAC = bytes.fromhex("4419b6000009")
HOST = "10.77.0.9"
SCOPE = whole([IPv4Network("10.77.0.0/28")])
NUMBER = (10 << 24) | (77 << 16) | 9

pytestmark = pytest.mark.lab


def table() -> dict[str, str | None]:
    return {entry.address: entry.mac for entry in list_neighbours() if entry.address.startswith("10.77.")}


def eth0() -> int:
    import socket

    return socket.if_nametoindex("eth0")


def test_a_heard_host_is_entered_and_taken_out(segment: Segment) -> None:
    with segment.enter():
        learning = Learning({eth0()}, SCOPE)
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0
        assert table() == {HOST: MAC.hex(":")}
        assert learning.change(eth0(), HOST, forget=True) == 0
        assert table() == {}
        assert learning.change(eth0(), HOST, forget=True) == errno.ENOENT
        learning.close()


def test_whoever_was_not_heard_is_not_entered(segment: Segment) -> None:
    with segment.enter():
        learning = Learning({eth0()}, SCOPE)
        assert learning.change(eth0(), HOST, forget=False) == errno.EADDRNOTAVAIL
        learning.close()
        assert table() == {}


def test_an_address_with_two_owners_stays_with_the_kernel(segment: Segment) -> None:
    with segment.enter():
        learning = Learning({eth0()}, SCOPE)
        learning.hear(eth0(), NUMBER, MAC)
        learning.hear(eth0(), NUMBER, MAC[:5] + b"\x0a")
        assert learning.change(eth0(), HOST, forget=False) == errno.EADDRNOTAVAIL
        learning.close()


def test_an_entry_of_others_is_left_alone(segment: Segment) -> None:
    with segment.enter():
        entry = ["ip", "neigh", "add", HOST, "lladdr", "02:02:02:02:02:02", "dev", "eth0"]
        subprocess.run(entry, check=True)
        learning = Learning({eth0()}, SCOPE)
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
        learning = Learning({eth0()}, SCOPE)
        for address, state in (
            ("10.77.0.4", "stale"), ("10.77.0.5", "reachable"), ("10.77.0.6", "permanent"), ("10.77.0.77", "stale"),
        ):  # fmt: skip
            enter(address, state)
        learning.close()
        assert set(table()) == {"10.77.0.3", "10.77.0.6", "10.77.0.77"}


def test_a_dump_that_fails_keeps_no_own_entry(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    with segment.enter():
        learning = Learning({eth0()}, SCOPE)
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0

        def fail() -> None:
            raise OSError(errno.EBUSY, "as told")

        monkeypatch.setattr(learning, "_lines", fail)
        learning.close()
        assert table() == {}


def test_closing_takes_every_own_entry_out(segment: Segment) -> None:
    with segment.enter():
        learning = Learning({eth0()}, SCOPE)
        for offset in range(5):
            learning.hear(eth0(), NUMBER + offset, MAC)
            assert learning.change(eth0(), f"10.77.0.{9 + offset}", forget=False) == 0
        assert len(table()) == 5
        learning.close()
        assert table() == {}


def test_what_a_killed_run_left_is_taken_out_at_the_end_of_the_next(segment: Segment) -> None:
    with segment.enter():
        killed = Learning({eth0()}, SCOPE)
        killed.hear(eth0(), NUMBER, MAC)
        assert killed.change(eth0(), HOST, forget=False) == 0
        killed._socket.close()
        elsewhere, learning = Learning({eth0() + 1}, SCOPE), Learning({eth0()}, SCOPE)
        elsewhere.close()
        assert table() == {HOST: MAC.hex(":")}
        learning.hear(eth0(), NUMBER, MAC)
        assert learning.change(eth0(), HOST, forget=False) == 0
        learning.close()
        assert table() == {}
