"""HTTP requests that carry nothing secret, and responses of every age."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.http1 import (
    CHUNKS_CAP,
    HEAD_CAP,
    HEADERS_CAP,
    USER_AGENT,
    Response,
    build_request,
    is_whole,
    parse_head,
    read_chunked,
    read_response,
)
from tests.scanner.codec.feeding import feed_stream, parses_or_garbles


def read(data: bytes) -> Response | None:
    return read_response(data, eof=False)


def read_all(data: bytes) -> Response:
    response = read_response(data, eof=True)
    assert response is not None
    return response


def test_a_request_has_the_host_first_and_closes() -> None:
    assert build_request("GET", "/ISAPI/System/deviceInfo", "192.0.2.64:8080", [("Accept", "*/*")]) == (
        b"GET /ISAPI/System/deviceInfo HTTP/1.1\r\nHost: 192.0.2.64:8080\r\n"
        b"User-Agent: " + USER_AGENT.encode() + b"\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )


def test_a_body_brings_its_length() -> None:
    assert build_request("POST", "/", "[fe80::1]", (), b"{}").endswith(
        b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("method", "path", "host", "headers"),
    [
        ("GET", "/", "h", [("Authorization", "Basic YWRtaW46")]),
        ("GET", "/", "h", [("proxy-AUTHORIZATION", "x")]),
        ("GET", "/", "h", [("Cookie", "session=1")]),
        ("GET", "/", "h", [("Host", "other")]),
        ("GET", "/", "h", [("X", "a\r\nAuthorization: b")]),
        ("GET", "/", "h", [("X: a\r\nY", "b")]),
        ("GET", "/", "h", [("X", "é")]),
        ("GET", "/?user=admin&x=1", "h", []),
        ("GET", "/a?x=1&PASSWORD=", "h", []),
        ("GET", "/a b", "h", []),
        ("GET", "http://other/", "h", []),
        ("GET", "/\r\nX: y", "h", []),
        ("GET /", "/", "h", []),
        ("GET", "/", "h\r\nX: y", []),
        ("GET", "/", "", []),
    ],
)
def test_credentials_and_smuggled_lines_are_refused(
    method: str, path: str, host: str, headers: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValueError):
        build_request(method, path, host, headers)


# Seen on a Hikvision-built recorder (hikvision_next, issue 50); shortened, nonce and realm masked.
RECORDER = (
    b"HTTP/1.1 401 Unauthorized\r\nDate: Sun, 28 May 2023 09:56:24 GMT\r\nServer: DNVRS-Webs\r\n"
    b'Content-Length: 11\r\nWWW-Authenticate: Digest realm="fe12", stale="FALSE"\r\n'
    b'WWW-Authenticate: Basic realm="/"\r\n\r\n<userCheck/'
)


def test_a_response_of_a_real_device_three_ways() -> None:
    response = feed_stream(read, RECORDER, tail=b">junk")
    assert (response.version, response.status, response.reason) == ("HTTP/1.1", 401, "Unauthorized")
    assert response.shape == "Date,Server,Content-Length,WWW-Authenticate,WWW-Authenticate"
    assert response.header("server") == "DNVRS-Webs"
    assert response.every("www-authenticate") == ('Digest realm="fe12", stale="FALSE"', 'Basic realm="/"')
    assert (response.body, response.complete) == (b"<userCheck/", True)
    assert response.header("absent") is None


def test_chunks_three_ways() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n<htm\r\n2\r\nl>\r\n0\r\nTrailer: 1\r\n\r\n"
    response = feed_stream(read, data, tail=b"HTTP/1.1 200 OK\r\n\r\n")
    assert (response.body, response.complete) == (b"<html>", True)


@pytest.mark.parametrize("status", [204, 304])
def test_no_body_three_ways(status: int) -> None:
    data = f"HTTP/1.1 {status} X\r\nContent-Length: 9\r\n\r\n".encode()
    assert feed_stream(read, data, tail=b"123456789").body == b""


def test_a_head_request_has_no_body() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    response = read_response(data, eof=False, method="HEAD")
    assert response is not None
    assert response.complete


def test_interim_responses_are_passed_over() -> None:
    data = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert feed_stream(read, data).status == 200
    with pytest.raises(Garbled):
        read(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


@pytest.mark.parametrize(
    ("data", "status", "headers", "body"),
    [
        (b"HTTP/1.0 200 OK\nServer: a\n\nbody", 200, (("Server", "a"),), b"body"),  # bare LF
        (b"HTTP/1.1 200\r\n\r\n", 200, (), b""),  # no reason
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", 200, (), b""),  # an empty line before
        (b"HTTP/1.1 200 OK\r\nServer : x\r\n\r\n", 200, (("Server", "x"),), b""),  # blank before the colon
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n d\r\n\r\n", 200, (("A", "b c d"),), b""),  # folded
        (b"HTTP/1.1 200 OK\r\nno colon here\r\nA:b\r\n\r\n", 200, (("no colon here", ""), ("A", "b")), b""),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", 400, (), b""),  # RTSP on the web port
        (b"ICY 200 OK\r\nicy-name: cam\r\n\r\n", 200, (("icy-name", "cam"),), b""),
        (b"HTTP/1.1 20x OK\r\n\r\n", 0, (), b""),  # a status that is none
        (b"HTTP/1.1 200 OK\r\nServer: cut", 200, (("Server", "cut"),), b""),  # closed within the head
        (b"HTTP/1.1 599 \r\nA: \xe9\r\n\r\n", 599, (("A", "\ufffd"),), b""),  # Uniview's own status; Latin-1
    ],
)
def test_museum_pieces(data: bytes, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    response = read_all(data)
    assert (response.status, response.headers, response.body) == (status, headers, body)


@pytest.mark.parametrize(
    ("lines", "body", "complete"),
    [
        (b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc", True),  # told twice
        (b"Content-Length: 3\r\nContent-Length: 9\r\n", b"abcdef", True),  # told differently: the close decides
        (b"Content-Length: 3, 3\r\n", b"abc", True),
        (b"Content-Length: 99\r\n", b"abcdef", False),  # cut short
        (b"Content-Length: many\r\n", b"abcdef", True),
        (b"Content-Length: -1\r\n", b"abcdef", True),
        (b"Content-Length: " + b"9" * 500 + b"\r\n", b"abcdef", True),
        (b"Transfer-Encoding: chunked\r\n", b"abcdef", True),  # announced but not done
        (b"", b"abcdef", True),
    ],
)
def test_lengths_that_lie(lines: bytes, body: bytes, complete: bool) -> None:
    response = read_all(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\nabcdef")
    assert (response.body, response.complete) == (body, complete)


def test_a_body_until_the_close_waits_for_the_close() -> None:
    assert read(b"HTTP/1.0 200 OK\r\n\r\n<html>") is None
    assert read(b"HTTP/1.0 200 OK\r\nContent-Length: 1, 2\r\n\r\nabc") is None


def test_a_body_without_a_head_is_http_0_9() -> None:
    assert read(b"<html>") is None
    assert read_all(b"\xef\xbb\xbf<html></html>") == Response(
        "HTTP/0.9", 0, "", (), b"\xef\xbb\xbf<html></html>", complete=True
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x10\x00\x00\x00\x0d\x00\x00\x00\x0d\x00\x00\x00\x00",  # a Hikvision SDK port says no
        b"SSH-2.0-dropbear\r\n",
        b"220 ftp ready\r\n",
        b"\x15\x03\x01\x00\x02\x02\x28",  # TLS
    ],
)
@pytest.mark.parametrize("eof", [False, True])
def test_other_protocols_are_garbled(data: bytes, eof: bool) -> None:
    with pytest.raises(Garbled):
        read_response(data, eof=eof)


def test_silence_before_the_close_is_garbled() -> None:
    assert read(b"") is None
    with pytest.raises(Garbled):
        read_response(b"", eof=True).complete  # type: ignore[union-attr] # noqa: B018


def test_endless_headers_end() -> None:
    with pytest.raises(Garbled):
        read(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * HEAD_CAP)
    assert len(read_all(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 9_000).headers) == HEADERS_CAP


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", (b"abc", True)),
        (b"3\nabc\n0\n\n", (b"abc", True)),
        (b"3\r\nabc\r\n0\r\n", (b"abc", False)),
        (b"3\r\nab", (b"ab", False)),
        (b"3\r\nabc\r\nzz\r\n", (b"abc", False)),
        (b"fffffffff\r\n", None),
        (b"-3\r\nabc", None),
        (b"<html>" * 50, None),
        (b"", (b"", False)),
    ],
)
def test_chunks(data: bytes, expected: tuple[bytes, bool] | None) -> None:
    assert read_chunked(data) == expected


def test_one_byte_chunks_are_cut() -> None:
    chunked = read_chunked(b"1\r\nx\r\n" * (CHUNKS_CAP + 10) + b"0\r\n\r\n")
    assert chunked == (b"x" * CHUNKS_CAP, False)


def test_a_head_without_a_status_line_is_garbled() -> None:
    with pytest.raises(Garbled):
        parse_head("Server: x")


PIECES = [
    b"HTTP/1.1 200 OK", b"\r\n", b"\n", b"\r\n\r\n", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"5", b"0",
    b": ", b" ", b"abc", b"\x00", b"\xff", b"HTTP/1.1 100 C", b"RTSP/1.0 200 OK", b"<", b"HTTP/",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map(b"".join) | st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(read, data)
    parses_or_garbles(read_all, data)


LENGTH = b"Content-Length: 5"
HEADS = [
    LENGTH, b"content-length:5 ", b"Content-Length : 5", b"Content-Length: 5, 5", b"Content-Length: 2", b"",
    b"Content-Length: +5", b"Content-Length: 5\xc2\xa0", b" 1", b"\t", b"Transfer-Encoding: chunked", b"Server: x",
    b"X: Content-Length", b"X-Content-Length: 9", b"\x0cContent-Length: 5", b"A: b\r\n" * (HEADERS_CAP - 1),
]  # fmt: skip
STATUS = [
    b"HTTP/1.1 200 OK", b"HTTP/1.0 401 ", b"HTTP/1.1 204 No", b"HTTP/1.1 304", b"HTTP/1.1 100 Go", b"HTTP/1.1 2000",
    b"HTTP/1.1 200\x0bOK", b"HTTP/1.1  200 OK", b"HTTP/1.2 200 OK", b"\r\nHTTP/1.1 200 OK", b"RTSP/1.0 200 OK",
    b"<html>",
]  # fmt: skip


@given(
    st.sampled_from(STATUS),
    st.lists(st.sampled_from(HEADS) | st.binary(max_size=3), max_size=4),
    st.sampled_from([b"\r\n", b"\n"]),
    st.integers(0, 8),
    st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_whole_is_what_the_reader_of_the_whole_says(
    status: bytes, lines: list[bytes], end: bytes, size: int, method: str
) -> None:
    agree(end.join([status, *lines, b"", b"x" * size]), method)


@pytest.mark.parametrize(
    "head",
    [
        b"200 OK\r\nContent-Length: 5",
        b"200 OK\r\nContent-Length: 5\r\nContent-Length: 5",
        b"200 OK\r\nContent-Length: 5\r\nContent-Length : 9",
        b"200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        b"200 OK\r\n" + b"A: b\r\n" * HEADERS_CAP + LENGTH,
        b"200 OK\r\nContent-Length: 5\r\n 0",
        b"204 No\r\nContent-Length: 9",
        b"304 No\r\nContent-Length: 9",
        b"2000 No\r\nContent-Length: 9",
        b"100 Go\r\nContent-Length: 1",
    ],
)
@pytest.mark.parametrize("body", [b"", b"abcde", b"0\r\n\r\n", b"abcdefghij"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whole_is_the_same_where_the_length_does_not_say_it(head: bytes, body: bytes, method: str) -> None:
    agree(b"HTTP/1.1 " + head + b"\r\n\r\n" + body, method)


def agree(data: bytes, method: str) -> None:
    try:
        whole = read_response(data, eof=False, method=method) is not None
    except Garbled:
        with pytest.raises(Garbled):
            is_whole(data, method)
        return
    assert is_whole(data, method) is whole


def test_an_answer_with_one_length_is_whole_with_its_last_byte() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    assert [is_whole(answer[:size]) for size in range(len(answer) + 1)] == [False] * len(answer) + [True]


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_an_answer_once_given_stays(data: bytes) -> None:
    """Bytes that come later never change a response that was complete."""
    for length in range(len(data)):
        try:
            response = read(data[:length])
        except Garbled:
            return
        if response is not None:
            assert read(data) == response
            return
