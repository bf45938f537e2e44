"""Only known names are replaced; everything else with braces stays as the persona wrote it."""

from __future__ import annotations

import pytest

from simulator.template import fill, fill_known, join

VALUES = {"mac": "aa:bb", "index": 12, "double": lambda spec: spec * 2}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{mac}", "aa:bb"),
        ("{index:04}", "0012"),
        ("{index:04X}", "000C"),
        ("{double:ab}", "abab"),
        ("x{mac}y{mac}", "xaa:bbyaa:bb"),
        ("{unknown}", "{unknown}"),
        ('{"mac":"{mac}"}', '{"mac":"aa:bb"}'),
        ("function(){return 1}", "function(){return 1}"),
        ("{{mac}}", "{aa:bb}"),
        ("", ""),
    ],
)
def test_fill(text, filled):
    assert fill(text, VALUES) == filled
    assert join(fill_known(text, VALUES, ()), VALUES) == filled
    assert join(fill_known(text, VALUES, ("mac", "unknown")), {}, VALUES) == filled


def test_what_is_known_is_filled_once_and_the_rest_stays_open():
    parts = fill_known("{mac} {double:x} {path} {index}", VALUES, ("path",))
    assert parts == ("aa:bb ", ("double", "x", "{double:x}"), " ", ("path", "", "{path}"), " 12")
    assert join(parts, {"path": "/"}, VALUES) == "aa:bb xx / 12"


def test_first_mapping_wins():
    assert fill("{mac} {index}", {"mac": "nearer"}, VALUES) == "nearer 12"
