"""Heads and bodies of text whose lengths are not to be believed."""

from __future__ import annotations

import pytest

from scanner.codec import Garbled
from scanner.dissect.message import LINES_CAP, join_chunks, list_header, split_message, write_shape


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_message_is_split_at_the_first_empty_line(end: str) -> None:
    head, head_text, body = split_message(f"HTTP/1.1 200 OK{end}A: b{end}{end}one{end}{end}two")
    assert (head.status, head.headers, body) == (200, (("A", "b"),), f"one{end}{end}two")
    assert head_text == f"HTTP/1.1 200 OK{end}A: b"


def test_a_message_without_a_body_or_an_end() -> None:
    assert split_message("\r\nHTTP/1.1 200 OK\r\nA: b")[2] == ""


def test_what_is_no_message_is_garbled() -> None:
    with pytest.raises(Garbled):
        split_message("hello")


CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "joined"),
    [
        ("4\r\n<htm\r\n2\r\nl>\r\n0\r\n\r\n", "<html>"),
        ("<html>joined by the library already</html>", "<html>joined by the library already</html>"),
        ("6\r\n<html>\r\n9\r\n<b", "<html><b"),  # cut at the cap
        ("3\r\n\ufffda\ufffd\r\n0\r\n\r\n", "?a?"),  # bytes that were no UTF-8 count one each
        (
            "1\r\n<html> a text whose first line looks like a size",
            "1\r\n<html> a text whose first line looks like a size",
        ),
        ("<html>" + "x" * 200, "<html>" + "x" * 200),  # announced, and not done at all
        ("", ""),
    ],
)
def test_chunks_are_joined_where_there_are_any(body: str, joined: str) -> None:
    head, _, rest = split_message(CHUNKED + body)
    assert join_chunks(head, rest) == joined


def test_a_body_that_is_not_chunked_is_left_alone() -> None:
    head, _, body = split_message("HTTP/1.1 200 OK\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert join_chunks(head, body) == body


def test_headers_are_listed_and_capped() -> None:
    lines = "".join(f"A: {number}\r\n" for number in range(99))
    head = split_message(f"HTTP/1.1 200 OK\r\n{lines}a:\r\n\r\n")[0]
    assert list_header(head, "a") == [str(number) for number in range(LINES_CAP)]
    assert write_shape(head).startswith("A,A,A")
