"""Hostile TLS servers: stalls, storms, records and certificates that are none. Holds no key of anybody."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final

from simulator.hostile.case import Case, OnTcp, Talks
from simulator.hostile.pouring import deaf, drips, keeps_silent, pours, recites, says
from simulator.hostile.web import FRONT, HTML
from simulator.streams import Talk

PORT: Final = (443,)

HANDSHAKE, ALERT, DATA = 22, 21, 23
"""Record types (RFC 5246, section 6.2.1)."""

SERVER_HELLO, CERTIFICATE = 2, 11

RECORD_CAP: Final = 16_384
"""Bytes of one record; a longer message comes in several."""

CERT: Final = {
    "subject": "CN=\x1b[2J<script>alert(1)</script>, O==cmd|' /C calc'!A0, OU=\u202ehikvision\u202c",
    "key": "rsa1024",
    "serial_number": "ff" * 19,
}


def record(kind: int, data: bytes, version: bytes = b"\x03\x03") -> bytes:
    """One TLS record; the length is what it is, whatever the protocol allows."""
    return bytes([kind]) + version + struct.pack("!H", len(data)) + data


def records(kind: int, data: bytes) -> bytes:
    """A message in as many records as it needs."""
    return b"".join(record(kind, data[at : at + RECORD_CAP]) for at in range(0, len(data), RECORD_CAP))


def message(kind: int, body: bytes) -> bytes:
    """One handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


@lru_cache(maxsize=1)
def hello() -> bytes:
    """A ServerHello of TLS 1.2 with an RSA suite."""
    return message(SERVER_HELLO, b"\x03\x03" + bytes(32) + b"\0" + b"\x00\x2f\0")


def chain(*certificates: bytes) -> bytes:
    """A Certificate message."""
    held = b"".join(len(der).to_bytes(3, "big") + der for der in certificates)
    return message(CERTIFICATE, len(held).to_bytes(3, "big") + held)


def shows(*certificates: bytes) -> Talks:
    """Answer a ClientHello with these certificates."""

    async def converse(talk: Talk) -> None:
        await talk.read_any()
        await talk.say(records(HANDSHAKE, hello() + chain(*certificates)))
        while True:
            await talk.read_any()

    return converse


def deep_der(levels: int) -> bytes:
    """ASN.1 sequences inside each other."""
    data = b""
    for _ in range(levels):
        size = len(data)
        head = bytes([size]) if size < 128 else b"\x83" + size.to_bytes(3, "big")
        data = b"\x30" + head + data
    return data


def _one(name: str, does: str, script: Talks) -> Case:
    return Case(f"tls-{name}", "tls", does, (OnTcp(script, PORT),))


def _inside(name: str, does: str, script: Talks) -> Case:
    return Case(f"tls-{name}", "tls", does, (OnTcp(script, (), PORT),), certificate=CERT)


CASES: Final = (
    _one("stalls", "takes the ClientHello and says nothing more", keeps_silent),
    _one("deaf", "accepts the connection and reads nothing", deaf),
    _one(
        "byte-a-second",
        "says its ServerHello one byte a second",
        drips(lambda: records(HANDSHAKE, hello()), hears=False),
    ),
    _one("megabyte-certificate", "shows a certificate of 1 MB", shows(b"\x30\x83\x0f\xff\xff" + bytes(0x0FFFFF))),
    _one(
        "bad-der",
        "shows a certificate that is no DER",
        shows(b"\x30\x82\x01\x00" + b"\xff" * 40, b"\x30\x84\xff\xff\xff\xff", b"", b"\x00"),
    ),
    _one("deep-der", "shows a certificate of 5,000 sequences inside each other", shows(deep_der(5_000))),
    _one("ten-thousand-certificates", "shows a chain of 10,000 empty certificates", shows(*[b""] * 10_000)),
    _one("alert-storm", "sends warning alerts without end", pours(b"", record(ALERT, b"\x01\x5a") * 500, hears=False)),
    _one(
        "hello-requests",
        "asks for a new handshake without end",
        pours(b"", record(HANDSHAKE, message(0, b"")) * 500, hears=False),
    ),
    _one("empty-records", "sends empty records without end", pours(b"", record(HANDSHAKE, b"") * 1_000, hears=False)),
    _one(
        "tiny-records",
        "sends its hello in records of one byte, and never the last one",
        recites(
            lambda: iter([b"".join(record(HANDSHAKE, bytes([b])) for b in hello()[:-1])]), lambda: iter(()), hears=False
        ),
    ),
    _one(
        "long-record", "announces a record of 65,535 bytes", says(b"\x16\x03\x03\xff\xff" + bytes(65_535), hears=False)
    ),
    _one(
        "huge-message",
        "announces a handshake message of 16 MB and sends it",
        pours(record(HANDSHAKE, b"\x0b\xff\xff\xff"), record(HANDSHAKE, bytes(RECORD_CAP)), hears=False),
    ),
    _one(
        "speaks-http",
        "speaks HTTP where TLS belongs",
        says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", hears=False),
    ),
    _one("noise", "sends noise where TLS belongs", pours(b"", bytes(range(256)) * 64, hears=False)),
    _inside("names", "shows a certificate whose names are control sequences, a script and a formula", says(FRONT)),
    _inside("endless-body", "sends an endless page inside TLS", pours(HTML + b"\r\n", b"x" * RECORD_CAP)),
    _inside("slow-page", "sends its page one byte a second inside TLS", drips(FRONT)),
    _inside("never-closes", "never ends a TLS connection", says(FRONT, stays=True)),
)
