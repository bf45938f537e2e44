"""RTSP replies keep the oddities of the persona and the number of the request."""

from __future__ import annotations

import asyncio


async def ask(device, *lines: str) -> bytes:
    reader, writer = await asyncio.open_connection(device.address, device.ports[554])
    for line in lines:
        writer.write(line.replace("\n", "\r\n").encode())
    writer.write_eof()
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    return heard


async def test_hikvision_has_no_server_header_and_two_blanks_before_the_date(make_device, on_stage):
    device = make_device(persona="hikvision-camera-old")
    await on_stage(device)
    heard = await ask(
        device, "OPTIONS rtsp://h:554/ RTSP/1.0\nCSeq: 41\n\n", "DESCRIBE rtsp://h:554/ RTSP/1.0\nCSeq: 42\n\n"
    )
    assert b"Server:" not in heard
    assert heard.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 41\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE")
    assert b"\r\nDate:  Mon, Nov 23 2026 12:00:00 GMT\r\n\r\nRTSP/1.0 401 Unauthorized\r\nCSeq: 42\r\n" in heard
    assert b'realm="IP Camera(C0007)"' in heard
    assert [seen.service for seen in device.ledger.requests_seen] == ["rtsp", "rtsp"]


async def test_a_description_has_the_length_of_its_body(make_device, on_stage):
    device = make_device(persona="rtsp-relay")
    await on_stage(device)
    head, _, body = (await ask(device, "DESCRIBE rtsp://h/ RTSP/1.0\nCSeq: 1\n\n")).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"MEDIAINFO=494D4B48" in body


async def test_credentials_are_remembered_and_refusals_counted(make_device, on_stage):
    device = make_device(persona="dahua-camera-old")
    await on_stage(device)
    await ask(device, "DESCRIBE rtsp://h/ RTSP/1.0\nCSeq: 1\nAuthorization: Digest x\n\n")
    assert device.ledger.authorizations == ["Digest x"]
    assert device.ledger.refusals == 1


async def test_an_old_dahua_allows_no_options(make_device, on_stage):
    device = make_device(persona="dahua-camera-old")
    await on_stage(device)
    assert (await ask(device, "OPTIONS * RTSP/1.0\nCSeq: 1\n\n")).startswith(b"RTSP/1.0 405 Method Not Allowed\r\n")
