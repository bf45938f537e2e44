"""Bars are drawn to scale, without styles and without text."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # reads only what this project wrote

from reports.html.charts import draw_bar


def shapes(svg):
    return [(r.get("class"), r.get("x"), r.get("width")) for r in ET.fromstring(svg)][1:]


def test_parts_stand_side_by_side_to_scale_and_empty_ones_are_left_out():
    svg = draw_bar([("covered", 1), ("suspected", 0), ("not_covered", 3)], 8, "one of eight")
    assert shapes(svg) == [("is-covered", "0.000%", "12.500%"), ("is-not_covered", "12.500%", "37.500%")]


def test_nothing_of_nothing_is_an_empty_bar():
    assert shapes(draw_bar([("covered", 0)], 0, "none")) == []


def test_the_label_is_read_out_and_escaped():
    svg = draw_bar([], 1, '"><script>')
    assert ET.fromstring(svg).get("aria-label") == '"><script>'
    assert ET.fromstring(svg).get("role") == "img"


def test_no_style_attribute_is_written():
    assert "style=" not in draw_bar([("covered", 1)], 1, "all")
