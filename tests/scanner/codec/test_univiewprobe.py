"""The Uniview private probe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.univiewprobe import LOCAL_PORT, PORT, build_search, parse_answer
from scanner.codec.xml_text import find, find_text, namespace, parse_xml
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

UUID = "7f0b3c52-8c1e-4a0b-9e0c-2f4c1d5a9b10"

# Scopes as a published firmware analysis lists them; values invented.
SCOPES = (
    "onvif://www.onvif.org/type/IPC onvif://www.onvif.org/manufacturer/UNIVIEW "
    "onvif://www.onvif.org/version/GIPC-B6215.1.68.NB.240617 onvif://www.onvif.org/serial/210235C3EN0000000001 "
    "onvif://www.onvif.org/macaddr/48ea63000001"
)


def make_answer(action: str, element: str = "UniviewProbeMatches") -> bytes:
    match = (
        "<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:00010010-0001-1020-8000-48ea63000001</a:Address>"
        f"</a:EndpointReference><d:Scopes>{SCOPES}</d:Scopes>"
        "<d:XAddrs>http://192.0.2.13/LAPI/V1.0/System/DeviceInfo</d:XAddrs></d:ProbeMatch>"
    )
    return (
        f'<s:Envelope xmlns:s="s" xmlns:a="a" xmlns:d="d"><s:Header><a:Action>{action}</a:Action></s:Header>'
        f"<s:Body><d:{element}>{match}{match}</d:{element}></s:Body></s:Envelope>"
    ).encode()


def test_both_forms_are_asked() -> None:
    own, standard = (parse_xml(data) for data in build_search(lambda: UUID))
    assert find_text(own, "Action") == "http://www.uniview.com/Ver10/Device/wsdl/UniviewProbe"
    assert find_text(standard, "Action") == "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"
    probes = [find(root, "UniviewProbe") for root in (own, standard)]
    assert [namespace(probe) for probe in probes if probe is not None] == [
        "http://www.uniview.com/Ver10/Device/wsdl",
        "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    ]
    assert find_text(standard, "Types") == "dn:NetworkVideoTransmitter"


def test_where_it_is_asked() -> None:
    assert (PORT, LOCAL_PORT) == (3702, 3705)


def test_an_identifier_that_would_break_the_message_is_refused() -> None:
    with pytest.raises(ValueError):
        build_search(lambda: "<")


@pytest.mark.parametrize("action", ["http://x/UniviewProbeMatches", "http://x/discovery/Probe"])
def test_an_answer_that_lists_several_units(action: str) -> None:
    answer = feed_datagram(parse_answer, make_answer(action))
    assert answer.is_answer
    assert len(answer.matches) == 2
    assert answer.matches[0].scopes[3] == "onvif://www.onvif.org/serial/210235C3EN0000000001"


def test_a_standard_answer_on_the_same_port_is_told_apart() -> None:
    assert not parse_answer(make_answer("x/ProbeMatches", "ProbeMatches")).is_answer


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<Envelope><Body/></Envelope>", b"<Envelope/>"])
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


def test_an_answer_that_was_cut_counts_once_it_has_named_a_device() -> None:
    whole = make_answer("http://x/UniviewProbeMatches")
    assert parse_answer(whole[: whole.index(b"<d:XAddrs>")]).matches[0].scopes
    assert parse_answer(b"<Envelope><Body><UniviewProbeMatches/></Body></Envelope>").is_answer
    with pytest.raises(Garbled, match="ends before it names a device"):
        parse_answer(whole[: whole.index(b"<a:EndpointReference>") + 9])


@given(st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
    parses_or_garbles(parse_answer, b"<Envelope><Body>" + data)
