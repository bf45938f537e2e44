"""Session descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.sdp import LINES_CAP, Media, SessionDescription, parse_sdp

# A Hikvision camera, from the tests of a public SDP parser; shortened, address replaced.
HIKVISION = (
    "v=0\r\no=- 1109162014219182 1109162014219192 IN IP4 192.0.2.4\r\ns=Media Presentation\r\ne=NONE\r\n"
    "c=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=control:trackID=1\r\nm=audio 0 RTP/AVP 0\r\na=Media_header:MEDIAINFO=494D4B48;\r\na=appversion:1.0\r\n"
)


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_every_line_end_is_read(ends: str) -> None:
    assert parse_sdp(HIKVISION.replace("\r\n", ends)) == SessionDescription(
        origin="- 1109162014219182 1109162014219192 IN IP4 192.0.2.4",
        name="Media Presentation",
        information="",
        emails=("NONE",),
        connection="IN IP4 0.0.0.0",
        attributes=("control:*",),
        media=(
            Media("video 0 RTP/AVP 96", ("rtpmap:96 H264/90000", "control:trackID=1")),
            Media("audio 0 RTP/AVP 0", ("Media_header:MEDIAINFO=494D4B48;", "appversion:1.0")),
        ),
    )


@pytest.mark.parametrize("text", ["", "hello", "<html></html>", "a=control:*", "==\n=\n"])
def test_what_is_no_description_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        parse_sdp(text)


def test_endless_lines_are_cut() -> None:
    assert len(parse_sdp("v=0\n" + "m=video\n" * 100_000).media) == LINES_CAP - 1


@given(st.text())
def test_garbage_is_read_or_garbled(text: str) -> None:
    try:
        parse_sdp(text)
    except Garbled:
        assert not text.startswith("v=0\n")
