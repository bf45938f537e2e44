"""Batches: every address becomes one frame, in order, by either way of sending."""

from __future__ import annotations

import errno
import os
import socket
import time

import pytest

from scanner.rawhelper.batch import BATCH, RequestBatch
from scanner.rawhelper.frames import build_request
from scanner.rawhelper.packet_socket import open_sockets
from tests.segment import SCANNER_MAC, Segment

FIRST = (10 << 24) | (77 << 16)


@pytest.mark.lab
@pytest.mark.parametrize("plain", [False, True], ids=["sendmmsg", "one by one"])
def test_each_address_is_asked_for_once(segment: Segment, plain: bool) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    batch = RequestBatch(sockets.sender, build_request(SCANNER_MAC, segment.scanner), plain=plain)
    wanted = [FIRST + 3 + at for at in range(BATCH - 10)]
    left = wanted
    while left:
        left = left[batch.send(left) :]
    deadline = time.monotonic() + 5
    while len(segment.asked) < len(wanted) and time.monotonic() < deadline:
        time.sleep(0.01)
    sockets.close()
    assert set(segment.asked.values()) == {1}
    assert {int.from_bytes(socket.inet_aton(address), "big") for address in segment.asked} == set(wanted)


class Full:
    """A socket whose queue takes two frames and then none."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.sent: list[bytes] = []

    def send(self, frame: bytes) -> None:
        if len(self.sent) == 2:
            raise OSError(self.number, os.strerror(self.number))
        self.sent.append(frame)


@pytest.mark.parametrize("number", [errno.ENOBUFS, errno.EAGAIN])
def test_a_full_queue_is_told_by_the_count(number: int) -> None:
    sock = Full(number)
    batch = RequestBatch(sock, bytes(38), plain=True)  # type: ignore[arg-type]
    assert batch.send([1, 2, 3, 4]) == 2
    assert sock.sent[1][-4:] == b"\0\0\0\2"


def test_what_waiting_does_not_cure_is_raised() -> None:
    batch = RequestBatch(Full(errno.ENETDOWN), bytes(38), plain=True)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="down"):
        batch.send([1, 2, 3])


def test_sendmmsg_tells_a_full_queue_and_a_fault_apart() -> None:
    """A descriptor that is no socket: ENOTSOCK is no reason to wait."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        batch = RequestBatch(sock, bytes(38))
        with pytest.raises(OSError, match="not connected"):
            batch.send([1])
