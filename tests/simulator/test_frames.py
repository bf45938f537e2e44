"""A frame script hears what comes in on its wire, answers it, and says nothing by itself."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from simulator.frames import FramePort
from simulator.namespaces import call_in, new_namespace, run_ip

pytestmark = pytest.mark.lab


async def test_it_answers_what_came_in_and_not_what_it_sent_itself(make_device) -> None:
    home = new_namespace()
    call_in(home, lambda: run_ip(["link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"]))
    device = make_device()
    port = call_in(
        home, lambda: FramePort.on("v1", device, lambda frame, _: [frame] * 3 if b"question" in frame else ())
    )
    other = call_in(home, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5)))
    other.bind(("v0", 0x88B5))
    other.setblocking(False)
    port.open()
    try:
        await asyncio.sleep(0.05)
        assert device.ledger.frames == 0
        question = b"\xff" * 6 + b"\x02" * 6 + b"\x88\xb5" + b"question".ljust(50, b"\0")
        other.send(question)
        async with asyncio.timeout(5):
            heard = [await asyncio.get_running_loop().sock_recv(other, 2048) for _ in range(3)]
        await asyncio.sleep(0.05)
    finally:
        port.close()
        other.close()
        os.close(home)
    assert heard == [question] * 3
    assert device.ledger.frames == 3
