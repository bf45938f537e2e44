"""One anonymous call for device information; opt-in, and never a second one."""

from __future__ import annotations

import pytest

from probes.onvif_information import PROBE
from scanner.model import Outcome
from tests.support import Turn, fail, hear, make_view, page, run_probe

ENVELOPE = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    b"<s:Body>%s</s:Body></s:Envelope>"
)
ANSWER = page(
    200,
    body=ENVELOPE % b"<tds:GetDeviceInformationResponse><tds:Model>X</tds:Model></tds:GetDeviceInformationResponse>",
)
REFUSAL = page(
    400,
    body=ENVELOPE
    % b"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode>"
    b"</s:Code>"
    b"<s:Reason><s:Text>Sender not authorized</s:Text></s:Reason></s:Fault>",
)
VIEW = make_view(80, heard=frozenset({"onvif.raw"}))


async def test_device_information_is_heard() -> None:
    run = await run_probe(PROBE, VIEW, 80, hear("GetDeviceInformation", ANSWER))
    assert (run.values("onvif.raw"), run.requests("onvif.raw")) == ([ANSWER.decode()], ["GetDeviceInformation"])
    assert b"Security" not in run.link.sent[0]
    assert run.link.once == [True]


async def test_the_shape_of_a_refusal_is_kept() -> None:
    run = await run_probe(PROBE, VIEW, 80, hear("GetDeviceInformation", REFUSAL))
    assert run.values("onvif.raw") == [REFUSAL.decode()]
    assert "NotAuthorized" in run.attempt.detail


async def test_a_refusal_by_http_is_kept() -> None:
    run = await run_probe(PROBE, VIEW, 80, hear("GetDeviceInformation", page(401, body=b"<html>Access Error</html>")))
    assert (len(run.observations), run.attempt.detail) == (1, "401 X")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED, Outcome.GARBLED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, VIEW, 80, fail("GetDeviceInformation", outcome, detail="why"))
    assert (run.observations, run.attempt.outcome) == ((), outcome)


async def test_an_endless_answer_is_kept_as_far_as_it_came() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n<s:Envelope>" + b"<a>" * 100
    run = await run_probe(PROBE, VIEW, 80, Turn("GetDeviceInformation", (endless,), cut=True))
    assert (run.values("onvif.raw"), run.attempt.outcome) == ([endless.decode()], Outcome.ANSWERED)


def test_it_runs_only_on_request_and_only_where_onvif_spoke() -> None:
    assert PROBE.opt_in
    assert PROBE.ports_for(make_view(80)) == ()
    assert PROBE.ports_for(VIEW) == (80,)
