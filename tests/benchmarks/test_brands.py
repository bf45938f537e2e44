"""Pins which re-badges are asked for their brand: those that say something in which brands differ."""

from __future__ import annotations

import json

import pytest

from benchmarks.answers import answer, sense
from benchmarks.brands import why_not_asked
from benchmarks.labelled import read_cases
from scanner.fingerprint_files import load_library

LIBRARY = load_library()

PAGE = "HTTP/1.1 200 OK\r\nCONNECTION: close\r\n\r\n<html><head><title>{}</title>"


@pytest.mark.parametrize(
    ("name", "said", "brand", "why"),
    [
        ("http.www-authenticate", 'Digest realm="Login to ND011811000000"', "lorex", ""),
        ("onvif-wsd.scopes", "onvif://www.onvif.org/hardware/X1", "lorex", ""),
        ("http.raw", PAGE.format("WEB SERVICE"), "lorex", ""),
        ("http.raw", PAGE.format(""), "lorex", "no name, model, serial number, realm or title in what it says"),
        ("mac.mac", "90:02:a9:00:00:01", "lorex", "a hardware address and nothing else"),
        (
            "onvif-wsd.scopes",
            "onvif://www.onvif.org/name/X1",
            "X or similar",
            "the label is no brand of the makers file",
        ),
    ],
)
def test_a_brand_is_asked_for_where_it_can_show(name: str, said: str, brand: str, why: str) -> None:
    protocol, _, field = name.partition(".")
    label = {"vendor": "dahua", "flagged": "oem", "brand": brand}
    cases = read_cases([json.dumps({"protocol": protocol, "field": field, "data": said, "label": label})])
    [device] = sense(cases, LIBRARY)
    [found] = answer([device], LIBRARY)
    assert why_not_asked(device, found, frozenset({"lorex"})) == why
