"""Groups stay joined until the end, and room is kept for what the kernel reports of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from scanner.gate import Gate
from scanner.scope import Interface
from scanner.sweeping.memberships import AGAIN, AT_ONCE, Memberships

LOOPBACK = Interface("lo", socket.if_nametoindex("lo"), None, (IPv4Interface("127.0.0.1/8"),))
GROUP = "239.255.77.77"


class Watched(Gate):
    """A gate that remembers what was foreseen."""

    def __init__(self) -> None:
        super().__init__(100, clock=lambda: 0.0)
        self.asked: list[tuple[float, float]] = []

    def foresee(self, packets: int, begin: float, end: float, *, sure: bool = True, of: str = "") -> None:
        assert packets == 1
        self.asked.append((begin, end))
        super().foresee(packets, begin, end, sure=sure, of=of)


class Kit:
    def __init__(self) -> None:
        self.now = 50.0
        self.gate = Watched()
        self.memberships = Memberships(self.gate, monotonic=lambda: self.now)


@pytest.fixture
def kit() -> Iterator[Kit]:
    made = Kit()
    yield made
    made.memberships.close()


def _is_member(group: str) -> bool:
    """Whether this machine is in a group on loopback: the kernel lists it in reversed hexadecimal."""
    number = socket.inet_aton(group)[::-1].hex().upper()
    return number in Path("/proc/net/igmp").read_text("ascii")


def test_a_group_is_left_at_the_end_and_not_before(kit: Kit) -> None:
    kit.memberships.keep(LOOPBACK, [GROUP])
    assert _is_member(GROUP)
    kit.memberships.close()
    assert not _is_member(GROUP)


def test_the_kernel_reports_a_change_at_once_and_again(kit: Kit) -> None:
    kit.memberships.keep(LOOPBACK, [GROUP, "239.255.77.78"])
    assert kit.gate.asked == [AT_ONCE, AGAIN]
    kit.memberships.keep(LOOPBACK, [GROUP])
    assert len(kit.gate.asked) == 2, "it is a member already"


def test_changes_that_come_together_are_reported_together(kit: Kit) -> None:
    kit.memberships.keep(LOOPBACK, [GROUP])
    kit.now += 0.01
    kit.memberships.keep(LOOPBACK, ["239.255.77.78"])
    assert len(kit.gate.asked) == 2
    kit.now += 0.1
    kit.memberships.keep(LOOPBACK, ["239.255.77.79"])
    assert len(kit.gate.asked) == 4
    assert kit.gate._foreseen is not None
    assert len(kit.gate._foreseen) == 3, "what was to be reported again goes with the later change"


def test_leaving_is_reported_too(kit: Kit) -> None:
    kit.memberships.keep(LOOPBACK, [GROUP])
    kit.now += 1.0
    kit.memberships.close()
    assert len(kit.gate.asked) == 4


def test_a_group_that_cannot_be_joined_is_somebody_elses_to_tell(kit: Kit) -> None:
    kit.memberships.keep(LOOPBACK, ["10.0.0.1"])
    kit.memberships.close()
