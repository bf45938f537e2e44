"""Pins which names are found in prose, and which are left to the brand column."""

from __future__ import annotations

import pytest

from scanner.paper.knowledge import load_knowledge

KNOWN = load_knowledge()


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("Kamera Dahua bullet", "dahua"),
        ("HIKVISION-kamera", "hikvision"),
        ("Камера Dahua", "dahua"),
        ("Kamera e markës „Uniview“", "uniview"),
        ("first Axis, then Dahua", "axis"),
        ("CP Plus dome", "cp plus"),
        ("wd purple", ""),
        ("HP LaserJet", ""),
        ("mbajtës në formë unaze (ring)", ""),
        ("DAHUAX", ""),
        ("Toshiba disk", "toshiba"),
        ("", ""),
    ],
)
def test_find_brand(text: str, brand: str) -> None:
    assert KNOWN.find_brand(text) == brand
