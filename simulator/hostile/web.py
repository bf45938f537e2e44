"""Hostile web servers: heads, bodies, chunks, redirects and pages that are not what they should be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from simulator.hostile.case import Case, OnTcp, Shown, Talks
from simulator.hostile.pouring import PIECE, drips, hear, keeps_silent, pours, recites, says, slams
from simulator.streams import Talk

OK: Final = b"HTTP/1.1 200 OK\r\n"
HTML: Final = OK + b"Content-Type: text/html\r\n"
CLOSE: Final = b"Connection: close\r\n\r\n"
FRONT: Final = HTML + b"Content-Length: 36\r\n" + CLOSE + b"<html><title>welcome</title></html>\r\n"

WEB: Final = (80,)


def _page(body: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return HTML + lines + b"Content-Length: %d\r\n" % len(body) + CLOSE + body


@lru_cache(maxsize=1)
def gzip_bomb() -> bytes:
    """A gzip of 200 MB of zeros in 200 kB, wrapped twice more: 60 bytes a layer further out."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    return gzip.compress(gzip.compress(data))


def _by_path(pages: dict[str, bytes], other: bytes) -> Talks:
    """Answer by path."""

    async def converse(talk: Talk) -> None:
        line = await hear(talk)
        path = line.split(" ")[1] if line.count(" ") else "/"
        await talk.say(pages.get(path, other))

    return converse


def _numbers() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield b"X-Header-%d: %s\r\n" % (number, b"x" * 1000)


def _redirect(to: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n" % to + CLOSE


def _one(name: str, does: str, script: Talks, ports: tuple[int, ...] = WEB, suspected: str = "") -> Case:
    shown = Shown.SUSPECTED if suspected else Shown.NOBODY
    return Case(f"http-{name}", "web", does, (OnTcp(script, ports),), shown=shown, why=suspected)


HEADS: Final = (
    _one("endless-headers", "sends header lines without end", recites(lambda: iter([OK]), _numbers)),
    _one("endless-header-line", "sends one header line without end", pours(OK + b"Server: ", b"x" * PIECE)),
    _one("byte-a-second", "sends its status line one byte a second, for ever", drips(FRONT)),
    _one(
        "ten-thousand-headers",
        "sends 10,000 short headers and cookies",
        says(lambda: OK + b"".join(b"Set-Cookie: a%d=b\r\n" % n for n in range(10_000)) + b"\r\nx"),
    ),
    _one(
        "header-garbage",
        "sends header lines without colons, folded lines, NULs, bare carriage returns",
        says(
            OK + b"no colon here\r\n folded\r\n\tfolded\r\n: no name\r\nServer\x00: a\rb\r\n\x80\xff: y\r\n"
            b"Server:\r\n  Hikvision-Webs\r\nContent-Length: 2\r\n\r\nhi"
        ),
        suspected="its Server word, once unfolded, is one of Hikvision's",
    ),
    _one(
        "status-nonsense",
        "answers with a status line of nonsense",
        says(b"HTTP/1.1 99999999999999999999 OK\r\nContent-Length: 1\r\n\r\nx"),
    ),
    _one("no-status", "answers in HTTP/0.9, a body without a head", says(b"<html><title>0.9</title></html>")),
    _one("continue-for-ever", "says 100 Continue without end", pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    _one(
        "switches",
        "switches to another protocol and babbles in it",
        pours(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", b"\x82\x7e\xff"
        ),
    ),
    _one(
        "realm-of-quotes",
        "refuses with a challenge of 60,000 quotes and commas",
        says(
            b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="
            + b'",\\' * 20_000
            + b"\r\nContent-Length: 0\r\n"
            + CLOSE
        ),
    ),
    _one(
        "a-thousand-challenges",
        "refuses with a thousand challenges of all makers at once",
        says(
            b"HTTP/1.1 401 Unauthorized\r\n"
            + (
                b'WWW-Authenticate: Digest realm="Login to 9A0000APAG00000"\r\n'
                b'WWW-Authenticate: Basic realm="IP Camera(C2183)"\r\n'
            )
            * 300
            + b"Content-Length: 0\r\n"
            + CLOSE
        ),
        suspected="two makers contradict each other",
    ),
)

BODIES: Final = (
    _one(
        "four-gigabytes",
        "announces and sends a body of 4 GB",
        pours(HTML + b"Content-Length: 4294967296\r\n" + CLOSE, b"x" * PIECE),
    ),
    _one("endless-body", "sends a body without length and without end", pours(HTML + b"\r\n", b"y" * PIECE)),
    _one(
        "slow-body",
        "sends its head at once and its body one byte a second",
        drips(HTML + b"Content-Length: 1000000\r\n\r\n<html>", fast=70),
    ),
    _one("negative-length", "announces a body of -1 bytes", says(HTML + b"Content-Length: -1\r\n" + CLOSE + b"body")),
    _one(
        "length-of-digits",
        "announces a body whose length has 5,000 digits",
        says(HTML + b"Content-Length: " + b"9" * 5_000 + b"\r\n" + CLOSE + b"body"),
    ),
    _one(
        "two-lengths",
        "announces two lengths and chunks as well",
        says(
            HTML
            + b"Content-Length: 4\r\nContent-Length: 40000\r\nTransfer-Encoding: chunked\r\n"
            + CLOSE
            + b"4\r\nbody\r\n0\r\n\r\n"
        ),
    ),
    _one(
        "gzip-bomb",
        "sends 200 MB as a gzip of a few bytes",
        says(
            lambda: HTML + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(gzip_bomb()) + CLOSE + gzip_bomb()
        ),
    ),
    _one(
        "gzip-lie",
        "calls noise a gzip, deflate and brotli stream",
        says(_page(bytes(range(256)) * 8, b"Content-Encoding: gzip, deflate, br")),
    ),
    _one(
        "huge-chunk",
        "announces a chunk of 16 exabytes",
        pours(HTML + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", b"z" * PIECE),
    ),
    _one(
        "broken-chunks",
        "sends chunk sizes that are no numbers, negative, and too long",
        says(HTML + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\nzz\r\ny\r\n" + b"0" * 9_000 + b"1\r\nq\r\n"),
    ),
    _one(
        "tiny-chunks",
        "sends chunks of one byte without end",
        pours(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 4_000),
    ),
    _one(
        "chunk-extension",
        "sends a chunk extension without end",
        pours(HTML + b"Transfer-Encoding: chunked\r\n\r\n1;", b"e" * PIECE),
    ),
    _one(
        "endless-trailers",
        "sends trailers after the last chunk without end",
        pours(HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"T: t\r\n" * 4_000),
    ),
    _one("breaks-off", "closes in the midst of a body", says(HTML + b"Content-Length: 500\r\n\r\n<html>")),
    _one("resets", "resets every connection once it was asked", says(b"HTTP/1.1 200", resets=True)),
    _one(
        "two-answers",
        "sends two answers to one question, the second as a camera's",
        says(FRONT + _page(b"<title>index</title>", b"Server: App-webs/")),
    ),
    _one("never-closes", "says it closes, and never does", says(FRONT, stays=True)),
    _one("talks-on", "goes on talking after its answer is whole", pours(FRONT, b"and another thing " * 1_000)),
    _one(
        "speaks-first",
        "sends a banner of 16 MB before it is asked",
        recites(lambda: iter(()), lambda: (b"B" * PIECE for _ in range(256)), hears=False),
    ),
)

SILENCES: Final = (
    _one("never-answers", "takes every request and answers none", keeps_silent, (80, 8080, 88)),
    _one("slams-the-door", "closes every connection at once", slams, (80, 8080, 88, 81)),
)

PAGES: Final = (
    _one(
        "redirect-loop",
        "redirects a page to itself, and two pages to each other",
        _by_path({"/": _redirect(b"/a.html"), "/a.html": _redirect(b"/b.html")}, _redirect(b"/a.html")),
    ),
    _one(
        "redirect-of-a-megabyte",
        "redirects to a path of 1 MB",
        says(lambda: _redirect(b"/" + b"a" * 1_000_000 + b".html")),
    ),
    _one(
        "redirect-to-commands",
        "redirects to pages that reboot, reset, log out, move and record",
        _by_path({"/": _redirect(b"/cgi-bin/reboot.cgi?confirm=1")}, _redirect(b"/goform/factoryReset?x=1")),
    ),
    _one(
        "script-of-blanks",
        "sends a page made to break the search for a redirect",
        says(_page(b"location.href" + b" " * 8_000 + b"=" + b"location = " * 4_000 + b'http-equiv="refresh"' * 500)),
    ),
    _one("deep-page", "sends a page of 100,000 open elements", says(lambda: _page(b"<div>" * 100_000), lambda: b"")),
    _one(
        "not-utf-8",
        "sends text that is no UTF-8, every byte there is, lone surrogates and overlong forms",
        says(
            _page(
                b"<title>" + bytes(range(256)) + b"\xed\xa0\x80\xc0\xaf\xf8\x88\x80\x80\x80</title>",
                b"Server: " + bytes(range(128, 256)),
            )
        ),
    ),
    _one(
        "utf-16",
        "sends a page in UTF-16 that says it is UTF-8",
        says(_page("\ufeff<html><title>Hikvision</title></html>".encode("utf-16-le"), b"Content-Language: \xff\xfe")),
    ),
    _one(
        "icon-bomb",
        "sends an icon of 65,535 by 65,535 pixels in a few bytes, and then more and more of it",
        _by_path(
            {"/": FRONT},
            _page(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x06" + zlib.compress(bytes(50_000))),
        ),
    ),
    _one(
        "all-makers",
        "shows the marks of every maker on one page",
        says(
            _page(
                b"<title>index</title><script>window.location.href='/doc/page/login.asp'</script>"
                b"<meta name=vendor content=Dahua><title>WEB SERVICE</title> Hikvision Uniview Axis",
                b"Server: App-webs/",
                b"Server: Webs",
                b'WWW-Authenticate: Digest realm="Login to 0"',
            )
        ),
        suspected="one group of signals, the web, suspects and never identifies",
    ),
)

CASES: Final = (*HEADS, *BODIES, *SILENCES, *PAGES)
