"""The WS-Discovery sweep asks both families in every form, tells each device once, and leaves askers out."""

from __future__ import annotations

import uuid

import pytest

from probes import wsd_sweep
from probes.wsd_sweep import LOST, SWEEP, Reader, make_shouts, read
from scanner.codec import wsd
from scanner.link import Datagram
from scanner.model import Outcome
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link


def match(endpoint: str = "urn:uuid:1", relates_to: str = "urn:uuid:9", action: str = "ProbeMatches") -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/'
        'addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header>'
        f"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/{action}</a:Action><a:RelatesTo>{relates_to}"
        f"</a:RelatesTo></s:Header><s:Body><d:{action}><d:ProbeMatch><a:EndpointReference><a:Address>{endpoint}"
        "</a:Address></a:EndpointReference><d:Scopes>onvif://www.onvif.org/name/X</d:Scopes>"
        f"</d:ProbeMatch></d:{action}></s:Body></s:Envelope>"
    ).encode()


def test_every_form_goes_to_both_groups() -> None:
    shouts = make_shouts(ETH0)
    assert {shout.group for shout in shouts} == {"239.255.255.250", "ff02::c"}
    assert {shout.port for shout in shouts} == {3702}
    assert len({shout.payload for shout in shouts}) == 4
    assert len(shouts) == 8


async def test_a_device_is_told_once_whichever_form_it_answers() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(match(relates_to=f"urn:uuid:{number}"), port=3702) for number in range(8)]
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.address, seen.request) == ("onvif-wsd.raw", "10.0.0.9", "Probe")
    assert "onvif://www.onvif.org/name/X" in seen.value


async def test_two_devices_behind_one_address_are_two() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(match("urn:uuid:1")), answer(match("urn:uuid:2"))]
    assert len(await run_sweep(SWEEP, link)) == 2


async def test_another_askers_probe_is_no_answer_and_garbage_is_kept() -> None:
    link = sweep_link(ETH0)
    probe = wsd.build_probes(lambda: str(uuid.uuid4()))[0]
    link.answers["eth0"] = [answer(probe), answer(b"\x00\x01 not xml")]
    (seen,) = await run_sweep(SWEEP, link)
    assert "not xml" in seen.value


async def test_a_stranger_is_marked_and_a_failure_is_said() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(match(), source="192.168.1.64")]
    (seen,) = await run_sweep(SWEEP, link)
    assert seen.scope == "off"
    link = sweep_link(ETH0)
    link.fails = (Outcome.BROKEN, "the interface is down")
    assert await run_sweep(SWEEP, link) == []
    assert link.results[0].lost == LOST


async def test_it_listens_on_the_groups_port_and_asks_from_another() -> None:
    link = sweep_link(ETH0)
    await run_sweep(SWEEP, link)
    (asked,) = link.asked
    assert (asked.local_port, asked.listen_port, asked.join) == (0, 3702, ("239.255.255.250", "ff02::c"))
    assert asked.repeats >= 2


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Datagram]:
    """The datagrams that were really read."""
    seen: list[Datagram] = []

    def count(datagram: Datagram) -> object:
        seen.append(datagram)
        return read(datagram)

    monkeypatch.setattr(wsd_sweep, "read", count)
    return seen


def test_answers_that_differ_in_their_numbers_only_are_read_once_and_are_the_same(parsed: list[Datagram]) -> None:
    reader = Reader()
    first, second = (reader(answer(match(relates_to=f"urn:uuid:{number}"))) for number in range(2))
    assert first is not None
    assert second is not None
    assert first.same_as == second.same_as != ""
    assert len(parsed) == 1


def test_another_unit_and_another_source_are_read(parsed: list[Datagram]) -> None:
    reader = Reader()
    units = [reader(answer(match())), reader(answer(match("urn:uuid:2"))), reader(answer(match(), source="10.0.0.6"))]
    assert len(parsed) == 3
    assert units[0] != units[1]


def test_what_cannot_be_read_is_handed_on_as_ever() -> None:
    garbage = answer(b"\xff\xfe junk")
    assert Reader()(garbage) == read(garbage)
