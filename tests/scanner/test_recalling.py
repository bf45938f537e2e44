"""A probe that was cut in the middle is given what it had been told, once, and asks only the rest."""

from __future__ import annotations

from scanner.codec.onvif_soap import build_call
from scanner.link import Exchange, HttpRequest
from scanner.model import Attempt, Outcome
from scanner.recalling import RECALLED, Answer, Recalling
from scanner.scope import Target, make_scope
from tests.support import ScriptedLink, hear

PAGE = b"HTTP/1.1 200 OK\r\n\r\nhello"
OTHER = b"HTTP/1.1 200 OK\r\n\r\nother"


def target(address: str = "10.0.0.5") -> Target:
    admitted = make_scope(["10.0.0.0/24"]).admit(address)
    assert admitted is not None
    return admitted


async def test_an_answer_is_recalled_once_and_then_asked_for() -> None:
    link = ScriptedLink([hear("GET / ", OTHER)])
    recalling = Recalling(link, {("10.0.0.5", 80, "GET /"): Answer(PAGE, 5.0)})
    first = await recalling.fetch(target(), 80, HttpRequest("/"))
    assert (first.outcome, first.received, first.at, first.detail) == (Outcome.ANSWERED, PAGE, 5.0, RECALLED)
    assert link.sent == []
    assert (await recalling.fetch(target(), 80, HttpRequest("/"))).received == OTHER


async def test_a_recalled_exchange_counts_what_it_had_cost() -> None:
    """Otherwise a probe's limit of requests would begin anew, and the ledger would miss the first run's share."""
    recalling = Recalling(ScriptedLink([]), {("10.0.0.5", 80, "GET /"): Answer(PAGE, 5.0)})
    exchange = await recalling.fetch(target(), 80, HttpRequest("/"))
    assert (exchange.connections, exchange.requests) == (1, 1)


async def test_another_host_port_path_or_method_is_asked() -> None:
    answers = {("10.0.0.5", 80, "GET /"): Answer(PAGE, 5.0)}
    for address, port, request in (
        ("10.0.0.6", 80, HttpRequest("/")),
        ("10.0.0.5", 81, HttpRequest("/")),
        ("10.0.0.5", 80, HttpRequest("/doc")),
        ("10.0.0.5", 80, HttpRequest("/", method="POST")),
    ):
        link = ScriptedLink([hear("HTTP/1.1", OTHER)])
        assert (await Recalling(link, answers).fetch(target(address), port, request)).received == OTHER


async def test_a_service_call_is_known_by_its_operation() -> None:
    answers = {("10.0.0.5", 80, "GetServices"): Answer(PAGE, 5.0)}
    call = HttpRequest("/onvif/device_service", "POST", build_call("GetServices"))
    assert (await Recalling(ScriptedLink([]), answers).fetch(target(), 80, call)).received == PAGE
    other = HttpRequest("/onvif/device_service", "POST", build_call("GetHostname"))
    assert (await Recalling(ScriptedLink([hear("GetHostname", OTHER)]), answers).fetch(target(), 80, other)).received


async def test_an_answer_that_was_cut_is_cut_again() -> None:
    recalling = Recalling(ScriptedLink([]), {("10.0.0.5", 80, "GET /"): Answer(PAGE, 5.0)})
    assert (await recalling.fetch(target(), 80, HttpRequest("/", cap=len(PAGE)))).truncated


async def test_the_rest_is_handed_on() -> None:
    link = ScriptedLink([hear("OPTIONS", b"RTSP/1.0 200 OK\r\n\r\n")])
    recalling = Recalling(link, {})
    exchanges = await recalling.converse(target(), 554, (b"OPTIONS",), complete=lambda _: True)
    assert exchanges[0].received
    attempt = Attempt("rtsp-banner", "10.0.0.5", 554, Outcome.ANSWERED)
    recalling.note(attempt)
    assert link.attempts == [attempt]


def test_what_a_handshake_has_shown_is_what_the_link_behind_says() -> None:
    shown = Exchange(Outcome.ANSWERED, certificates=(b"der",))
    recalling = Recalling(ScriptedLink([], handshakes={443: shown}), {})
    assert (recalling.shown(target(), 443), recalling.shown(target(), 443)) == (shown, None)
