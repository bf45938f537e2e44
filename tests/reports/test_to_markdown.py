"""Markdown that obeys no device."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports import RenderOptions
from reports.to_markdown import code, plain, render
from tests.reports.parts import SCRIPT
from tests.reports.samples import clean_report, crowd, hostile, make_report

PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
MEANT = {"h1", "h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "strong"}


def tags(markdown: str) -> set[str]:
    return set(re.findall(r"<\s*([a-zA-Z0-9]+)", PARSER.render(markdown)))


def test_golden(golden):
    golden("report.md", render(make_report(), RenderOptions()).encode("utf-8"))


def test_only_elements_of_ours_come_out():
    assert tags(render(make_report(), RenderOptions())) <= MEANT
    assert tags(render(make_report((hostile(),)), RenderOptions())) <= MEANT


@pytest.mark.parametrize(
    "text",
    [
        SCRIPT,
        "[x](javascript:alert(1))",
        "![x](http://x)",
        "`",
        "``a`",
        "a|b",
        "a\\|**b**",
        "<b>",
        "&lt;",
        "*x*",
        " x ",
    ],
)
def test_a_device_text_in_a_table_stays_one_cell_of_text(text):
    html = PARSER.render(f"| a | b |\n| --- | --- |\n| {code(text)} | end |\n")
    assert html.count("<td>") == 2
    assert html.count("<td>end</td>") == 1
    shown = re.search(r"<td><code>(.*?)</code></td>", html, re.DOTALL)
    assert shown
    assert "<" not in shown.group(1)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_text_is_one_cell_without_markup(text):
    html = PARSER.render(f"| a | b |\n| --- | --- |\n| {code(text)} | end |\n")
    assert html.count("<td>") == html.count("</td>") == 2
    assert html.count("<td>end</td>") == 1
    assert tags(f"| a |\n| --- |\n| {code(text)} |\n") <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_a_sentence_brings_no_link_no_html_and_no_emphasis(text):
    assert not tags(f"- said: {plain(text)}") & {"a", "img", "em", "strong", "script", "b", "s", "code"}


@pytest.mark.parametrize(
    ("said", "escaped"),
    [
        ("at http://evil.example/x", "at http:\\//evil.example/x"),
        ("(WWW.evil.example)", "(WWW\\.evil.example)"),
        ("\\://", "\\\\:\\//"),
    ],
)
def test_an_address_in_a_sentence_is_text(said, escaped):
    """GitHub and GitLab link addresses that nobody marked; this parser does not, so the signs are looked at."""
    assert plain(said) == escaped
    assert PARSER.render(plain(said)) == f"<p>{said}</p>\n"


def test_nobody_is_mentioned():
    assert "@everyone" not in plain("ask @everyone")


def test_rows_left_out_are_counted():
    assert "Not shown here, but in the other reports: 30 devices" in render(crowd(50), RenderOptions(rows=20))


def test_a_clean_run_has_its_coverage_beside_it():
    text = render(clean_report(), RenderOptions())
    assert text.startswith("# None found, and coverage is complete")
    assert "Coverage is complete: of 957 addresses asked" in text
    assert "No gap is known." in text
