"""The ring sends what stands in its slots, once and whole, says how much went, and hides nothing from a capture."""

from __future__ import annotations

import errno
import mmap
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from scanner.rawhelper import ring as ring_module
from scanner.rawhelper.packet_socket import open_sockets
from scanner.rawhelper.ring import FRAME_AT, SLOT, SendRing, lay_out
from simulator.namespaces import call_in, run_ip
from tests.segment import SCANNER_MAC, TRIAL, Segment

EVERYTHING = 0x0003  # ETH_P_ALL
FEW = mmap.PAGESIZE // SLOT


def frame(number: int) -> bytes:
    """A frame nobody answers, with its number at the end."""
    return b"\xff" * 6 + bytes.fromhex(SCANNER_MAC.replace(":", "")) + TRIAL + bytes(24) + struct.pack("!I", number)


def slots(*numbers: int) -> bytearray:
    return bytearray(b"".join(lay_out(frame(number)) for number in numbers))


@contextmanager
def capture(segment: Segment) -> Iterator[Callable[[int], list[bytes]]]:
    """What leaves the scanner's interface, by the number of frames waited for."""
    with segment.enter():
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
    with tap:
        tap.bind(("eth0", EVERYTHING))
        tap.settimeout(5)

        def read(count: int) -> list[bytes]:
            seen: list[bytes] = []
            while len(seen) < count:
                data = tap.recv(2048)
                if data[12:14] == TRIAL:
                    seen.append(data)
            return seen

        yield read


def test_a_slot_says_that_all_of_the_frame_is_header() -> None:
    slot = lay_out(b"x" * 42)
    assert struct.unpack_from("=II", slot) == (1, 10 + 42)  # to be sent; the length with the header of ten bytes
    assert struct.unpack_from("=BBH", slot, 32) == (0, 0, 42)
    assert slot[FRAME_AT:].rstrip(b"\0") == b"x" * 42
    assert len(slot) == SLOT


def test_a_frame_that_fits_into_no_slot_is_refused() -> None:
    assert lay_out(bytes(86))
    with pytest.raises(ValueError, match="87 bytes"):
        lay_out(bytes(87))


def test_a_socket_of_another_kind_has_no_ring() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(OSError, match="not available"):
        SendRing(sock)


@pytest.mark.lab
def test_frames_go_round_the_ring_in_order_and_whoever_captures_sees_them(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring_module, "SLOTS", FEW)
    with segment.enter():
        sockets = open_sockets("eth0")
    assert sockets.ring is not None
    numbers = list(range(5 * FEW))
    with capture(segment) as read:
        left = numbers
        while left:
            piece = left[: FEW - 5]
            left = left[sockets.ring.send(slots(*piece), len(piece)) :]
        assert read(len(numbers)) == [frame(number) for number in numbers]
    sockets.close()


@pytest.mark.lab
def test_only_the_asked_number_of_slots_is_sent(segment: Segment) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    assert sockets.ring is not None
    with capture(segment) as read:
        assert sockets.ring.send(slots(1, 2, 3), 2) == 2
        assert sockets.ring.send(slots(4), 1) == 1
        assert read(3) == [frame(1), frame(2), frame(4)]
    sockets.close()


@pytest.mark.lab
def test_what_the_queue_refuses_stays_ours_and_is_sent_by_nobody_else(segment: Segment) -> None:
    """The queue takes a few frames at once: what it refuses goes with a later call, in the place of another if so."""
    narrow = ["tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "512kbit", "burst", "1600", "limit", "1600"]
    with segment.enter():
        sockets = open_sockets("eth0")
        if subprocess.run(narrow, check=False).returncode:
            pytest.skip("this kernel has no token-bucket queue")
    assert sockets.ring is not None
    deadline = time.monotonic() + 20
    with capture(segment) as read:
        first = sockets.ring.send(slots(*range(200)), 200)
        assert 0 < first < 200
        second: list[int] = []
        while len(second) < 60 and time.monotonic() < deadline:
            waiting = list(range(1_000 + len(second), 1_060))
            second += waiting[: sockets.ring.send(slots(*waiting), len(waiting))]
        assert read(first + 60) == [frame(number) for number in [*range(first), *range(1_000, 1_060)]]
    sockets.close()


@pytest.mark.lab
def test_an_interface_that_is_down_is_an_error_and_the_ring_works_again_afterwards(segment: Segment) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    assert sockets.ring is not None
    call_in(segment.scan, lambda: run_ip(["link set eth0 down"]))
    for _ in range(2):
        with pytest.raises(OSError, match="down") as caught:
            sockets.ring.send(slots(1, 2), 2)
        assert caught.value.errno == errno.ENETDOWN
    call_in(segment.scan, lambda: run_ip(["link set eth0 up"]))
    with capture(segment) as read:
        assert sockets.ring.send(slots(3, 4), 2) == 2
        assert read(2) == [frame(3), frame(4)]
    sockets.close()


@pytest.mark.lab
def test_a_socket_whose_ring_is_refused_sends_whole_frames_by_itself(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring_module, "SLOT", 100)  # not aligned: the kernel says no to the ring, after the rest
    with segment.enter():
        sockets = open_sockets("eth0")
    assert sockets.ring is None
    with capture(segment) as read:
        sockets.sender.send(frame(7))
        assert read(1) == [frame(7)]
    sockets.close()
