"""The maker documents: in which order they are asked for, and that a decisive answer ends the asking."""

from __future__ import annotations

import pytest

from probes import HostView
from probes.http_maker_paths import PROBE, first_requests
from scanner.model import Observation, Outcome
from tests.support import Turn, fail, hear, make_view, page, run_probe

ISAPI = "GET /ISAPI/System/deviceInfo HTTP"
ACTIVATION = "GET /SDK/activateStatus HTTP"
DESCRIPTION = "GET /upnpdevicedesc.xml HTTP"
MAGICBOX = "GET /cgi-bin/magicBox.cgi?action=getMachineName HTTP"
LAPI = "GET /LAPI/V1.0/System/DeviceInfo HTTP"
AXIS = "POST /axis-cgi/basicdeviceinfo.cgi HTTP"

NOT_FOUND = page(404)
PLAIN_401 = page(401, 'WWW-Authenticate: Basic realm="device"')
HIK_401 = page(401, 'WWW-Authenticate: Digest qop="auth", realm="IP Camera(C2183)", nonce="x", stale="FALSE"')
HIK_XML_401 = page(401, body=b'<ResponseStatus version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"/>')
DAHUA_401 = page(401, 'WWW-Authenticate: Digest realm="Login to 3C00000PAN00000", qop="auth"')
VIEW = make_view(80, heard=frozenset({"http.raw"}))


@pytest.mark.parametrize("answer", [HIK_401, HIK_XML_401])
async def test_a_hikvision_refusal_leads_to_the_open_description_and_ends(answer: bytes) -> None:
    description = page(200, body=b"<root><device/></root>")
    run = await run_probe(PROBE, VIEW, 80, hear(ISAPI, answer), hear(DESCRIPTION, description))
    assert run.requests("http.raw") == ["GET /ISAPI/System/deviceInfo", "GET /upnpdevicedesc.xml"]
    assert run.attempt.outcome is Outcome.ANSWERED


async def test_a_refusal_without_a_mark_is_checked_by_the_activation_status() -> None:
    active = page(200, body=b"<ActivateStatus><Activated>true</Activated></ActivateStatus>")
    run = await run_probe(
        PROBE, VIEW, 80, hear(ISAPI, PLAIN_401), hear(ACTIVATION, active), hear(DESCRIPTION, NOT_FOUND)
    )
    assert run.attempt.requests == 3


async def test_a_host_that_refuses_everything_alike_is_left_after_two() -> None:
    run = await run_probe(PROBE, VIEW, 80, hear(ISAPI, PLAIN_401), hear(ACTIVATION, PLAIN_401))
    assert run.attempt.detail == "it refuses every path alike"


async def test_dahua_is_known_by_its_realm_and_asked_no_more() -> None:
    run = await run_probe(PROBE, VIEW, 80, hear(ISAPI, NOT_FOUND), hear(MAGICBOX, DAHUA_401))
    assert run.requests("http.raw")[-1] == "GET /cgi-bin/magicBox.cgi?action=getMachineName"


async def test_a_dahua_realm_on_another_path_decides_as_well() -> None:
    await run_probe(PROBE, VIEW, 80, hear(ISAPI, DAHUA_401))


async def test_uniview_answers_with_its_own_status() -> None:
    await run_probe(
        PROBE,
        VIEW,
        80,
        hear(ISAPI, NOT_FOUND),
        hear(MAGICBOX, NOT_FOUND),
        hear(LAPI, page(599, body=b'{"Response":{}}')),
    )


async def test_axis_is_asked_last_by_its_open_post() -> None:
    properties = page(200, body=b'{"data":{"propertyList":{"Brand":"AXIS"}}}')
    run = await run_probe(
        PROBE,
        VIEW,
        80,
        hear(ISAPI, NOT_FOUND),
        hear(MAGICBOX, NOT_FOUND),
        hear(LAPI, NOT_FOUND),
        hear(AXIS, properties),
    )
    assert run.requests("http.raw")[-1] == "POST /axis-cgi/basicdeviceinfo.cgi"
    assert b'{"apiVersion":"1.0","method":"getAllUnrestrictedProperties"}' in run.link.sent[-1]


async def test_no_more_than_four_requests_whatever_is_said() -> None:
    lies = page(200, body=b"<html>yes to everything</html>")
    run = await run_probe(
        PROBE, VIEW, 80, hear(ISAPI, lies), hear(ACTIVATION, lies), hear(MAGICBOX, lies), hear(LAPI, lies)
    )
    assert run.attempt.requests == 4


@pytest.mark.parametrize(
    ("heard", "first"),
    [("sadp.raw", ISAPI), ("dhdiscover.raw", MAGICBOX), ("univiewprobe.raw", LAPI)],
)
async def test_a_known_protocol_leaves_one_question(heard: str, first: str) -> None:
    view = make_view(80, heard=frozenset({"http.raw", heard}))
    run = await run_probe(PROBE, view, 80, hear(first, NOT_FOUND))
    assert run.attempt.requests == 1


def test_two_known_protocols_leave_two_questions() -> None:
    assert len(first_requests(frozenset({"sadp.raw", "dhdiscover.raw"}))) == 2


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED])
async def test_no_answer_ends_it(outcome: Outcome) -> None:
    run = await run_probe(PROBE, VIEW, 80, fail(ISAPI, outcome, detail="why"))
    assert (run.observations, run.attempt.outcome, run.attempt.detail) == ((), outcome, "why")


async def test_what_is_no_http_is_garbled() -> None:
    run = await run_probe(PROBE, VIEW, 80, fail(ISAPI, Outcome.GARBLED, b"\x00\x00\x00\x10", "not HTTP"))
    assert (run.observations, run.attempt.outcome) == ((), Outcome.GARBLED)


async def test_an_endless_answer_is_kept_and_the_rest_asked() -> None:
    endless = b"HTTP/1.1 404 Not Found\r\n\r\n" + b"a" * 500
    run = await run_probe(
        PROBE,
        VIEW,
        80,
        Turn(ISAPI, (endless,), cut=True, detail="cut at 65536 bytes"),
        hear(MAGICBOX, DAHUA_401),
    )
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "cut at 65536 bytes")


def test_a_host_without_a_page_is_not_asked() -> None:
    assert PROBE.ports_for(make_view(80, 443)) == ()
    assert PROBE.ports_for(make_view(80, 443, heard=frozenset({"http.raw"}))) == (80, 443)


FRONT = page(200, "Server: nginx", body=b"<html>" + b"x" * 64 + b"</html>")


def twins(*answers: tuple[str, bytes], front: bytes = FRONT) -> HostView:
    """Ports 80 and 8080 with one front page, and what port 80 has answered beside it."""
    told = [
        Observation("http", "raw", answer.decode(), "127.0.0.1", port, request=request.removesuffix(" HTTP"))
        for port, said in ((80, (("GET /", FRONT), *answers)), (8080, (("GET /", front),)))
        for request, answer in said
    ]
    return make_view(80, 8080, heard=frozenset({"http.raw"}), told=told)


ALL_MISSING = tuple((request, NOT_FOUND) for request in (ISAPI, MAGICBOX, LAPI, AXIS))


@pytest.mark.parametrize(
    "answers",
    [
        ALL_MISSING,
        ((ISAPI, PLAIN_401), (ACTIVATION, PLAIN_401)),
        ((ISAPI, NOT_FOUND), (MAGICBOX, DAHUA_401)),
        ((ISAPI, PLAIN_401), (ACTIVATION, NOT_FOUND), (MAGICBOX, NOT_FOUND), (LAPI, NOT_FOUND)),
    ],
)
async def test_a_port_with_the_same_front_page_is_not_asked_again(answers: tuple[tuple[str, bytes], ...]) -> None:
    run = await run_probe(PROBE, twins(*answers), 8080)
    assert (run.attempt.outcome, run.attempt.requests) == (Outcome.SKIPPED, 0)
    assert run.attempt.detail == "its front page is that of port 80, which was asked for these"


async def test_what_the_other_port_did_not_answer_is_asked_here() -> None:
    view = twins((ISAPI, NOT_FOUND), (MAGICBOX, NOT_FOUND))
    run = await run_probe(PROBE, view, 8080, hear(LAPI, NOT_FOUND), hear(AXIS, NOT_FOUND))
    assert (run.attempt.requests, run.link.once) == (2, [False, True])


async def test_refusals_of_both_ports_count_together() -> None:
    run = await run_probe(PROBE, twins((ISAPI, PLAIN_401)), 8080, hear(ACTIVATION, PLAIN_401))
    assert run.attempt.detail == "it refuses every path alike"


async def test_a_port_with_another_front_page_is_asked_for_everything() -> None:
    view = twins(*ALL_MISSING, front=FRONT.replace(b"nginx", b"other"))
    run = await run_probe(PROBE, view, 8080, *(hear(request, NOT_FOUND) for request, _ in ALL_MISSING))
    assert run.attempt.requests == 4


async def test_an_answer_that_is_no_page_is_asked_for_again() -> None:
    view = twins((ISAPI, b"\x00\x00"))
    run = await run_probe(PROBE, view, 8080, *(hear(request, NOT_FOUND) for request, _ in ALL_MISSING))
    assert run.attempt.requests == 4
