"""Batches: every address becomes one frame, in order, by either way of sending."""

from __future__ import annotations

import errno
import os
import socket
import time

import pytest

from scanner.rawhelper import packet_socket
from scanner.rawhelper.batch import BATCH, RequestBatch
from scanner.rawhelper.frames import build_request
from scanner.rawhelper.packet_socket import open_sockets
from scanner.rawhelper.ring import SendRing
from tests.segment import SCANNER_MAC, Segment

FIRST = (10 << 24) | (77 << 16)


@pytest.mark.lab
@pytest.mark.parametrize("plain", [False, True], ids=["through the ring", "one by one"])
def test_each_address_is_asked_for_once(segment: Segment, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if plain:
        monkeypatch.setattr(packet_socket, "SendRing", _refuse)
    with segment.enter():
        sockets = open_sockets("eth0")
    assert (sockets.ring is None) == plain
    batch = RequestBatch(sockets.sender, sockets.ring, build_request(SCANNER_MAC, segment.scanner))
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


def _refuse(sock: socket.socket) -> SendRing:
    raise OSError(errno.ENOPROTOOPT, os.strerror(errno.ENOPROTOOPT))


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
    batch = RequestBatch(sock, None, bytes(38))  # type: ignore[arg-type]
    assert batch.send([1, 2, 3, 4]) == 2
    assert sock.sent[1][-4:] == b"\0\0\0\2"


def test_what_waiting_does_not_cure_is_raised() -> None:
    batch = RequestBatch(Full(errno.ENETDOWN), None, bytes(38))  # type: ignore[arg-type]
    with pytest.raises(OSError, match="down"):
        batch.send([1, 2, 3])
