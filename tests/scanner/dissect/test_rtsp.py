"""What an RTSP answer says of a device."""

from __future__ import annotations

from tests.scanner.dissect.finding import find

OPTIONS = (
    "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN\r\n"
    "Date:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)
DESCRIBE = (
    'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(C2875)", stale="FALSE"\r\n'
    'WWW-Authenticate: Basic realm="/"\r\nServer: x\r\n\r\n'
)
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=Media Presentation\r\na=appversion:1.0\r\n"


def test_options() -> None:
    assert find("rtsp.raw", OPTIONS) == {
        "rtsp.status": ["200"],
        "rtsp.public": ["OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN"],
        "rtsp.header-shape": ["CSeq,Public,Date"],
        "rtsp.date": ["  Thu, May 14 2020 16:45:35 GMT"],
    }


def test_a_refused_describe() -> None:
    found = find("rtsp.raw", DESCRIBE)
    assert found["rtsp.realm"] == ["IP Camera(C2875)", "/"]
    assert found["rtsp.server-header"] == ["x"]


def test_a_description_whatever_its_length_says() -> None:
    found = find("rtsp.raw", f"RTSP/1.0 200 OK\r\nContent-Base: rtsp://192.0.2.1/\r\nContent-Length: 7\r\n\r\n{SDP}")
    assert found["rtsp.sdp"] == [SDP]
    assert found["rtsp.session-name"] == ["Media Presentation"]
    assert found["rtsp.content-base"] == ["rtsp://192.0.2.1/"]


def test_answers_one_after_the_other() -> None:
    found = find("rtsp.raw", f"{OPTIONS}RTSP/1.0 200 OK\r\n\r\n{SDP}{DESCRIBE}")
    assert found["rtsp.status"] == ["200", "401"]
    assert found["rtsp.sdp"] == [SDP]


def test_what_is_no_description() -> None:
    assert find("rtsp.sdp", "hello") == {}
    assert "rtsp.sdp" not in find("rtsp.raw", "RTSP/1.0 404 Not Found\r\n\r\n<html>")
