"""The contract of a report file, and that all of them are found."""

from __future__ import annotations

import json

import pytest

from reports import Renderer, RenderOptions, load_renderers
from reports.messages import texts
from reports.pdf.pages import make_pages
from scanner.model import replace
from tests.reports.samples import clean_report, empty_report, hostile, make_report

NAMES = sorted(load_renderers())


def text_of(name, report):
    """What the format says; of the PDF, whose pages are packed, what is handed to the template."""
    renderer = load_renderers()[name]
    if not renderer.is_text:
        return json.dumps(make_pages(texts("en"), report, 100))
    told = renderer.render(report, RenderOptions())
    return told.decode("utf-8") if isinstance(told, bytes) else told


def test_renderers_are_found_by_name():
    found = load_renderers()
    assert {"json", "csv", "terminal"} <= set(found)
    assert all(isinstance(one, Renderer) and one.name == name for name, one in found.items())


def test_no_two_renderers_write_the_same_file():
    extensions = [one.extension for one in load_renderers().values()]
    assert len(set(extensions)) == len(extensions)
    assert not any(extension.startswith(".") for extension in extensions)


@pytest.mark.parametrize("name", NAMES)
def test_equal_reports_give_equal_bytes_whatever_the_order_of_devices(name):
    report = make_report()
    turned = make_report(tuple(reversed(report.devices)))
    render = load_renderers()[name].render
    assert render(report, RenderOptions()) == render(turned, RenderOptions())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("report", [empty_report(), clean_report(), make_report((hostile(),))])
def test_every_format_renders_the_empty_the_clean_and_the_hostile(name, report):
    assert load_renderers()[name].render(report, RenderOptions())


@pytest.mark.parametrize("name", NAMES)
def test_no_format_ever_says_illegal(name):
    assert "illegal" not in text_of(name, make_report()).lower()


@pytest.mark.parametrize("name", NAMES)
def test_no_format_says_none_found_when_something_was_not_seen(name):
    seen = clean_report()
    unseen = replace(seen, coverage=replace(seen.coverage, complete=False, gaps=("eth1 went down",)))
    assert "none found" not in text_of(name, unseen).lower()


@pytest.mark.parametrize("name", NAMES)
def test_a_lone_surrogate_from_a_device_can_be_written(name):

    device = replace(hostile(), names=("\ud800",))
    told = load_renderers()[name].render(make_report((device,)), RenderOptions())
    assert told if isinstance(told, bytes) else told.encode("utf-8")
