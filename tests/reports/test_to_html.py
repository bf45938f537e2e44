"""The HTML report as a document: what stands where, and that nothing of a device becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from reports import Renderer, RenderOptions
from reports.to_html import RENDERER, render
from scanner.model import Outcome, replace
from tests.reports.parts import NDAA, SCRIPT
from tests.reports.samples import COVERAGE, clean_report, crowd, empty_report, hostile, make_report

VOID = {"meta", "link", "input", "rect", "path", "circle"}


class Page(HTMLParser):
    """Elements with their attributes and direct text, in order; remembers what was left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        if not self.open or self.elements[self.open.pop()][0] != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open:
            self.elements[self.open[-1]][2].append(data)

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, "".join(text)) for name, attrs, text in self.elements if name == tag]

    def text(self) -> str:
        return " ".join("".join(text) for name, _attrs, text in self.elements if name not in {"script", "style"})


def page(report=None, **options) -> Page:
    return Page(render(report or make_report(), RenderOptions(**options)))


def test_the_renderer_is_declared():
    assert isinstance(RENDERER, Renderer)
    assert (RENDERER.name, RENDERER.extension) == ("html", "html")


@pytest.mark.parametrize(
    "report", [make_report(), clean_report(), empty_report(), make_report((hostile(),)), crowd(30)]
)
def test_the_document_is_well_formed_with_one_heading_and_unique_ids(report):
    doc = page(report)
    assert (doc.wrong, doc.open) == ([], [])
    assert len(doc.all("h1")) == 1
    ids = Counter(attrs["id"] for _tag, attrs, _text in doc.elements if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page():
    doc = page()
    policy = next(a["content"] for a, _ in doc.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        bodies = [text for attrs, text in doc.all(tag) if attrs.get("type") != "application/json"]
        assert len(bodies) == 1
        digest = base64.b64encode(hashlib.sha256(bodies[0].encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_nothing_can_be_asked_of_the_network():
    doc = page()
    for tag, attrs, _text in doc.elements:
        assert not {"src", "srcset", "action", "style", "ping"} & set(attrs), tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert attrs.get("href", "#").startswith(("#", "data:,")), attrs
    assert not {"iframe", "object", "embed", "img", "base"} & {tag for tag, _a, _t in doc.elements}
    style = doc.all("style")[0][1]
    assert not re.search(r"url\(|@import|expression", style)
    script = next(text for attrs, text in doc.all("script") if not attrs.get("type"))
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|innerHTML|eval|document\.write", script)


def test_a_device_that_attacks_the_reader_stays_text():
    text = render(make_report((hostile(),)), RenderOptions())
    assert SCRIPT not in text
    assert "<!--" not in text
    assert not set(text) & {"\x1b", "\x9b", "\u202e", "\u2028", "\x07", "\r"}
    doc = page(make_report((hostile(),)))
    assert SCRIPT in doc.text()
    assert "javascript:alert" not in "".join(str(attrs) for _t, attrs, _x in doc.elements)


def test_hostile_texts_of_the_run_and_the_lists_stay_text():
    report = make_report()
    evil = replace(report.run, authorised_by=SCRIPT, id=SCRIPT, version=SCRIPT, command=SCRIPT, scope=(SCRIPT,))
    listed = replace(NDAA, title=SCRIPT, says_not=SCRIPT, copy_date=SCRIPT)
    gaps = replace(COVERAGE, gaps=(SCRIPT,))
    assert SCRIPT not in render(replace(report, run=evil, policies=(listed,), coverage=gaps), RenderOptions())


def test_the_first_page_has_the_answer_the_numbers_the_coverage_and_the_lists():
    doc = page()
    text = doc.text()
    first = text[: text.index("Coverage in full")]
    assert doc.all("h1")[0][1].startswith("4 of 10 devices seen are covered")
    for said in (
        "Coverage is incomplete: of 957 addresses in the scope",
        "Six addresses could not be asked",
        "Further gaps: 2",
        "Recorders, and the cameras they may hide",
        "up to 32 channels",
        "Coaxial cameras have no address, and no scan finds them.",
        "Is the network closed?",
        "NDAA for fiscal year 2019, section 889",
        "copy of 2026-11-20",
        "Ministry of Interior, order 114/2026",
        "Devices seen: 10",
        "outside the scope, never contacted: 1",
    ):
        assert said in first
    assert [text for attrs, text in doc.all("strong")] == ["4", "1", "2", "3", "32"]


@pytest.mark.parametrize(("report", "weight"), [(make_report(), "covered"), (clean_report(), "clean")])
def test_the_answer_and_every_mark_have_a_colour_that_the_style_knows(report, weight):
    shown = page(report)
    ((attrs, _text),) = shown.all("h1")
    assert attrs["class"] == f"is-{weight}"
    (style,) = [text for _attrs, text in shown.all("style")]
    named = {name for _tag, held, _text in shown.elements for name in (held.get("class") or "").split()}
    known = set(re.findall(r"[.](is-[a-z_]+)", style))
    assert {name for name in named if name.startswith("is-")} - known <= {f"is-{one.value}" for one in Outcome}


def test_every_gap_and_every_sweep_stands_in_full():
    text = page().text()
    assert "1 device answered from outside the scope" in text
    assert "the interface went down" in text
    assert "It forbids new authorisations." in text


def test_a_complete_run_may_say_none_found_and_shows_the_coverage_beside_it():
    doc = page(clean_report())
    assert doc.all("h1")[0][1].startswith("None found, and coverage is complete")
    assert "Coverage is complete: of 957 addresses asked" in doc.text()
    assert "No gap is known." in doc.text()


def test_cards_stand_in_the_page_up_to_the_threshold_and_the_rest_is_counted():
    whole, cut = page(crowd(40)), page(crowd(40), static_cards=10)
    assert len([a for a, _ in whole.all("article")]) == 40
    assert "Not written out here" not in whole.text()
    assert len([a for a, _ in cut.all("article")]) == 10
    assert "Not written out here: 30 of 40 devices" in cut.text()


def test_the_gravest_devices_are_the_ones_written_out():
    cut = page(crowd(40), static_cards=4)
    assert {a["class"] for a, _ in cut.all("article")} == {"card is-covered"}


def test_a_card_shows_the_proof_down_to_the_bytes():
    text = page().text()
    for said in (
        "DeviceSN=DS-2CD2143G0-I20190300AAWRD00000000␊",
        "sadp.device-fields",
        "inquiry · 10.20.0.64:37020",
        "decisive 0.95",
        "sha256 ",
        "since 2018-08-13",
        "What would change this: A label or an invoice",
        "Check by hand: Read the model plate",
        "Dahua / Hikvision: Evidence of two makers",
        "Up to 32 channels behind this recorder",
        "It was sent 7 requests over 5 connections",
        "it was never contacted",
        "made by an entity the list names, sold under another brand",
    ):
        assert said in text


def test_the_islands_are_json_without_a_way_out():
    doc = page(crowd(450))
    islands = [text for attrs, text in doc.all("script") if attrs.get("type") == "application/json"]
    assert not [text for text in islands if set(text) & set("<>&")]
    settings, index, *blocks, shared = (json.loads(text) for text in islands)
    assert (len(index), [len(block) for block in blocks]) == (450, [200, 200, 50])
    assert settings["lists"] == ["us-ndaa-889", "us-fcc-covered"]
    assert len(shared["findings"]) < 20


def test_another_language_is_declared_and_groups_numbers_its_own_way():
    doc = page(crowd(1_200), locale="sr_Latn", static_cards=1)
    assert doc.all("html")[0][0]["lang"] == "sr-Latn"
    assert "1.200" in doc.text()
