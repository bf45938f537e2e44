"""SSLv3 with RC4: a hand-made hello gets version 3.0, the old suite and the certificate in clear."""

from __future__ import annotations

import asyncio
import importlib.util

import pytest
from cryptography import x509

from simulator.persona import Certificate

HELLO_BODY = b"\x03\x00" + bytes(32) + b"\0" + b"\x00\x04\x00\x04\x00\x05" + b"\x01\x00"
HELLO = b"\x01" + len(HELLO_BODY).to_bytes(3) + HELLO_BODY
RECORD = b"\x16\x03\x00" + len(HELLO).to_bytes(2) + HELLO


@pytest.mark.skipif(not importlib.util.find_spec("tlslite"), reason="tlslite-ng is not installed")
async def test_the_certificate_travels_in_clear(make_device, on_stage):
    device = make_device(
        {"play": "tcp", "ports": [], "tls_ports": [8443]},
        certificate=Certificate(subject="CN=www.hikvision.com", versions="museum"),
    )
    await on_stage(device)
    reader, writer = await asyncio.open_connection(device.address, device.ports[8443])
    writer.write(RECORD)
    async with asyncio.timeout(5):
        head = await reader.readexactly(5)
        assert head[:3] == b"\x16\x03\x00"
        data = await reader.readexactly(int.from_bytes(head[3:]))
        while b"\x0b\x00" not in data:
            head = await reader.readexactly(5)
            data += await reader.readexactly(int.from_bytes(head[3:]))
    writer.close()
    await writer.wait_closed()
    suite = data[4 + 2 + 32 + 1 + data[38] :][:2]
    assert suite in (b"\x00\x04", b"\x00\x05")
    der = data[data.index(b"\x30\x82") :]
    size = int.from_bytes(der[2:4]) + 4
    assert x509.load_der_x509_certificate(der[:size]).subject.rfc4514_string() == "CN=www.hikvision.com"
