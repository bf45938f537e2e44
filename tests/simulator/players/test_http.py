"""HTTP goes out byte for byte as the persona says, and every request is counted, credentials above all."""

from __future__ import annotations

import asyncio

import pytest

PAGES = {
    "front": "HTTP/1.1 200 OK\nCONNECTION: close\nX-odd:no blank\nCONTENT-LENGTH: {length}\n\n<h1>{ip}</h1>\n",
    "kept": "HTTP/1.1 200 OK\nContent-Length: {length}\n\nkept",
    "refused": 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest realm="a, b"\nContent-Length: 0\n\n',
    "locked": "HTTP/1.1 403 Forbidden\nContent-Length: {length}\n\naccount locked",
    "missing": "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n",
    "bom": {"head": "HTTP/1.0 200 OK", "body": "a\nb", "bom": True, "newline": "crlf"},
    "bytes": {"head": "HTTP/1.1 200 OK\nContent-Length: {length}", "body_hex": "00ff"},
    "icon": {"head": "HTTP/1.1 200 OK\nContent-Length: {length}", "body_base64": "AAEC"},
}
SERVICE = {
    "play": "http",
    "ports": [8180],
    "replies": PAGES,
    "pages": {
        "GET /": "front",
        "HEAD /": "front",
        "GET /kept*": "kept",
        "GET /bom": "bom",
        "GET /bytes": "bytes",
        "GET /icon": "icon",
        "GET /private": "refused",
        "POST /soap": {"soap": {"GetServices": "kept", "*": "refused"}},
        "GET /nowhere/*": "missing",
    },
}


async def talk(device, *requests: str, port: int = 8180) -> bytes:
    reader, writer = await asyncio.open_connection(device.address, device.ports[port])
    for request in requests:
        writer.write(request.replace("\n", "\r\n").encode())
    writer.write_eof()
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def settled(device):
    while device.ledger.open_now:
        await asyncio.sleep(0)


async def test_bytes_as_written(make_device, on_stage):
    device = make_device(SERVICE)
    await on_stage(device)
    assert await talk(device, "GET / HTTP/1.1\nHost: x\n\n") == (
        b"HTTP/1.1 200 OK\r\nCONNECTION: close\r\nX-odd:no blank\r\nCONTENT-LENGTH: 20\r\n\r\n<h1>127.99.0.7</h1>\n"
    )
    await settled(device)
    assert device.ledger.requests_seen[0].line == "GET / HTTP/1.1"
    assert device.ledger.ends == {"clean": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [("/bom", b"\xef\xbb\xbfa\r\nb"), ("/bytes", b"\x00\xff"), ("/icon", b"\0\1\2"), ("/kept?a=1", b"kept")],
)
async def test_bodies(make_device, on_stage, path, body):
    device = make_device(SERVICE)
    await on_stage(device)
    assert (await talk(device, f"GET {path} HTTP/1.1\n\n")).partition(b"\r\n\r\n")[2] == body


async def test_a_kept_connection_serves_again(make_device, on_stage):
    device = make_device(SERVICE)
    await on_stage(device)
    heard = await talk(device, "GET /kept HTTP/1.1\n\n", "GET /kept2 HTTP/1.1\n\n")
    assert heard.count(b"HTTP/1.1 200 OK") == 2
    await settled(device)
    assert (device.ledger.connections, device.ledger.requests) == (1, 2)


async def test_head_has_no_body(make_device, on_stage):
    device = make_device(SERVICE)
    await on_stage(device)
    assert (await talk(device, "HEAD / HTTP/1.1\n\n")).endswith(b"CONTENT-LENGTH: 20\r\n\r\n")


@pytest.mark.parametrize(("operation", "status"), [("GetServices", b"200"), ("GetDeviceInformation", b"401")])
async def test_soap_by_operation(make_device, on_stage, operation, status):
    device = make_device(SERVICE)
    await on_stage(device)
    body = f"<s:Envelope><s:Header/><s:Body><tds:{operation}/></s:Body></s:Envelope>"
    heard = await talk(device, f"POST /soap HTTP/1.1\nContent-Length: {len(body)}\n\n" + body)
    assert heard.split(b" ")[1] == status


async def test_credentials_are_remembered(make_device, on_stage):
    device = make_device(SERVICE)
    await on_stage(device)
    await talk(device, "GET /private HTTP/1.1\nauthorization: Basic YTpi\nConnection: close\n\n")
    assert device.ledger.authorizations == ["Basic YTpi"]
    assert device.ledger.refusals == 1


@pytest.mark.parametrize(("locked", "heard"), [("locked", b"account locked"), ("", b"")])
async def test_locked_after_refusals(make_device, on_stage, locked, heard):
    device = make_device({**SERVICE, "locked": locked}, quirks={"lockout_after": 2})
    await on_stage(device)
    for _ in range(2):
        await talk(device, "GET /private HTTP/1.1\n\n")
    assert device.ledger.locked
    assert (await talk(device, "GET / HTTP/1.1\n\n")).partition(b"\r\n\r\n")[2] == heard


async def test_what_is_nobodys_page_is_cut(make_device, on_stage):
    device = make_device(SERVICE)
    await on_stage(device)
    assert await talk(device, "PUT / HTTP/1.1\n\n") == b""


async def test_no_library_betrays_itself(make_device, on_stage):
    """Malformed requests get what the persona says, never a library's own error page."""
    device = make_device(SERVICE)
    await on_stage(device)
    for nonsense in ("\n\n", "GARBAGE\n\n", "GET / HTTP/9.9\nContent-Length: x\n\n", "\x16\x03\x01\x00\x05\n\n"):
        heard = await talk(device, nonsense)
        assert b"aiohttp" not in heard.lower()
        assert b"python" not in heard.lower()
        assert b"server:" not in heard.lower()
