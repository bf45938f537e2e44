"""A bare cable carries what is sent, and nobody answers or sends anything by itself."""

from __future__ import annotations

import socket

import pytest

from benchmarks.cable import lay_cable
from benchmarks.peers import run_inside


@pytest.mark.lab
def test_what_is_sent_onto_a_cable_leaves_and_nothing_comes_back() -> None:
    with lay_cable("10.64.0.2/12") as cable:
        with cable.enter():
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with tap:
            tap.bind(("eth0", 3))  # ETH_P_ALL
            tap.setblocking(False)
            assert run_inside(cable, "frames", "10.64.0.0/12", "64").said["frames"] == 64
            directions = [tap.recvfrom(2048)[1][2] for _ in range(64)]
            assert set(directions) == {socket.PACKET_OUTGOING}
            with pytest.raises(BlockingIOError):
                tap.recv(2048)
