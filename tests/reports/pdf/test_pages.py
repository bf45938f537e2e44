"""The data of the pages: bounded, counted where cut, and free of what the fonts cannot show."""

from __future__ import annotations

import json

import pytest

from reports.messages import texts
from reports.pdf import pages as module
from reports.pdf.pages import make_pages
from reports.pdf.printable import printable
from scanner.model import replace
from tests.reports.samples import empty_report, hikvision_camera, make_report

_ = texts("en")


def test_everything_of_the_report_stands_on_the_pages() -> None:
    report = make_report()
    pages = make_pages(_, report, 100)
    assert len(pages["inventory"]) == len(pages["cards"]) == len(report.devices)
    assert pages["coverage"]["gaps"] == list(report.coverage.gaps)
    assert [item["title"] for item in pages["lists"]] == [policy.title for policy in report.policies]
    assert pages["inventory_left"] == pages["cards_left"] == ""
    assert pages["first"]["answer"].startswith("4 of 10 devices")


def test_what_is_cut_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INVENTORY_CAP", 6)
    monkeypatch.setattr(module, "EVIDENCE_CAP", 1)
    pages = make_pages(_, make_report(), 3)
    assert (len(pages["inventory"]), len(pages["cards"])) == (6, 3)
    assert "4 of 10 devices" in pages["inventory_left"]
    assert "7 of 10 devices" in pages["cards_left"]
    card = next(card for card in pages["cards"] if card["id"] == hikvision_camera().id)
    assert len(card["evidence"]) == 1
    assert card["evidence_left"].endswith(": 2")


@pytest.mark.parametrize("locale", ["en", "sq", "sr"])
def test_no_text_has_a_character_that_the_fonts_lack(locale: str) -> None:
    def walk(value: object) -> None:
        if isinstance(value, str):
            assert printable(value) == value
        elif isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(make_pages(texts(locale), make_report(), 100))


def test_a_run_without_a_time_and_without_devices_has_pages_too() -> None:
    empty = empty_report()
    pages = make_pages(_, replace(empty, run=replace(empty.run, started=0.0, ended=None)), 10)
    assert pages["began"] is None
    assert pages["inventory"] == pages["cards"] == []
    json.dumps(pages)
