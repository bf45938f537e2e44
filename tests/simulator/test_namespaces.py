"""A private namespace has its own interfaces; work in one stays in its thread; a mistake of `ip` is passed on."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from simulator.namespaces import (
    LabError,
    call_in,
    in_thread,
    new_namespace,
    own_namespace,
    run_ip,
    stand_in,
    write_sysctls,
)

pytestmark = pytest.mark.lab


@pytest.fixture
def space(lan):
    descriptor = new_namespace()
    yield descriptor
    os.close(descriptor)


def names() -> set[str]:
    return {name for _, name in socket.if_nameindex()}


def test_the_test_run_itself_has_no_way_out(lan):
    assert names() <= {"lo"} | {name for name in names() if name.startswith("ifb")}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(OSError, match="unreachable"):
        one.connect(("192.0.2.1", 9))


def test_interfaces_of_a_namespace_are_seen_in_it_only(space):
    call_in(space, lambda: run_ip(["link add a0 type veth peer name a1"]))
    assert call_in(space, names) >= {"a0", "a1"}
    assert "a0" not in names()


def test_this_thread_stays_where_it_is(space):
    before = own_namespace()
    call_in(space, names)
    after = own_namespace()
    try:
        assert os.fstat(before).st_ino == os.fstat(after).st_ino != os.fstat(space).st_ino
    finally:
        os.close(before)
        os.close(after)


def test_this_thread_stands_in_a_namespace_for_a_block_and_comes_back(space):
    def inode():
        return Path("/proc/thread-self/ns/net").stat().st_ino

    def fail():
        with stand_in(space):
            assert inode() == os.fstat(space).st_ino
            raise KeyError

    home = inode()
    with pytest.raises(KeyError):
        fail()
    assert inode() == home


def test_a_failed_command_is_named(space):
    with pytest.raises(LabError, match=r"could not be laid out: .*nosuch"):
        call_in(space, lambda: run_ip(["link set nosuch up"]))


def test_settings_are_the_namespaces_own(space):
    call_in(space, lambda: write_sysctls({"ipv4/conf/all/arp_ignore": "1", "ipv4/nonsense": "1"}))
    assert Path("/proc/sys/net/ipv4/conf/all/arp_ignore").read_text().strip() == "0"


def test_in_thread_hands_back_results_and_exceptions():
    assert in_thread(lambda: threading.current_thread() is not threading.main_thread())
    with pytest.raises(ZeroDivisionError):
        in_thread(lambda: 1 / 0)
