"""Reading with the auditor's login: only where one was given, only reading calls, and never twice after a refusal."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from probes.onvif_credentials import PROBE, make_probe, read_clock
from scanner.link import Exchange, HttpRequest
from scanner.model import Outcome, replace
from scanner.onvif_reader import Credentials
from scanner.scope import Target
from tests.support import ScriptedLink, Turn, fail, hear, make_view, page, run_probe

LOGINS = {"127.0.0.1": Credentials("auditor", "planted-secret-7")}
MINE = make_probe(LOGINS)
VIEW = make_view(80)
ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
    "<s:Body>{}</s:Body></s:Envelope>"
)


def soap(body: str, status: int = 200) -> bytes:
    return page(status, "Content-Type: application/soap+xml", body=ENVELOPE.format(body).encode())


CLOCK = soap(
    "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
    "<tt:Time><tt:Hour>3</tt:Hour><tt:Minute>4</tt:Minute><tt:Second>5</tt:Second></tt:Time>"
    "<tt:Date><tt:Year>2001</tt:Year><tt:Month>2</tt:Month><tt:Day>1</tt:Day></tt:Date>"
    "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
)
INFORMATION = soap(
    "<tds:GetDeviceInformationResponse><tds:Manufacturer>M</tds:Manufacturer><tds:Model>R16</tds:Model>"
    "<tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>0</tds:SerialNumber>"
    "<tds:HardwareId>h</tds:HardwareId></tds:GetDeviceInformationResponse>"
)


def services(url: str) -> bytes:
    return soap(
        "<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace>"
        f"<tds:XAddr>{url}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version>"
        "</tds:Service></tds:GetServicesResponse>"
    )


SOURCE = (
    '<trt:VideoSources token="{}"><tt:Framerate>25</tt:Framerate><tt:Resolution><tt:Width>1</tt:Width>'
    "<tt:Height>1</tt:Height></tt:Resolution></trt:VideoSources>"
)
SOURCES = soap(f"<trt:GetVideoSourcesResponse>{''.join(map(SOURCE.format, 'abc'))}</trt:GetVideoSourcesResponse>")
REFUSED = soap(
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>not authorised</s:Text></s:Reason>"
    "</s:Fault>",
    400,
)


async def test_information_and_sources_are_read_with_the_login() -> None:
    run = await run_probe(
        MINE,
        VIEW,
        80,
        hear("GetSystemDateAndTime", CLOCK),
        hear("GetDeviceInformation", INFORMATION),
        hear("GetServices", services("http://127.0.0.1:8899/onvif/media_service")),
        Turn("GetVideoSources", (SOURCES,), port=8899),
    )
    assert run.values("onvif.channels") == ["3"]
    assert run.requests("onvif.raw") == [
        f"{call} with a login" for call in ("GetDeviceInformation", "GetServices", "GetVideoSources")
    ]
    assert run.attempt.outcome is Outcome.ANSWERED
    clock, *authorised = run.link.sent
    assert b"Security" not in clock
    assert all(b">auditor</" in message for message in authorised)
    assert all(b"PasswordDigest" in message for message in authorised)
    assert not any(b"planted-secret-7" in message for message in run.link.sent)


async def test_the_digest_carries_the_time_of_the_device() -> None:
    run = await run_probe(MINE, VIEW, 80, hear("GetSystemDateAndTime", CLOCK), hear("GetDeviceInformation", REFUSED))
    assert b"2001-02-01T03:04:05" in run.link.sent[1]


async def test_a_refused_login_is_not_tried_again() -> None:
    for refusal in (REFUSED, page(401, 'WWW-Authenticate: Digest realm="x"')):
        run = await run_probe(MINE, VIEW, 80, hear("GetSystem", CLOCK), hear("GetDeviceInformation", refusal))
        assert run.attempt.requests == 2
        assert run.attempt.detail


async def test_no_login_goes_to_what_is_no_onvif_device() -> None:
    run = await run_probe(MINE, VIEW, 80, hear("GetSystemDateAndTime", page(404)))
    assert (run.observations, run.attempt.detail) == ((), "no ONVIF clock there, so no login was sent")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED, Outcome.GARBLED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(MINE, VIEW, 80, fail("GetSystemDateAndTime", outcome))
    assert (run.observations, run.attempt.outcome) == ((), outcome)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.9/onvif/media_service", "http://evil.example/onvif/media", "file:///etc/passwd"]
)
async def test_a_media_service_on_another_host_is_not_followed(url: str) -> None:
    run = await run_probe(
        MINE,
        VIEW,
        80,
        hear("GetSystem", CLOCK),
        hear("GetDeviceInformation", INFORMATION),
        hear("GetServices", services(url)),
    )
    assert run.values("onvif.channels") == []
    assert run.attempt.requests == 3


async def test_hostile_xml_ends_in_words() -> None:
    bomb = page(200, body=b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><s:Envelope>&b;</s:Envelope>')
    run = await run_probe(MINE, VIEW, 80, hear("GetSystem", CLOCK), hear("GetDeviceInformation", bomb))
    assert run.attempt.detail
    assert run.attempt.requests == 2


async def test_giving_up_in_the_middle_ends_the_worker() -> None:
    link = ScriptedLink([hear("GetSystem", CLOCK), hear("GetDeviceInformation", INFORMATION)])
    run = MINE.run(link, VIEW, 80)
    async for _ in run:
        break
    await run.aclose()  # type: ignore[attr-defined]  # it returns once the worker thread is gone
    assert link.turns == []


def test_without_a_login_nothing_is_asked() -> None:
    assert PROBE.opt_in
    assert PROBE.ports_for(VIEW) == ()
    assert MINE.ports_for(make_view(80, address="127.0.0.2")) == ()
    assert MINE.ports_for(VIEW) == (80,)


@pytest.mark.parametrize(
    "received", [b"", b"HTTP/1.1 200 OK\r\n\r\n<html>", soap("<tds:GetSystemDateAndTimeResponse/>")]
)
def test_a_clock_that_says_nothing_is_none(received: bytes) -> None:
    assert read_clock(Exchange(Outcome.ANSWERED, received=received)) is None


def test_the_clock_is_read_as_utc() -> None:
    assert read_clock(Exchange(Outcome.ANSWERED, received=CLOCK)) == datetime(2001, 2, 1, 3, 4, 5, tzinfo=UTC)


async def test_a_device_that_sends_our_login_back_does_not_get_it_into_the_record() -> None:
    """The digest could be tried out against a list of words by whoever reads the record."""

    class Echo(ScriptedLink):
        async def fetch(self, target: Target, port: int, request: HttpRequest, *, tls: bool = False) -> Exchange:
            exchange = await super().fetch(target, port, request, tls=tls)
            return replace(
                exchange, received=exchange.received + request.body + b" planted-secret-7 cGxhbnRlZC1zZWNyZXQtNw=="
            )

    link = Echo([hear("GetSystem", CLOCK), hear("GetDeviceInformation", INFORMATION), hear("GetServices", REFUSED)])
    heard = [item async for item in MINE.run(link, VIEW, 80)]
    digests = re.findall(rb'PasswordDigest">([^<]+)<', b"".join(link.sent))
    assert len(digests) == 2
    kept = b"".join(data for item in heard for _, data in item.raw) + repr((heard, link.attempts)).encode()
    assert b"*" * 16 in kept
    for secret in (*digests, b"planted-secret-7", b"cGxhbnRlZC1zZWNyZXQtNw=="):
        assert secret not in kept
