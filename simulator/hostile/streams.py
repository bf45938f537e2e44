"""Hostile streaming, telnet and vendor ports: what is said on them has no end, no sense or no mercy."""

from __future__ import annotations

import asyncio
from typing import Final

from simulator.hostile.case import Case, OnTcp, Talks
from simulator.hostile.pouring import PIECE, drips, hear, keeps_silent, pours, recites, says, slams
from simulator.streams import Talk

RTSP: Final = (554,)
TELNET: Final = (23,)
SDK: Final = (8000, 37_777, 34_567)

EVERYWHERE: Final = (80, 554, 8000, 37_777, 443, 34_567, 8080, 8443, 8554, 81, 88, 23)
"""Every port that is knocked at."""

OK: Final = b"RTSP/1.0 200 OK\r\n"
ESCAPES: Final = b"\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31m\x1bP$q\x1b\\ login: \x08\x08\x08\r\x0b"


def _case(name: str, does: str, script: Talks, ports: tuple[int, ...]) -> Case:
    return Case(name, "streams", does, (OnTcp(script, ports),))


def _answers_wrongly() -> Talks:
    """Answer each question with many answers to others."""

    async def converse(talk: Talk) -> None:
        while True:
            await hear(talk)
            await talk.say(b"".join(OK + b"CSeq: %d\r\nPublic: OPTIONS\r\n\r\n" % n for n in range(9, 2_000)))

    return converse


async def _tarpit(talk: Talk) -> None:
    """Say a byte every ten seconds."""
    while True:
        await asyncio.sleep(10)
        await talk.say(b"\r")


CASES: Final = (
    _case("rtsp-endless-headers", "answers RTSP with headers without end", pours(OK, b"X-Y: z\r\n" * 4_000), RTSP),
    _case(
        "rtsp-four-gigabytes",
        "answers RTSP with a description of 4 GB",
        pours(
            OK + b"CSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 4294967296\r\n\r\nv=0\r\n",
            b"a=x\r\n" * 10_000,
        ),
        RTSP,
    ),
    _case(
        "rtsp-interleaved",
        "sends interleaved frames instead of an answer",
        pours(b"", b"$\x00\xff\xff" + bytes(0xFFFF)),
        RTSP,
    ),
    _case(
        "rtsp-wrong-answers", "answers each RTSP question with two thousand answers to others", _answers_wrongly(), RTSP
    ),
    _case("rtsp-byte-a-second", "answers RTSP one byte a second", drips(OK + b"CSeq: 1\r\n\r\n"), RTSP),
    _case(
        "rtsp-foreign-addresses",
        "describes streams and a base on other hosts",
        says(
            OK
            + b"CSeq: 1\r\nPublic: OPTIONS\r\n\r\n"
            + OK
            + b"CSeq: 2\r\nContent-Base: rtsp://10.66.1.250/\r\nContent-Type: application/sdp\r\n"
            + b"Content-Length: 62\r\n\r\nv=0\r\nc=IN IP4 10.66.1.250\r\na=control:rtsp://10.66.1.250/1\r\n\r\n\r\n"
        ),
        RTSP,
    ),
    _case(
        "rtsp-speaks-http",
        "answers RTSP in HTTP/2 frames",
        pours(b"", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" * 900),
        RTSP,
    ),
    _case(
        "telnet-iac-storm",
        "negotiates telnet options without end",
        pours(b"", b"\xff\xfb\x01\xff\xfd\x18\xff\xfa\x18\x01" * 800, hears=False),
        TELNET,
    ),
    _case(
        "telnet-banner",
        "greets with 16 MB",
        recites(lambda: iter(()), lambda: (b"W" * PIECE for _ in range(256)), hears=False),
        TELNET,
    ),
    _case("telnet-escapes", "greets with terminal control sequences", says(ESCAPES, hears=False), TELNET),
    _case("telnet-byte-a-second", "greets one byte a second", drips(b"login as somebody else: ", hears=False), TELNET),
    _case(
        "sdk-babble",
        "talks unasked on the ports of the makers' own protocols",
        pours(b"", bytes(range(255, -1, -1)) * 64, hears=False),
        SDK,
    ),
    _case("tarpit", "accepts on every port and says one byte in ten seconds", _tarpit, EVERYWHERE),
    _case("silent-everywhere", "accepts on every port and says nothing", keeps_silent, EVERYWHERE),
    _case("slams-everywhere", "accepts on every port and closes at once", slams, EVERYWHERE),
    _case("resets-everywhere", "accepts on every port and resets at once", says(hears=False, resets=True), EVERYWHERE),
)
