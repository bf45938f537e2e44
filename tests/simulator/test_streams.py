"""A door counts connections, turns away what is too many, thinks as long as told, and says how each one ended."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time

import pytest

from simulator import streams
from simulator.streams import Conversations

SILENT = {"play": "tcp", "ports": [8000]}
GREETS = {"play": "tcp", "ports": [8000], "greeting": "hello"}


async def connect(device, port=8000, **options):
    return await asyncio.open_connection(device.address, device.ports[port], **options)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_connections_and_their_clean_ends(make_device, on_stage):
    device = make_device(SILENT)
    await on_stage(device)
    writers = [(await connect(device))[1] for _ in range(3)]
    await until(lambda: device.ledger.open_now == 3)
    for writer in writers:
        writer.close()
        await writer.wait_closed()
    await until(lambda: device.ledger.open_now == 0)
    assert (device.ledger.connections, device.ledger.most_open) == (3, 3)
    assert device.ledger.ends == {"clean": 3}


async def test_one_after_the_other_is_never_two_at_once(make_device, on_stage):
    """The end of the first may still be unread when the second is accepted."""
    device = make_device(SILENT)
    await on_stage(device)
    for _ in range(20):
        socket.create_connection((device.address, device.ports[8000])).close()
    await until(lambda: device.ledger.ends["clean"] == 20)
    assert device.ledger.most_open == 1


async def test_a_reset_is_told_from_a_clean_end(make_device, on_stage):
    device = make_device(SILENT)
    await on_stage(device)
    one = socket.create_connection((device.address, device.ports[8000]))
    await until(lambda: device.ledger.open_now == 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()
    await until(lambda: device.ledger.ends["reset"] == 1)


async def test_what_the_peer_leaves_open_is_counted(make_device, on_stage, monkeypatch):
    monkeypatch.setattr(streams, "IDLE", 0.05)
    device = make_device(SILENT)
    await on_stage(device)
    _, writer = await connect(device)
    await until(lambda: device.ledger.ends["left"] == 1)
    assert device.ledger.left_open == 1
    writer.close()
    await writer.wait_closed()


async def test_too_many_connections_are_reset(make_device, on_stage):
    device = make_device(SILENT, quirks={"max_connections": 2})
    await on_stage(device)
    kept = [await connect(device) for _ in range(2)]
    await until(lambda: device.ledger.open_now == 2)
    with socket.create_connection((device.address, device.ports[8000])) as third:
        await until(lambda: device.ledger.turned_away == 1)
        with pytest.raises(ConnectionResetError):
            third.recv(1)
    for _, writer in kept:
        writer.close()
        await writer.wait_closed()
    await until(lambda: device.ledger.open_now == 0)
    assert (device.ledger.connections, device.ledger.most_open) == (3, 3)


async def test_a_device_that_has_enough_resets(make_device, on_stage):
    device = make_device(SILENT | {"on_input_hex": "6f6b"}, quirks={"resets_after": 1})
    await on_stage(device)
    with await asyncio.to_thread(socket.create_connection, (device.address, device.ports[8000])) as one:
        await asyncio.to_thread(one.sendall, b"first")
        assert await asyncio.to_thread(one.recv, 10) == b"ok"
        await asyncio.to_thread(one.sendall, b"second")
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(one.recv, 10)
    await until(lambda: device.ledger.ends["cut"] == 1)


async def test_a_thinking_device_takes_its_time(make_device, on_stage):
    device = make_device(GREETS, quirks={"think": 0.1})
    await on_stage(device)
    began = time.monotonic()
    reader, writer = await connect(device)
    assert await reader.readexactly(5) == b"hello"
    assert time.monotonic() - began >= 0.1
    writer.close()
    await writer.wait_closed()


async def test_tls_and_its_failed_handshakes(make_device, on_stage):
    device = make_device(
        {"play": "tcp", "ports": [], "tls_ports": [8443], "greeting": "secret"}, certificate={"subject": "CN=x"}
    )
    await on_stage(device)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    reader, writer = await connect(device, 8443, ssl=context)
    assert await reader.readexactly(6) == b"secret"
    writer.close()
    await writer.wait_closed()
    _, writer = await connect(device, 8443)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await until(lambda: device.ledger.ends["handshake"] == 1)
    writer.close()
    await writer.wait_closed()
    await until(lambda: device.ledger.open_now == 0)
    assert device.ledger.ends["clean"] == 1


async def test_a_failed_conversation_is_raised_at_the_end():
    conversations = Conversations()

    async def fail():
        raise ZeroDivisionError

    conversations.start(fail())
    conversations.start(asyncio.sleep(60))
    await asyncio.sleep(0)
    with pytest.raises(BaseExceptionGroup) as caught:
        await conversations.close()
    assert caught.group_contains(ZeroDivisionError)
