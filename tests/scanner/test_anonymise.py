"""Pins what is masked and what stays: a shared record shows the maker and points to nobody's unit, place or name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.anonymise import Anonymiser, mask_lines
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult


@pytest.fixture
def masks() -> Anonymiser:
    return Anonymiser()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("DS-7804HQH-K10420200101CCCHE12345678WCVU", "DS-7804HQH-K10420200101CCCHE00000000WCVU"),
        ("DS-2CD2032-I20140228CCWR451234567", "DS-2CD2032-I20140228CCWR400000000"),
        ("Login to 3C00F12PAN7A2B9", "Login to 3C00F12PAN00000"),
        ("Login to 11839e10161ff4ebab8e3260b8779f14", "Login to 11839e10000000000000000000000000"),
        ("Login to ND011811123456", "Login to ND011800000000"),
        ("onvif://www.onvif.org/serial/210235UEDW3247000013", "onvif://www.onvif.org/serial/210235UEDW0000000000"),
        ("BOSCH-404754734012345678", "BOSCH-404754734000000000"),
        ("AXIS_ACCC8E123456", "AXIS_ACCC8E000000"),
        ("MAC/bc:5e:33:59:25:2f end", "MAC/bc:5e:33:00:00:00 end"),
        ("<MAC>E8-A0-ED-30-57-1B</MAC>", "<MAC>E8-A0-ED-00-00-00</MAC>"),
        ("http://[fe80::be5e:33ff:fe59:252f]/onvif", "http://[fe80::be5e:33ff:fe00:0000]/onvif"),
        ("<DeviceSN>K3LJ3419283RH</DeviceSN>", "<DeviceSN>K3LJ341000000</DeviceSN>"),
        ('"SerialNo":"ABCD1234XYZ9"', '"SerialNo":"ABCD12000000"'),
        ("<deviceName>Front gate of the bank</deviceName>", "<deviceName>name-1</deviceName>"),
        ("<deviceName>Embedded Net DVR</deviceName>", "<deviceName>Embedded Net DVR</deviceName>"),
        ("onvif://www.onvif.org/location/Main%20hall", "onvif://www.onvif.org/location/place"),
        ("onvif://www.onvif.org/location/city/hangzhou", "onvif://www.onvif.org/location/city/hangzhou"),
        ("onvif://www.onvif.org/location/city/tirana", "onvif://www.onvif.org/location/city/place"),
        ("onvif://www.onvif.org/location/country/albania", "onvif://www.onvif.org/location/country/albania"),
        ("onvif://www.onvif.org/name/Bank%20Gate end", "onvif://www.onvif.org/name/name-1 end"),
        (
            "onvif://www.onvif.org/name/HIKVISION%20DS-2CD2042WD-I",
            "onvif://www.onvif.org/name/HIKVISION%20DS-2CD2042WD-I",
        ),
        ("<friendlyName>Anna's NAS</friendlyName>", "<friendlyName>name-1</friendlyName>"),
        ('"MachineName":"Anna office cam","x":1', '"MachineName":"name-1","x":1'),
        ('"MachineName":"1F006E4PAX12345"', '"MachineName":"1F006E4PAX00000"'),
        ('"deviceName": "Front gate", "serialNo":"E12345678"', '"deviceName": "name-1", "serialNo":"E12340000"'),
        ("USN: uuid:4d454930-0000", "USN: uuid:4d454930-0000"),
        ("SN: K3LJ3419283RH", "SN: K3LJ341000000"),
        ("write to jane.doe@city.example", "write to somebody@city.example"),
        (".1.3.6.1.2.1.1.6.0 = Cellar 2, rack 4", ".1.3.6.1.2.1.1.6.0 = place"),
        ("rtsp://8.8.4.4:554/live", "rtsp://192.0.2.1:554/live"),
        ("see 10.1.2.3 and 192.168.1.64", "see 10.1.2.3 and 192.168.1.64"),
        ("V5.5.82 build 190909", "V5.5.82 build 190909"),
        ("uuid:4d454930-0000-1000-8000-bc5e3359252f", "uuid:4d454930-0000-1000-8000-bc5e33000000"),
    ],
)
def test_text_is_masked_and_keeps_its_length_and_shape(masks: Anonymiser, text: str, masked: str) -> None:
    assert masks.mask_text(text) == masked


def test_one_name_has_one_stand_in_however_it_is_spelt(masks: Anonymiser) -> None:
    assert masks.mask_text("onvif://www.onvif.org/name/Bank%20Gate") == "onvif://www.onvif.org/name/name-1"
    assert masks.mask_text("<deviceName>Bank Gate</deviceName>") == "<deviceName>name-1</deviceName>"


def test_units_with_the_same_head_stay_apart_and_keep_their_number(masks: Anonymiser) -> None:
    first, second = "bc:5e:33:59:25:2f", "bc:5e:33:00:11:22"
    assert masks.mask_text(first) == "bc:5e:33:00:00:00"
    assert masks.mask_text(second) == "bc:5e:33:00:00:01"
    assert masks.mask_text("BC5E33001122") == "BC5E33000001"
    assert masks.mask_text("fe80::be5e:33ff:fe00:1122") == "fe80::be5e:33ff:fe00:0001"
    assert masks.mask_text(first) == "bc:5e:33:00:00:00"


def test_public_addresses_become_documentation_addresses_the_same_each_time(masks: Anonymiser) -> None:
    assert [masks.mask_address(a) for a in ("8.8.8.8", "1.1.1.1", "8.8.8.8")] == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert masks.mask_address("2a00:1450:4001:81b::200e") == "2001:db8::3"
    assert masks.mask_address("fe80::be5e:33ff:fe59:252f") == "fe80::be5e:33ff:fe00:0000"
    assert masks.mask_address("239.255.255.250") == "239.255.255.250"
    assert masks.mask_address("no address") == "no address"


def test_three_ranges_are_used_before_any_address_comes_twice(masks: Anonymiser) -> None:
    public = [f"9.9.{high}.{low}" for high in range(3) for low in range(1, 255)]
    assert len({masks.mask_address(a) for a in public}) == len(public)


@pytest.mark.parametrize(
    ("protocol", "field", "value", "masked"),
    [
        ("tvt-search", "firmware", "1.4.10.0", "1.4.10.0"),
        ("http", "server-header", "Server 4.3.2.1", "Server 4.3.2.1"),
        ("favicon", "md5", "89b932fcc47cf4ca3faadb0cfdef89cf", "89b932fcc47cf4ca3faadb0cfdef89cf"),
        ("onvif", "serial", "XYZ1234567", "XYZ1200000"),
        ("mac", "mac", "28:57:be:12:34:56", "28:57:be:00:00:00"),
        ("dhcp", "hostname", "gate-cam", "name-1"),
        ("dhcp", "hostname", "axis-accc8e123456", "axis-accc8e000000"),
        ("onvif-wsd", "name", "Bank Gate Cam", "name-1"),
        ("onvif-wsd", "location", "city/tirana country/albania Main%20hall", "city/place country/albania place"),
        (
            "upnp-xml",
            "friendly-name",
            "HIKVISION DS-2CD2042WD-I - 192.168.1.64",
            "HIKVISION DS-2CD2042WD-I - 192.168.1.64",
        ),
        ("mdns", "service", "Anna's Printer._ipp._tcp.local.", "name-1._ipp._tcp.local."),
        (
            "mdns",
            "service",
            "AXIS P3265-V - ACCC8E123456._axis-video._tcp.local.",
            "AXIS P3265-V - ACCC8E000000._axis-video._tcp.local.",
        ),
        ("mdns", "txt", "note=2nd floor, Anna's office", "note=name-1"),
        ("mdns", "txt", "model=AirPort4,107", "model=AirPort4,107"),
        ("dvrip-search", "raw", b"b3 3c:ef:8c:12:34:56 end".hex(), b"b3 3c:ef:8c:00:00:00 end".hex()),
        ("dvrip-search", "raw", "not hexadecimal", "not hexadecimal"),
    ],
)
def test_fields_are_masked_by_what_they_hold(protocol: str, field: str, value: str, masked: str) -> None:
    assert Anonymiser().mask_observation(Observation(protocol, field, value)).value == masked


def test_an_observation_loses_its_digest_and_keeps_what_was_asked(masks: Anonymiser) -> None:
    seen = Observation(
        "http",
        "realm",
        "IP Camera(C2875)",
        address="8.8.8.8",
        port=80,
        mac="28:57:be:12:34:56",
        request="GET /",
        digest="ab",
    )
    kept = masks.mask_observation(seen)
    assert (kept.address, kept.mac, kept.digest) == ("192.0.2.1", "28:57:be:00:00:00", "")
    assert (kept.value, kept.port, kept.request) == ("IP Camera(C2875)", 80, "GET /")


def test_a_whole_record_is_masked_with_one_set_of_stand_ins() -> None:
    lines = [
        RunInfo("r1", "0.1", 1.0, 2.0, "camcensus scan 8.8.8.0/30", "gentle", ("eth0",), ("8.8.8.8",), (), "J. Doe"),
        Observation("mac", "mac", "28:57:be:12:34:56", address="8.8.8.8"),
        Attempt("http", "8.8.8.8", 80, Outcome.ANSWERED, "MAC 28:57:be:12:34:56"),
        SweepResult("arp", "eth0", Outcome.ANSWERED, "from 8.8.8.8"),
        Note("8.8.8.8", "looks like 28:57:be:12:34:56"),
    ]
    run, seen, attempt, sweep, note = mask_lines(lines)
    assert isinstance(run, RunInfo)
    assert (run.command, run.scope, run.authorised_by) == ("", ("192.0.2.1",), "somebody")
    assert isinstance(seen, Observation)
    assert (seen.value, seen.address) == ("28:57:be:00:00:00", "192.0.2.1")
    assert isinstance(attempt, Attempt)
    assert (attempt.address, attempt.detail) == ("192.0.2.1", "MAC 28:57:be:00:00:00")
    assert isinstance(sweep, SweepResult)
    assert sweep.detail == "from 192.0.2.1"
    assert isinstance(note, Note)
    assert (note.subject, note.text) == ("192.0.2.1", "looks like 28:57:be:00:00:00")


def test_masking_takes_no_example_of_any_rule_away_from_its_maker() -> None:
    """What shows the maker must survive: nine in ten masked examples are still hit by their rule, decisive ones all."""
    library = load_library()
    masks = Anonymiser()
    lost = []
    for rule in library.fingerprints:
        for example in rule.examples:
            protocol, _, field = rule.field.partition(".")
            kept = masks.mask_observation(Observation(protocol, field, example.value)).value
            if rule.id not in {hit.fingerprint.id for hit in library.find(rule.field, kept)}:
                lost.append(rule.id)
    assert len(lost) < len(library.fingerprints) / 10
    decisive = {rule.id for rule in library.fingerprints if rule.strength.value == "decisive"}
    assert sorted(decisive & set(lost)) == []


def test_a_masked_camera_is_still_the_same_makers_camera(masks: Anonymiser) -> None:
    seen = [
        Observation("http", "www-authenticate", 'Digest realm="Login to 3C00F12PAN7A2B9", qop="auth", nonce="1"'),
        Observation("mac", "mac", "3c:ef:8c:12:34:56"),
    ]
    library = load_library()
    before = identify(seen, library)
    after = identify([masks.mask_observation(each) for each in seen], library)
    assert (before.maker, before.standing) == (after.maker, after.standing)


def test_what_was_gathered_names_the_same_maker_and_brand_when_it_is_masked(masks: Anonymiser) -> None:
    library = load_library()
    path = Path(__file__).parents[1] / "data" / "gathered.jsonl"
    changed = []
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        seen = Observation(row["protocol"], row["field"], row["data"])
        before, after = (identify([one], library) for one in (seen, masks.mask_observation(seen)))
        if (before.maker, before.brand) != (after.maker, after.brand):
            changed.append(row["id"])
    assert changed == []


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_masking_twice_changes_nothing_more(text: str) -> None:
    once = Anonymiser().mask_text(text)
    assert Anonymiser().mask_text(once) == once
