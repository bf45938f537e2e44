"""From a record to a Report: repeatable, in any order, with coverage that hides nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scanner.census import ATTEMPTS_SHOWN, NAMES_CAP, compile_report
from scanner.coverage import GAPS_CAP
from scanner.fingerprint_files import load_library
from scanner.makers_file import load_makers
from scanner.model import Attempt, Note, Observation, Outcome, Report, RunInfo, Status, SweepResult, replace
from scanner.policy_files import load_policies
from scanner.record import Record
from scanner.record_line import Ended
from scanner.way_out import SETTINGS_CAP

LIBRARY, MAKERS, POLICIES = load_library(), load_makers(), load_policies()
RUN = RunInfo("r1", "0.1.0", 1_790_000_000.0, None, "", "normal", ("eth0",), ("10.0.0.0/28",), ("10.0.0.8/30",), "")

SADP = (
    "<ProbeMatch><Types>inquiry</Types><DeviceDescription>DS-7608NI-K2</DeviceDescription>"
    "<DeviceSN>DS-7608NI-K20820190101CCRR123456789WCVU</DeviceSN><MAC>44-19-b6-00-00-01</MAC>"
    "<AnalogChannelNum>0</AnalogChannelNum><DigitalChannelNum>8</DigitalChannelNum>"
    "<SoftwareVersion>V4.30.005build 190101</SoftwareVersion></ProbeMatch>"
)
SEEN = (
    Observation("mac", "mac", "44:19:b6:00:00:01", address="10.0.0.1", mac="44:19:b6:00:00:01", by="arp-sweep"),
    Observation(
        "sadp", "raw", SADP, address="10.0.0.1", port=37020, request="inquiry", by="sadp-sweep", digest="a" * 64
    ),
    Observation("mac", "mac", "ac:cc:8e:00:00:02", address="10.0.0.2", mac="ac:cc:8e:00:00:02", by="arp-sweep"),
    Observation("http", "www-authenticate", 'Digest realm="AXIS_ACCC8E000002"', address="10.0.0.2", port=80),
    Observation("mac", "mac", "00:00:5e:00:53:03", address="10.0.0.3", mac="00:00:5e:00:53:03", by="arp-sweep"),
    Observation("mac", "mac", "44:19:b6:00:00:09", address="192.168.1.64", mac="44:19:b6:00:00:09", scope="off"),
)
TRIED = (
    Attempt(
        "http-banner", "10.0.0.1", 80, Outcome.ANSWERED, requests=2, connections=2, packets=12, sent=100, received=900
    ),
    Attempt(
        "rtsp-banner", "10.0.0.1", 554, Outcome.ANSWERED, requests=1, connections=1, packets=6, sent=50, received=100
    ),
)
SWEPT = (SweepResult("arp-sweep", "eth0", Outcome.ANSWERED, asked=10, answered=3),)


def record(**changes: object) -> Record:
    whole = Record("r.jsonl", RUN, SEEN, TRIED, SWEPT, (), Ended(2.0, "done"), True, {})
    return replace(whole, **changes)  # type: ignore[arg-type]


def compile_(held: Record) -> Report:
    return compile_report(held, LIBRARY, MAKERS, POLICIES)


REPORT = compile_(record())
DEVICES = {device.addresses.ipv4[0]: device for device in REPORT.devices}


def test_a_recorder_of_a_listed_maker_is_covered_with_reference_and_proof() -> None:
    device = DEVICES["10.0.0.1"]
    assert device.status is Status.COVERED
    assert (device.identity.maker, device.identity.model, device.identity.kind) == (
        "hikvision",
        "DS-7608NI-K2",
        "recorder",
    )
    assert device.findings[0].list == "us-ndaa-889"
    assert device.findings[0].since == "2018-08-13"
    assert any(line.digest == "a" * 64 for line in device.identity.evidence)


def test_a_recorder_says_what_it_hides() -> None:
    assert (REPORT.coverage.hidden_channels, REPORT.coverage.hidden_behind, DEVICES["10.0.0.1"].channels) == (8, 1, 8)
    assert any("up to 8 channels" in gap for gap in REPORT.coverage.gaps)


def test_makers_and_brands_are_named_as_people_write_them() -> None:
    assert REPORT.names == {"axis": "Axis", "hikvision": "Hikvision"}
    answers = tuple(
        Observation("onvif", "manufacturer", maker, address=address, port=80, by="onvif-information")
        for maker, address in (("EZVIZ", "10.0.0.4"), ("TP-Link", "10.0.0.5"))
    )
    names = compile_(record(observations=(*SEEN, *answers))).names
    assert names["ezviz"] == "EZVIZ", "a brand"
    assert names["tp-link"] == "TP-Link", "a maker whose id is not its name with a capital"


def test_another_maker_is_not_covered_and_a_mute_host_is_undetermined() -> None:
    assert DEVICES["10.0.0.2"].status is Status.NOT_COVERED
    assert DEVICES["10.0.0.3"].status is Status.UNDETERMINED


def test_the_gap_counts_the_undetermined_devices_that_the_first_page_counts() -> None:
    counted = REPORT.counts[Status.UNDETERMINED.value]
    assert counted == 1
    assert "1 device could not be determined and must be looked at by hand." in REPORT.coverage.gaps


def test_a_device_outside_the_scope_is_reported_as_such() -> None:
    assert DEVICES["192.168.1.64"].off_scope
    assert any("outside the scope" in gap for gap in REPORT.coverage.gaps)


def test_the_ledger_adds_up() -> None:
    ledger = DEVICES["10.0.0.1"].ledger
    assert (ledger.packets, ledger.connections, ledger.requests, ledger.sent, ledger.received) == (18, 3, 3, 150, 1000)


def test_the_addresses_of_the_scope_are_accounted_for() -> None:
    coverage = REPORT.coverage
    assert (coverage.asked, coverage.answered, coverage.silent, coverage.excluded) == (10, 3, 7, 4)
    assert coverage.complete


def test_the_order_of_the_record_does_not_matter() -> None:
    for seed in range(5):
        seen, tried = list(SEEN), list(TRIED)
        random.Random(seed).shuffle(seen)
        random.Random(seed).shuffle(tried)
        assert compile_(record(observations=tuple(seen), attempts=tuple(tried))) == REPORT


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sealed": False}, "no seal"),
        ({"ended": Ended(2.0, "interrupted", ("sweep arp-sweep was not finished",))}, "Not done: sweep arp-sweep"),
        ({"sweeps": (SweepResult("mdns-sweep", "eth0", Outcome.BROKEN, "no route", lost="Axis names stay unseen."),)},
         "did not run on eth0: no route. As a consequence, Axis names stay unseen."),
        ({"sweeps": (replace(SWEPT[0], drops=7),)}, "lost 7 answers"),
        ({"sweeps": (replace(SWEPT[0], late=2),)}, "answers to arp-sweep on eth0 came after"),
        ({"attempts": (Attempt("http-banner", "10.0.0.2", 80, Outcome.BROKEN, "own neighbour table full"),)},
         "failed on our side 1 time (own neighbour table full)"),
        ({"notes": (Note("run", "The scan was tired."),)}, "The scan was tired"),
        ({"notes": (Note("neighbour table", "the neighbour table overflowed"),)}, "table overflowed"),
        ({"run": replace(RUN, source="nmap")}, "nothing was asked"),
    ],
)  # fmt: skip
def test_what_was_missed_makes_the_coverage_incomplete_and_is_said(changes: dict[str, object], says: str) -> None:
    coverage = compile_(record(**changes)).coverage
    assert not coverage.complete
    assert any(says in gap for gap in coverage.gaps), coverage.gaps


def test_gaps_beyond_the_cap_are_counted_and_what_no_scan_can_see_is_said_all_the_same() -> None:
    notes = tuple(Note("run", f"Trouble {n}.") for n in range(GAPS_CAP + 40))
    gaps = compile_(record(notes=notes)).coverage.gaps
    assert gaps[GAPS_CAP - 1 : GAPS_CAP + 1] == ("Trouble 59.", "Further gaps: 40")
    assert gaps[GAPS_CAP + 1].startswith("1 recorder may hide up to 8 channels")


def test_questions_that_are_not_listed_are_counted_on_the_card() -> None:
    asked = tuple(Attempt("http-banner", "10.0.0.1", port, Outcome.SILENT) for port in range(1, ATTEMPTS_SHOWN + 8))
    for attempts, told in ((asked[:ATTEMPTS_SHOWN], False), (asked, True)):
        (device,) = [one for one in compile_(record(attempts=attempts)).devices if "10.0.0.1" in one.addresses.ipv4]
        assert len(device.attempts) == ATTEMPTS_SHOWN
        assert ("7 further questions to it stand in the record alone." in device.identity.hints) is told


def test_names_that_are_not_shown_are_counted_on_the_card() -> None:
    said = tuple(Observation("name", "hostname", f"n{number:02}", "10.0.0.1") for number in range(NAMES_CAP + 3))
    for names, told in ((said[:NAMES_CAP], False), (said, True)):
        (device,) = [
            one for one in compile_(record(observations=names, attempts=())).devices if "10.0.0.1" in one.addresses.ipv4
        ]
        assert device.names == tuple(f"n{number:02}" for number in range(NAMES_CAP))
        assert ("Further names it gives itself, in the record alone: 3" in device.identity.hints) is told


def test_settings_that_a_card_has_no_room_for_are_counted_on_it() -> None:
    said = tuple(
        Observation("dhdiscover", "way-out", f"dns 192.0.2.{number}", "10.0.0.1") for number in range(SETTINGS_CAP + 2)
    )
    for settings, told in ((said[:SETTINGS_CAP], False), (said, True)):
        (device,) = compile_(record(observations=settings, attempts=())).devices
        assert len(device.settings) == SETTINGS_CAP
        assert ("Further settings, in the record alone: 2" in device.identity.hints) is told


def test_an_empty_record_finds_nobody_and_asks_everybody(tmp_path: Path) -> None:
    report = compile_(record(observations=(), attempts=()))
    assert report.devices == ()
    assert (report.coverage.asked, report.coverage.silent) == (10, 10)


def test_a_device_that_answers_over_both_families_is_one() -> None:
    answer = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>'
        "<a:EndpointReference><a:Address>urn:uuid:5f5a69c2-0000-1000-8000-4419b6000001</a:Address></a:EndpointReference>"
        "<d:Scopes>onvif://www.onvif.org/name/X</d:Scopes></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    )
    both = tuple(
        Observation("onvif-wsd", "raw", answer, address=address, by="wsd-sweep", scope=side)
        for address, side in (("10.0.0.1", "in"), ("fe80::4619:b6ff:fe00:1", "off"))
    )
    devices = compile_(record(observations=(*SEEN, *both))).devices
    assert [d.addresses.ipv6 for d in devices if "10.0.0.1" in d.addresses.ipv4] == [("fe80::4619:b6ff:fe00:1",)]
    assert len(devices) == len(REPORT.devices)
