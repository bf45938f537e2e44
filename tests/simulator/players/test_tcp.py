"""Silent ports stay silent, greeting ports greet, and the vendor port answers input with its fixed frame."""

from __future__ import annotations

import asyncio


async def converse(device, port, said=b"") -> bytes:
    reader, writer = await asyncio.open_connection(device.address, device.ports[port])
    if said:
        writer.write(said)
    else:
        await asyncio.sleep(0.02)
    writer.write_eof()
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    return heard


async def test_silent(make_device, on_stage):
    device = make_device({"play": "tcp", "ports": [37777]})
    await on_stage(device)
    assert await converse(device, 37777) == b""
    assert await converse(device, 37777, b"hello") == b""
    assert [seen.line for seen in device.ledger.requests_seen] == ["hello"]


async def test_greeting(make_device, on_stage):
    device = make_device({"play": "tcp", "ports": [2323], "greeting": "\r\n{ip} login: "})
    await on_stage(device)
    assert await converse(device, 2323) == b"\r\n127.99.0.7 login: "


async def test_binary_greeting_and_answer(make_device, on_stage):
    device = make_device({"play": "tcp", "ports": [6036], "greeting_hex": "00ff", "on_input_hex": "0102"})
    await on_stage(device)
    assert await converse(device, 6036, b"GET / HTTP/1.1\r\n\r\n") == b"\x00\xff\x01\x02"
