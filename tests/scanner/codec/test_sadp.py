"""SADP: two questions and no more, answers without secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.sadp import GROUP, PORT, VERBS, build_inquiry, is_own_probe, parse_answer, read_fields, redact
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

UUID = "7f0b3c52-8c1e-4a0b-9e0c-2f4c1d5a9b10"

# A camera of the traffic line, from the tests of a public IP camera module; serial tail masked, UUID replaced there.
REAL = (
    b'<?xml version="1.0" encoding="utf-8"?><ProbeMatch><Uuid>X</Uuid><Types>inquiry</Types>'
    b"<IPv4Address>192.168.74.76</IPv4Address><DeviceDescription>DS-TCG406-E</DeviceDescription>"
    b"<DeviceSN>DS-TCG406-E 20250322AIFX0000000</DeviceSN><MAC>e8-a0-ed-30-57-1b</MAC><CommandPort>8000</CommandPort>"
    b"<HttpPort>88</HttpPort><SoftwareVersion>V5.4.5build 260429</SoftwareVersion><Activated>true</Activated>"
    b"</ProbeMatch>"
)

# The format of a recorder, all values invented.
RECORDER = (
    (
        '<?xml version="1.0" encoding="UTF-8" ?>\r\n<ProbeMatch>\r\n<Uuid>7F0B</Uuid>\r\n'
        "<DeviceType>44322</DeviceType>\r\n"
        "<DeviceDescription>DS-7804HQH-K1</DeviceDescription>\r\n"
        "<DeviceSN>DS-7804HQH-K10420200101CCCHE00000001WCVU</DeviceSN>\r\n<MAC>68-6d-bc-00-00-01</MAC>\r\n"
        "<IPv4Address>192.0.2.64</IPv4Address><IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>"
        "<IPv4Gateway>192.0.2.1</IPv4Gateway><DHCP>false</DHCP>"
        "<AnalogChannelNum>4</AnalogChannelNum>\r\n<DigitalChannelNum>5</DigitalChannelNum>\r\n"
        "<SoftwareVersion>V3.5.38build 191215</SoftwareVersion><DSPVersion>V5.0, build 191213</DSPVersion>"
        "<OEMinfo>N/A</OEMinfo><Activated>FALSE</Activated><Encrypt>true</Encrypt>"
        "<Salt>{salt}</Salt><PasswordResetAbility>true</PasswordResetAbility></ProbeMatch>\r\n"
    )
    .format(salt="ab" * 32)
    .encode()
)


@pytest.mark.parametrize("verb", VERBS)
def test_an_inquiry_is_bare_xml(verb: str) -> None:
    assert build_inquiry(UUID, verb) == (
        b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>7F0B3C52-8C1E-4A0B-9E0C-2F4C1D5A9B10</Uuid><Types>'
        + verb.encode()
        + b"</Types></Probe>"
    )


@pytest.mark.parametrize(
    "verb", ["update", "activate", "restore", "GetBindList", "exchangecode", "", "inquiry ", "Inquiry"]
)
def test_no_other_verb_exists(verb: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        build_inquiry(UUID, verb)


@pytest.mark.parametrize("uuid", ["", "x", "</Uuid><Types>update</Types>", UUID + "0"])
def test_an_identifier_that_would_break_the_message_is_refused(uuid: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        build_inquiry(uuid)


def test_where_it_is_asked() -> None:
    assert (GROUP, PORT) == ("239.255.255.250", 37020)


def test_an_answer_of_a_real_unit() -> None:
    answer = feed_datagram(parse_answer, REAL)
    assert answer.is_answer
    assert (answer.model, answer.serial) == ("DS-TCG406-E", "DS-TCG406-E 20250322AIFX0000000")
    assert (answer.mac, answer.firmware) == ("e8:a0:ed:30:57:1b", "V5.4.5build 260429")
    assert (answer.ipv4, answer.http_port, answer.command_port) == ("192.168.74.76", 88, 8000)
    assert (answer.activated, answer.channels, answer.network) == ("true", None, "192.168.74.76")
    assert answer.text == REAL.decode()


def test_an_answer_of_a_recorder() -> None:
    answer = parse_answer(RECORDER)
    assert (answer.model, answer.type_code, answer.channels) == ("DS-7804HQH-K1", "44322", 9)
    assert (answer.dsp, answer.oem, answer.activated) == ("V5.0, build 191213", "N/A", "false")
    assert answer.network == "192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false"


def test_salts_never_come_through() -> None:
    answer = parse_answer(RECORDER)
    assert "abab" not in answer.text
    assert "abab" not in str(answer.fields)
    assert ("Encrypt", "true") in answer.fields  # the hint at newer firmware stays
    assert b"abab" not in redact(RECORDER)
    assert redact(REAL) is REAL
    assert parse_answer(redact(RECORDER)) == answer


def test_a_model_in_the_place_of_the_type_code() -> None:
    answer = parse_answer(b"<ProbeMatch><DeviceType>CS-C6N</DeviceType></ProbeMatch>")
    assert (answer.model, answer.type_code) == ("CS-C6N", "")


def test_tags_of_any_case_and_names_with_ampersands() -> None:
    answer = parse_answer(
        b"<PROBEMATCH><devicesn>S1</devicesn><DEVICEDESCRIPTION>R&D </DEVICEDESCRIPTION></PROBEMATCH>"
    )
    assert (answer.is_answer, answer.serial, answer.model) == (True, "S1", "R&D")


def test_fields_that_came_as_lines_make_the_same_answer() -> None:
    answer = parse_answer(REAL)
    assert read_fields(answer.root, answer.fields, answer.text) == answer


def test_probes_are_told_from_answers() -> None:
    assert is_own_probe(build_inquiry(UUID), UUID)
    assert is_own_probe(build_inquiry(UUID))
    assert not is_own_probe(build_inquiry(UUID), "00000000-0000-4000-8000-000000000000")
    assert is_own_probe(b"<Probe>")
    assert not is_own_probe(REAL)
    assert not parse_answer(build_inquiry(UUID)).is_answer


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x21\x02\x01\x42", b"Probe", b"<!DOCTYPE a><ProbeMatch/>",
        b"<ProbeMatch>" + b"<F1>x</F1>" * 3, b"<ProbeMatch><DeviceSN>D",
    ],
)  # fmt: skip
def test_other_datagrams_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


@given(
    st.binary()
    | st.lists(st.sampled_from([b"<ProbeMatch>", b"<MAC>", b"</MAC>", b"<Salt>", b"x", b"</ProbeMatch>"])).map(b"".join)
)
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
    is_own_probe(data)
    redact(data)
