"""The three anonymous calls, and that no login ever goes out with them."""

from __future__ import annotations

import pytest

from probes.onvif_services import PROBE
from scanner.model import Outcome
from tests.support import Turn, fail, hear, make_view, page, run_probe

ENVELOPE = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    b"<s:Body>%s</s:Body></s:Envelope>"
)
CLOCK = page(200, body=ENVELOPE % b"<tds:GetSystemDateAndTimeResponse/>")
SERVICES = page(200, body=ENVELOPE % b"<tds:GetServicesResponse/>")
HOSTNAME = page(200, body=ENVELOPE % b"<tds:GetHostnameResponse/>")
FAULT = page(400, body=ENVELOPE % b"<s:Fault><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>")
XADDR = "http://127.0.0.1:8899/onvif/device_service"
POST = "POST /onvif/device_service HTTP"


async def test_clock_services_and_name_are_asked_without_a_login() -> None:
    run = await run_probe(
        PROBE,
        make_view(xaddrs=(XADDR,)),
        8899,
        hear("GetSystemDateAndTime", CLOCK),
        hear("GetServices", SERVICES),
        hear("GetHostname", HOSTNAME),
    )
    assert run.requests("onvif.raw") == ["GetSystemDateAndTime", "GetServices", "GetHostname"]
    assert run.values("onvif.raw")[1] == SERVICES.decode()
    assert all(POST.encode() in message for message in run.link.sent)
    assert not any(b"Security" in message or b"Username" in message for message in run.link.sent)
    assert run.attempt.outcome is Outcome.ANSWERED


async def test_a_fault_is_an_answer_and_the_next_call_is_still_asked() -> None:
    run = await run_probe(
        PROBE, make_view(80), 80, hear(POST, CLOCK), hear("GetServices", FAULT), hear("GetHostname", HOSTNAME)
    )
    assert len(run.values("onvif.raw")) == 3


async def test_a_refusal_is_kept_and_ends_the_asking() -> None:
    refusal = page(401, 'WWW-Authenticate: Digest realm="Login to x"')
    run = await run_probe(PROBE, make_view(80), 80, hear(POST, CLOCK), hear("GetServices", refusal))
    assert run.values("onvif.raw")[1] == refusal.decode()
    assert run.attempt.detail == "GetServices is refused without a login"


async def test_a_web_server_without_onvif_is_asked_once() -> None:
    run = await run_probe(PROBE, make_view(80), 80, hear(POST, page(404, body=b"<html>no</html>")))
    assert (run.observations, run.attempt.detail) == ((), "404: no ONVIF service there")
    assert run.attempt.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED, Outcome.GARBLED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, make_view(80), 80, fail(POST, outcome, detail="why"))
    assert (run.observations, run.attempt.outcome, run.attempt.detail) == ((), outcome, "why")


async def test_an_endless_answer_is_no_envelope() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n<s:Envelope>" + b"<a>" * 2000
    run = await run_probe(PROBE, make_view(80), 80, Turn(POST, (endless,), cut=True, detail="cut"))
    assert (run.observations, run.attempt.outcome) == ((), Outcome.ANSWERED)
    assert run.attempt.detail == "200: no ONVIF service there"


async def test_answers_that_cost_two_leave_room_for_fewer() -> None:
    run = await run_probe(
        PROBE,
        make_view(80),
        80,
        Turn(POST, (CLOCK,), requests=2),
        hear("GetServices", SERVICES),
        hear("GetHostname", HOSTNAME),
    )
    assert run.link.once == [False, False, True]


def test_a_foreign_xaddr_is_not_asked() -> None:
    view = make_view(xaddrs=("http://127.0.0.9:8899/onvif/device_service",))
    assert PROBE.ports_for(view) == ()
    assert PROBE.ports_for(make_view(80, 8080, xaddrs=("http://127.0.0.9:8899/onvif/device_service",))) == (80,)
