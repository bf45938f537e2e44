"""RTSP questions without credentials, and answers of every kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.http1 import HEAD_CAP, USER_AGENT
from scanner.codec.rtsp import build_describe, build_options, read_partial, read_response
from tests.scanner.codec.feeding import feed_stream, parses_or_garbles

AGENT = USER_AGENT.encode()

# A Hikvision camera, from public notes on RTSP captures.
HIKVISION_OPTIONS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, "
    b"GET_PARAMETER\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)


def test_the_requests() -> None:
    assert build_options("rtsp://192.0.2.64:554/", 1) == (
        b"OPTIONS rtsp://192.0.2.64:554/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: " + AGENT + b"\r\n\r\n"
    )
    assert build_describe("rtsp://[fe80::1]:554/", 2) == (
        b"DESCRIBE rtsp://[fe80::1]:554/ RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nUser-Agent: "
        + AGENT
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize(
    "url",
    ["rtsp://admin:@192.0.2.64/", "http://192.0.2.64/", "rtsp://192.0.2.64/\r\nX: y", "rtsp:///", "rtsp://h/é", ""],
)
def test_credentials_and_smuggled_lines_are_refused(url: str) -> None:
    for build in (build_options, build_describe):
        with pytest.raises(ValueError):
            build(url, 1)


def test_an_answer_three_ways() -> None:
    response, used = feed_stream(read_response, HIKVISION_OPTIONS, tail=b"RTSP/1.0 401 Unauthorized\r\n\r\n")
    assert used == len(HIKVISION_OPTIONS)
    assert (response.version, response.status, response.shape) == ("RTSP/1.0", 200, "CSeq,Public,Date")


def test_an_answer_with_a_body_three_ways() -> None:
    body = b"v=0\r\ns=Media Server\r\n"
    data = b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    response, used = feed_stream(read_response, data, tail=b"\r\nRTSP/1.0 200 OK\r\n\r\n")
    assert (response.body, used) == (body, len(data))


def test_answers_one_after_the_other() -> None:
    first = read_response(HIKVISION_OPTIONS * 2)
    assert first is not None
    second = read_response((HIKVISION_OPTIONS * 2)[first[1] :])
    assert second == first


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"RTSP/1.0 401 Unauthorized\nCSeq: 1\n\n", 401),
        (b"\r\nRTSP/1.0 200 OK\r\n\r\n", 200),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 400),
        (b"RTSP/1.0 405 Method Not Allowed\r\nServer: Dahua Rtsp Server\r\nContent-Length: 0\r\nCSeq: 0\r\n\r\n", 405),
        (b"RTSP/1.0 200\r\n\r\n", 200),
    ],
)
def test_museum_pieces(data: bytes, status: int) -> None:
    found = read_response(data)
    assert found is not None
    assert found[0].status == status


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-x\r\n",
        b"\x00\x00",
        b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * HEAD_CAP,
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
    ],
)
def test_what_is_no_rtsp_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        read_response(data)


def test_what_was_never_finished_is_read_as_far_as_it_goes() -> None:
    partial = read_partial(b"RTSP/1.0 200 OK\r\nServer: x\r\nContent-Length: 50\r\n\r\nv=0")
    assert partial is not None
    assert (partial.status, partial.header("server"), partial.body, partial.complete) == (200, "x", b"v=0", False)
    head = read_partial(b"RTSP/1.0 200 OK\r\nServer: x")
    assert head is not None
    assert head.header("server") == "x"
    assert read_partial(b"RTSP/1.0 200") is None
    assert read_partial(b"") is None


@given(
    st.lists(st.sampled_from([b"RTSP/1.0 200 OK", b"\r\n", b"\n", b"Content-Length: 3", b"abc", b"\xff"])).map(b"".join)
)
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(read_response, data)
    parses_or_garbles(read_partial, data)


@given(st.binary())
def test_noise_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(read_response, data)
    parses_or_garbles(read_partial, b"RTSP/" + data)
