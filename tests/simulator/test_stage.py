"""A stage opens every port of its devices, shifts the privileged ones where it must, and leaves nothing open."""

from __future__ import annotations

import asyncio
import socket

import pytest

from simulator import stage as module
from simulator.stage import SHIFT, Kind, Place, Spot, Stage, lowest_port

SADP = b"<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>"


async def ask(address: str, port: int, data: bytes) -> tuple[bytes, tuple[str, int]]:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as one:
        one.bind(("127.0.0.1", 0))
        await loop.sock_connect(one, (address, port))
        await loop.sock_sendall(one, data)
        async with asyncio.timeout(2):
            return await loop.sock_recv(one, 65_535), one.getpeername()


async def test_everything_of_a_device_is_up(make_device, on_stage):
    device = make_device(persona="hikvision-camera-old")
    stage = await on_stage(device)
    assert {8000, 80, 554, 23} == set(device.ports)
    for port in device.ports.values():
        _, writer = await asyncio.open_connection(device.address, port)
        writer.close()
        await writer.wait_closed()
    data, _ = await ask(device.address, 37020, SADP)
    assert device.truth.serial.encode() in data
    assert stage.drops == 0


async def test_two_devices_on_one_port_answer_for_themselves(make_device, on_stage):
    one = make_device(persona="ezviz", index=1, address="127.99.0.1")
    other = make_device(persona="hikvision-camera-new", index=2, address="127.99.0.2")
    await on_stage(one, other)
    assert b"CS-C3N" in (await ask(one.address, 37020, SADP))[0]
    assert b"DS-2CD2386G2-IU" in (await ask(other.address, 37020, SADP))[0]
    assert one.ledger.datagrams == {"sadp": 1}


async def test_nothing_is_left_open(make_device):
    device = make_device(persona="hikvision-camera-old")
    async with Stage([Place(Kind.LOOPBACK, (Spot(device),))]):
        pass
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(device.address, device.ports[8000])


async def test_privileged_ports_are_shifted_where_the_process_may_not_open_them(make_device, on_stage, monkeypatch):
    monkeypatch.setattr(module, "lowest_port", lambda: 1024)
    device = make_device(persona="hikvision-camera-old")
    await on_stage(device)
    assert device.ports == {80: 80 + SHIFT, 23: 23 + SHIFT, 554: 554 + SHIFT, 8000: 8000}
    data, _ = await ask(device.address, 37020, SADP)
    assert b"<HttpPort>20080</HttpPort>" in data


async def test_a_port_that_is_taken_leaves_nothing_behind(make_device, on_stage):
    await on_stage(make_device(persona="ezviz"))
    stage = Stage([Place(Kind.LOOPBACK, (Spot(make_device(persona="hikvision-camera-new")),))])
    with pytest.raises(OSError, match="in use"):
        async with stage:
            pass
    assert all(door.listener.fileno() == -1 for door in stage.doors)


def test_lowest_port_is_a_port():
    assert 0 <= lowest_port() <= 65_536
