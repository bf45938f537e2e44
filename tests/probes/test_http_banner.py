"""The front page probe: what it hears, what it follows, and where it stops."""

from __future__ import annotations

import hashlib

import pytest

from probes.http_banner import PROBE, read_hop
from scanner.codec import http1
from scanner.dissect.hosts import CONTROL_REQUEST
from scanner.model import Observation, Outcome, replace
from tests.support import Turn, fail, hear, make_view, page, run_probe

ICON = bytes.fromhex("00000100010010100000") + b"icon"
FRONT = page(200, "Server: App-webs/", body=b"<html><title>x</title></html>")
NOT_FOUND = page(404, body=b"<html>no</html>")
HOP = b"<script>window.location.href = '/doc/page/login.asp?_' + (new Date()).getTime();</script>"


async def test_front_page_control_path_and_icon_are_heard() -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        hear("GET / ", FRONT),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", page(200, body=ICON)),
    )
    assert run.requests("http.raw") == ["GET /", CONTROL_REQUEST]
    assert run.values("http.raw")[0] == FRONT.decode()
    assert run.values("favicon.md5") == [hashlib.md5(ICON).hexdigest()]
    assert run.requests("favicon.mmh3") == ["GET /favicon.ico"]
    assert set(run.raw.values()) == {FRONT, NOT_FOUND, ICON}
    assert (run.attempt.outcome, run.attempt.requests, run.attempt.detail) == (Outcome.ANSWERED, 3, "")


async def test_one_hop_is_followed_and_the_request_stays_within_four() -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        hear("GET / ", page(200, body=HOP)),
        hear("GET /doc/page/login.asp HTTP", FRONT),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", NOT_FOUND),
    )
    assert run.requests("http.raw") == ["GET /", "GET /doc/page/login.asp", CONTROL_REQUEST]
    assert run.values("favicon.md5") == []
    assert run.attempt.requests == 4


async def test_an_answer_that_cost_two_requests_leaves_room_for_fewer() -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        Turn("GET / ", (page(200, body=HOP),), requests=2),
        hear("GET /doc/page/login.asp", FRONT),
        hear(CONTROL_REQUEST, NOT_FOUND),
    )
    assert run.attempt.requests == 4


async def test_the_last_request_may_not_cost_two() -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        hear("GET / ", page(200, body=HOP)),
        hear("GET /doc/page/login.asp", FRONT),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", NOT_FOUND),
    )
    assert run.link.once == [False, False, False, True]


async def test_who_is_decided_by_its_front_page_is_asked_for_nothing_more() -> None:
    view = replace(make_view(80), decided=lambda: True)
    run = await run_probe(PROBE, view, 80, hear("GET / ", FRONT))
    assert run.requests("http.raw") == ["GET /"]
    assert (run.attempt.outcome, run.attempt.requests) == (Outcome.ANSWERED, 1)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_host_that_refuses_the_front_page_is_asked_for_nothing_more(status: int) -> None:
    refusal = page(status, 'WWW-Authenticate: Digest realm="x"')
    run = await run_probe(PROBE, make_view(80), 80, hear("GET / ", refusal))
    assert run.values("http.raw") == [refusal.decode()]
    assert run.attempt.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.BROKEN, Outcome.SKIPPED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, make_view(80), 80, fail("GET / ", outcome, detail="why"))
    assert run.observations == ()
    assert (run.attempt.outcome, run.attempt.detail) == (outcome, "why")


async def test_a_binary_frame_is_garbled_and_kept() -> None:
    frame = bytes.fromhex("000000100000000d0000000d00000000")
    run = await run_probe(PROBE, make_view(8000), 8000, fail("GET / ", Outcome.GARBLED, frame, "not HTTP"))
    assert run.values("tcp.greeting") == [frame.hex()]
    assert run.requests("tcp.greeting") == ["GET /"]
    assert run.attempt.outcome is Outcome.GARBLED


async def test_an_endless_page_is_kept_as_far_as_it_came() -> None:
    endless = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + b"a" * 1000
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        Turn("GET / ", (endless,), cut=True, detail="cut at 65536 bytes"),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", NOT_FOUND),
    )
    assert run.values("http.raw")[0] == endless.decode()
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "cut at 65536 bytes")


async def test_a_host_that_falls_silent_is_not_asked_on() -> None:
    run = await run_probe(
        PROBE, make_view(80), 80, hear("GET / ", FRONT), fail(CONTROL_REQUEST, Outcome.SILENT, detail="no answer")
    )
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "no answer")


@pytest.mark.parametrize("body", [b"", b"<html>not found</html>", b'{"error":1}'])
async def test_a_page_in_the_place_of_an_icon_is_none(body: bytes) -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        hear("GET / ", FRONT),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", page(200, body=body)),
    )
    assert run.values("favicon.md5") == []


async def test_tls_is_spoken_where_it_belongs() -> None:
    for port, announced in ((443, frozenset[tuple[str, int]]()), (4443, frozenset({("https", 4443)}))):
        await run_probe(PROBE, make_view(443, announced=announced), port, hear("https GET / ", page(401)))


@pytest.mark.parametrize(
    ("headers", "body", "hop"),
    [
        (("Location: /doc/index.html#/portal/login",), b"", "/doc/index.html"),
        (("Location: http://127.0.0.1/index.asp?x=1",), b"", "/index.asp"),
        (("Location: login.htm",), b"", "/login.htm"),
        (("Location: http://127.0.0.2/index.asp",), b"", None),
        (("Location: //127.0.0.2/index.asp",), b"", None),
        (("Location: http://evil.example/index.asp",), b"", None),
        (("Location: /cgi-bin/reboot.cgi",), b"", None),
        (("Location: /a/../b.html",), b"", None),
        (("Location: /config/backup.html",), b"", None),
        (("Location: /",), b"", None),
        (("Location: http://[/",), b"", None),
        ((), b"", None),
    ],
)
def test_where_a_redirect_may_lead(headers: tuple[str, ...], body: bytes, hop: str | None) -> None:
    response = http1.read_response(page(302, *headers, body=body), eof=True)
    assert response is not None
    assert read_hop(response, "127.0.0.1") == hop


@pytest.mark.parametrize(
    ("body", "hop"),
    [
        (HOP, "/doc/page/login.asp"),
        (b"<script>location.replace('/index.html')</script>", "/index.html"),
        (b'<script>window.location = "view/main.html"</script>', "/view/main.html"),
        (b'<meta http-equiv="refresh" content="0; url=/web/index.html">', "/web/index.html"),
        (b'<meta http-equiv=refresh content="0;URL=http://127.0.0.9/index.html">', None),
        (b"<script>location.href='/ISAPI/System/reboot'</script>", None),
        (b"<p>/doc/page/login.asp</p>", None),
    ],
)
def test_where_a_script_may_lead(body: bytes, hop: str | None) -> None:
    response = http1.read_response(page(200, body=body), eof=True)
    assert response is not None
    assert read_hop(response, "127.0.0.1") == hop


def test_the_ports_are_those_open_or_announced_and_never_an_sdk_port() -> None:
    announced = frozenset({("http", 8899), ("sdk", 8000), ("https", 4443), ("rtsp", 554)})
    view = make_view(80, 443, 554, 8000, 37777, announced=announced)
    assert PROBE.ports_for(view) == (80, 8899, 443, 4443)
    assert PROBE.ports_for(make_view(8000, 81)) == (81, 8000)


LONG = page(200, "Server: nginx", body=b"<html>" + b"x" * 64 + b"</html>")


def told(port: int, *answers: tuple[str, bytes]) -> list[Observation]:
    return [
        Observation("http", "raw", answer.decode(), "127.0.0.1", port, request=request) for request, answer in answers
    ]


async def test_a_port_with_the_front_page_of_another_is_asked_no_more() -> None:
    known = (*told(80, ("GET /", LONG), (CONTROL_REQUEST, NOT_FOUND)), *told(8080, ("GET /", LONG)))
    run = await run_probe(PROBE, make_view(80, 8080, told=known), 8080, hear("GET / ", LONG))
    assert (run.attempt.requests, run.attempt.detail) == (1, "its front page is that of port 80")


async def test_what_the_other_port_was_not_asked_for_is_asked_here() -> None:
    known = (*told(80, ("GET /", LONG)), *told(8080, ("GET /", LONG)))
    run = await run_probe(
        PROBE,
        make_view(80, 8080, told=known),
        8080,
        hear("GET / ", LONG),
        hear(CONTROL_REQUEST, NOT_FOUND),
        hear("GET /favicon.ico", NOT_FOUND),
    )
    assert (run.attempt.requests, run.attempt.detail) == (3, "")
