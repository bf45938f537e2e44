"""What a login looks like is seen in every protocol, and what an inventory asks is no login."""

from __future__ import annotations

import pytest

from simulator.logins import find_logins


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n",
        b"DESCRIBE rtsp://x/ RTSP/1.0\r\nauthorization : Digest username=a\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: session=1\r\n\r\n",
        b"GET /cgi-bin/a.cgi?user=admin&x=1 HTTP/1.1\r\n\r\n",
        b"DESCRIBE rtsp://admin:12345@10.0.0.1/ RTSP/1.0\r\n\r\n",
        b"POST /RPC2_Login HTTP/1.1\r\n\r\n{}",
        b'{"method": "global.login", "params": {}}',
        b"POST /ISAPI/Security/sessionLogin/capabilities HTTP/1.1\r\n\r\n",
        b"<s:Header><wsse:Security><wsse:UsernameToken/></wsse:Security></s:Header>",
        b"USER anonymous\r\n",
        b"REGISTER sip:10.0.0.1 SIP/2.0\r\n",
        b"\xa0\x05\x00\x60" + bytes(28),
        b"\xff\x00\x00\x00" + bytes(10) + b"\xe8\x03\x64\0\0\0{}",
    ],
)
def test_a_login_is_seen(said: bytes) -> None:
    assert find_logins(said)


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: 10.0.0.1\r\nUser-Agent: camcensus/1 (read-only)\r\nConnection: close\r\n\r\n",
        b"GET /cgi-bin/magicBox.cgi?action=getMachineName HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS rtsp://10.0.0.1:554/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: camcensus/1\r\n\r\n",
        b"<s:Envelope><s:Body><tds:GetSystemDateAndTime/></s:Body></s:Envelope>",
        b"\xa3\x01\x00\x00" + bytes(28),
        b"\xff\x00\x00\x00" + bytes(10) + b"\xfa\x05\0\0\0\0",
        b"",
    ],
)
def test_a_question_is_none(said: bytes) -> None:
    assert find_logins(said) == []
