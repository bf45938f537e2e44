"""The description document: fetched from the answering address, read once, followed nowhere."""

from __future__ import annotations

import pytest

from probes.upnp_description import PROBE
from scanner.model import Outcome
from tests.support import Turn, fail, hear, make_view, page, run_probe

LOCATION = "http://127.0.0.1:49152/upnp_device_desc.xml"
DOCUMENT = (
    b'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><URLBase>http://127.0.0.9/</URLBase>'
    b"<device><manufacturer>Dahua</manufacturer><modelName>IPC</modelName></device></root>"
)
VIEW = make_view(locations=(LOCATION,))
ASKED = "GET /upnp_device_desc.xml HTTP"


async def test_the_document_is_heard() -> None:
    run = await run_probe(PROBE, VIEW, 49152, hear(ASKED, page(200, body=DOCUMENT)))
    assert run.values("upnp-xml.raw") == [DOCUMENT.decode()]
    assert run.attempt.outcome is Outcome.ANSWERED


async def test_a_document_that_describes_nothing_is_garbled() -> None:
    run = await run_probe(PROBE, VIEW, 49152, hear(ASKED, page(200, body=b"<html>hello</html>")))
    assert (run.observations, run.attempt.outcome) == ((), Outcome.GARBLED)


async def test_a_missing_document_says_so() -> None:
    run = await run_probe(PROBE, VIEW, 49152, hear(ASKED, page(404)))
    assert (run.observations, run.attempt.outcome, run.attempt.detail) == (
        (),
        Outcome.ANSWERED,
        "404: no description there",
    )


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED, Outcome.GARBLED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, VIEW, 49152, fail(ASKED, outcome, detail="why"))
    assert (run.observations, run.attempt.outcome, run.attempt.detail) == ((), outcome, "why")


async def test_an_endless_document_is_garbled_within_the_cap() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n<root>" + b"<a>" * 1000
    run = await run_probe(PROBE, VIEW, 49152, Turn(ASKED, (endless,), cut=True, detail="cut"))
    assert (run.observations, run.attempt.outcome) == ((), Outcome.GARBLED)


def test_only_the_answering_address_is_asked() -> None:
    assert PROBE.ports_for(VIEW) == (49152,)
    assert PROBE.ports_for(make_view(80, locations=("http://127.0.0.9:49152/upnp_device_desc.xml",))) == ()
