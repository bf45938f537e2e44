"""WS-Discovery: the forms of the question, and answers of real units."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.wsd import (
    GROUP_V4,
    GROUP_V6,
    MATCH_CAP,
    PORT,
    SCOPE_CAP,
    XADDR_CAP,
    build_probes,
    mac_from_link_local,
    parse_matches,
    read_scopes,
    skeleton,
    strip_uuid,
)
from scanner.codec.xml_text import find_text, parse_xml
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

UUID = "7f0b3c52-8c1e-4a0b-9e0c-2f4c1d5a9b10"

# A Dahua camera at boot, from the tests of a public WS-Discovery library.
HELLO = b"""<?xml version="1.0" encoding="utf-8" standalone="yes" ?><s:Envelope \
xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:sc="http://www.w3.org/2003/05/soap-encoding"
xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"
xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">
<s:Header>
<a:MessageID>uuid:7dffd1ac-a95b-4479-ae60-0128450c7104</a:MessageID>
<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>
<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action>
</s:Header>
<s:Body>
<d:Hello>
<a:EndpointReference>
<a:Address>uuid:503b687a-b9d7-474f-a2d0-a18c8b25a464</a:Address>
</a:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
<d:Scopes>onvif://www.onvif.org/location/country/china onvif://www.onvif.org/name/Dahua \
onvif://www.onvif.org/hardware/IPC-HFW2228M-I1-V2 onvif://www.onvif.org/Profile/Streaming \
onvif://www.onvif.org/type/Network_Video_Transmitter onvif://www.onvif.org/extension/unique_identifier</d:Scopes>
<d:XAddrs>http://192.168.1.45/onvif/device_service</d:XAddrs>
<d:MetadataVersion>1</d:MetadataVersion>
</d:Hello>
</s:Body>
</s:Envelope>"""


def make_match(number: int, *, scopes: str = "", xaddrs: str = "") -> str:
    return (
        f"<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{number}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs>"
        "<d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch>"
    )


def make_answer(*matches: str, relates_to: str = f"urn:uuid:{UUID.upper()}") -> bytes:
    return (
        '<env:Envelope xmlns:env="e" xmlns:d="d" xmlns:a="a"><env:Header><a:Action>http://x/discovery/ProbeMatches'
        f"</a:Action><a:RelatesTo>{relates_to}</a:RelatesTo></env:Header><env:Body><d:ProbeMatches>{''.join(matches)}"
        "</d:ProbeMatches></env:Body></env:Envelope>"
    ).encode()


@pytest.fixture
def make_id() -> Callable[[], str]:
    numbers = iter(range(10))
    return lambda: f"00000000-0000-4000-8000-00000000000{next(numbers)}"


def test_the_probes_cover_types_and_spellings(make_id: Callable[[], str]) -> None:
    probes = build_probes(make_id)
    roots = [parse_xml(probe) for probe in probes]
    assert {find_text(root, "Types") for root in roots} == {"dn:NetworkVideoTransmitter", "tds:Device", None}
    ids = [find_text(root, "MessageID") or "" for root in roots]
    assert len(set(ids)) == len(probes)
    assert {re.sub("[0-9a-f-]{36}", "", text) for text in ids} == {"uuid:", "urn:uuid:"}
    typed = {find_text(root, "Types"): find_text(root, "MessageID") or "" for root in roots[:1] + roots[2:3]}
    assert len(typed) == 1  # the transmitter form is sent with both spellings


def test_the_probes_are_one_line_without_a_security_header(make_id: Callable[[], str]) -> None:
    for probe in build_probes(make_id):
        assert b"\n" not in probe
        assert b"\r" not in probe
        assert b"ecurity" not in probe
        assert find_text(parse_xml(probe), "Action") == "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"


def test_where_it_is_asked() -> None:
    assert (GROUP_V4, GROUP_V6, PORT) == ("239.255.255.250", "ff02::c", 3702)


def test_an_identifier_that_would_break_the_message_is_refused() -> None:
    with pytest.raises(ValueError):
        build_probes(lambda: "</a:MessageID>")


def test_a_hello_of_a_real_camera() -> None:
    (match,) = feed_datagram(parse_matches, HELLO)
    assert match.endpoint == "uuid:503b687a-b9d7-474f-a2d0-a18c8b25a464"
    assert match.types == "dn:NetworkVideoTransmitter tds:Device"
    assert match.scopes[1:3] == (
        "onvif://www.onvif.org/name/Dahua",
        "onvif://www.onvif.org/hardware/IPC-HFW2228M-I1-V2",
    )
    assert match.xaddrs == ("http://192.168.1.45/onvif/device_service",)
    assert match.metadata_version == "1"
    assert match.prefixes == ("a", "d", "dn", "s", "sc", "tds")
    assert (match.relates_to, match.action) == ("", "Hello")


def test_several_matches_and_what_they_relate_to() -> None:
    first, second = feed_datagram(parse_matches, make_answer(make_match(1, scopes="a b"), make_match(2)))
    assert (first.endpoint, first.scopes, first.metadata_version) == ("urn:uuid:1", ("a", "b"), "10")
    assert (second.endpoint, second.scopes, second.xaddrs) == ("urn:uuid:2", (), ())
    assert (first.relates_to, first.action, first.prefixes) == (UUID, "ProbeMatches", ("a", "d", "env"))


def test_matches_scopes_and_addresses_are_capped() -> None:
    matches = parse_matches(make_answer(*(make_match(number) for number in range(MATCH_CAP + 9))))
    assert len(matches) == MATCH_CAP
    (match,) = parse_matches(make_answer(make_match(1, scopes="s " * 999, xaddrs="x " * 999)))
    assert (len(match.scopes), len(match.xaddrs)) == (SCOPE_CAP, XADDR_CAP)


def test_our_own_probe_and_a_bye_are_no_match(make_id: Callable[[], str]) -> None:
    assert parse_matches(build_probes(make_id)[0]) == ()
    assert parse_matches(HELLO.replace(b"d:Hello>", b"d:Bye>")) == ()


@pytest.mark.parametrize("data", [b"", b"M-SEARCH * HTTP/1.1\r\n\r\n", b"\x00" * 40, b"<!DOCTYPE a><a/>"])
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_matches(data)


@given(
    st.binary() | st.lists(st.sampled_from([b"<ProbeMatch>", b"</ProbeMatch>", b"<Scopes>", b"x", b"<"])).map(b"".join)
)
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_matches, data)


@pytest.mark.parametrize("text", [f"urn:uuid:{UUID}", f"uuid:{UUID.upper()}", UUID])
def test_spellings_of_an_identifier_are_one(text: str) -> None:
    assert strip_uuid(text) == UUID


ONVIF = "onvif://www.onvif.org/"


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (
            [  # Dahua
                ONVIF + "location/country/china", ONVIF + "name/Dahua", ONVIF + "hardware/IPC-1",
                ONVIF + "Profile/Streaming", ONVIF + "type/Network_Video_Transmitter",
                ONVIF + "extension/unique_identifier/1", ONVIF + "Profile/Q/Operational",
            ],
            (
                "location/country name hardware Profile/Streaming type/Network_Video_Transmitter "
                "extension/unique_identifier Profile/Q/Operational"
            ),
        ),
        (
            [  # Uniview
                ONVIF + "type/IPC", ONVIF + "manufacturer/UNIVIEW", ONVIF + "version/GIPC-B6215", ONVIF + "serial/1",
                ONVIF + "macaddr/1", ONVIF + "register_server/0.0.0.0:5060",
            ],
            "type/IPC manufacturer version serial macaddr register_server",
        ),
        (["onvif:www.onvif.org/Name/x", "b=jovision", "odm:name:x", ONVIF + "location/"], "Name b odm location"),
        ([], ""),
    ],
)  # fmt: skip
def test_a_skeleton_keeps_the_order_and_drops_what_is_free(scopes: list[str], expected: str) -> None:
    assert skeleton(scopes) == expected


def test_scopes_are_decoded() -> None:
    scopes = [ONVIF + "name/HIKVISION%20DS-2CD", ONVIF + "MAC/44:19:b6:00:00:01", "b=x", ONVIF + "Hardware"]
    assert read_scopes(scopes) == (("name", "HIKVISION DS-2CD"), ("mac", "44:19:b6:00:00:01"), ("hardware", ""))


@pytest.mark.parametrize(
    ("address", "mac"),
    [
        ("fe80::4619:b6ff:fe00:1", "44:19:b6:00:00:01"),
        ("http://[fe80::4619:b6ff:fe00:1]/onvif/device_service", "44:19:b6:00:00:01"),
        ("FE80::4619:B6FF:FE00:1%eth0", "44:19:b6:00:00:01"),
        ("fe80::1", None),
        ("fe80::4619:b6ff:ff00:1", None),
        ("http://192.0.2.1/onvif/device_service", None),
        ("fe80:::::", None),
        ("2001:db8::4619:b6ff:fe00:1", None),
    ],
)
def test_the_hardware_address_inside_a_link_local_one(address: str, mac: str | None) -> None:
    assert mac_from_link_local(address) == mac


@given(st.text(alphabet="fe80:%[]/.x12", max_size=60))
def test_any_address_gives_a_mac_or_none(text: str) -> None:
    mac = mac_from_link_local(text)
    assert mac is None or len(mac) == 17
