"""A card words everything the report says of a device, visibly."""

from __future__ import annotations

from reports.html.card import make_card
from reports.messages import texts
from scanner.details import find_details
from scanner.model import Addresses, Conflict, Observation, replace
from tests.reports.samples import dahua_recorder, hikvision_camera, hostile, make_report, off_scope, silent_host

_ = texts("en")


def card(device):
    return make_card(_, make_report((device,)), device)


def test_facts_that_are_not_known_are_left_out_but_the_maker_never():
    facts = dict(card(silent_host())["facts"])
    assert facts["Maker"] == "not known"
    assert facts["Sure of the maker"] == "undetermined, confidence 0.00"
    assert not {"Model", "Serial number", "Channels", "Names"} & set(facts)


def test_what_a_hint_says_as_well_is_said_once():
    recorder = dahua_recorder()
    hints = find_details(
        (Observation("dhdiscover", "class", "NVR"), Observation("dhdiscover", "channels", "32")), (), None
    ).hints
    notes = card(replace(recorder, identity=replace(recorder.identity, hints=hints)))["notes"]
    assert notes == list(hints) == ["Up to 32 channels behind this recorder cannot be seen from here."]


def test_every_known_fact_stands_there():
    facts = dict(card(hikvision_camera())["facts"])
    assert facts["IPv4"] == "10.20.0.64"
    assert facts["IPv6"] == "fe80::4619:b6ff:fe00:1234"
    assert facts["Open ports"] == "80, 554, 8000"
    assert dict(card(dahua_recorder())["facts"])["Channels"] == "32"


def test_notes_say_what_is_hidden_and_what_was_never_contacted():
    assert card(dahua_recorder())["notes"][0].startswith("Up to 32 channels")
    assert card(off_scope())["notes"][0].endswith("it was never contacted.")


def test_line_ends_of_evidence_are_seen_and_break_the_line():
    value = card(hikvision_camera())["evidence"][0]["value"]
    assert "DS-2CD2143G0-I␊\nDeviceSN=" in value


def test_no_invisible_character_is_left_anywhere():
    device = replace(hostile(), id="\x1b", addresses=Addresses(("\x9b",), (), ("\u202e",)))
    device = replace(device, identity=replace(device.identity, conflicts=(Conflict(("\x00",), "\x01", ()),)))
    shown = str(card(device))
    assert not set(shown) & {"\x1b", "\x9b", "\u202e", "\u2028", "\x00", "\x01", "\r"}


def test_advice_that_two_findings_share_is_said_once():
    findings = card(hikvision_camera())["findings"]
    assert [bool(finding["would_change"]) for finding in findings] == [True, False]
    assert [bool(finding["check"]) for finding in findings] == [True, False]


def test_only_a_card_that_fills_a_page_may_split():
    camera = hikvision_camera()
    assert not card(camera)["long"]
    many = replace(camera, identity=replace(camera.identity, evidence=camera.identity.evidence * 4))
    assert card(many)["long"]


def test_attempts_tell_whom_where_and_how_it_ended():
    assert card(hikvision_camera())["attempts"][3] == (
        "tls_certificate",
        "10.20.0.64:443",
        "refused",
        "connection refused",
    )
