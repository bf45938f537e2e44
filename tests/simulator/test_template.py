"""Only known names are replaced; everything else with braces stays as the persona wrote it."""

from __future__ import annotations

import pytest

from simulator.template import fill

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


def test_first_mapping_wins():
    assert fill("{mac} {index}", {"mac": "nearer"}, VALUES) == "nearer 12"
