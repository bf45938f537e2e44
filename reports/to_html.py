"""The HTML report: one file for the person who decides; never asks the network, never runs a device's text.

Template, style and script stand in `reports/html/`. Jinja escapes every text; the page's own policy (a CSP with the
hashes of the one style and the one script) forbids everything else; data stands in islands that no text can leave.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from itertools import chain, islice
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from reports import Renderer, RenderOptions
from reports.certificate import (
    count_by_status,
    count_findings,
    lists_in_order,
    other_notes,
    recorder_lines,
    say_count,
    segments_of,
    way_out_lines,
)
from reports.html.card import CardMaker
from reports.html.first_page import (
    GAPS_SHOWN,
    LISTS_SHOWN,
    RECORDERS_SHOWN,
    WAYS_SHOWN,
    coverage_numbers,
    draw_coverage,
    draw_makers,
    draw_statuses,
    make_tiles,
    run_facts,
)
from reports.html.island import BLOCK, Island, rule_of, to_island
from reports.html.script_texts import script_texts
from reports.messages import Texts, texts
from reports.summary import SEVERITY, in_order, summarise, whole_in_order
from reports.visible import excerpt, visible
from reports.wording import (
    answer,
    coverage_verdict,
    headline,
    note_line,
)
from reports.words import (
    list_kind_word,
    outcome_word,
    status_meaning,
    status_word,
)
from scanner.model import Report

SCRIPTS: Final = ("data.js", "card.js", "table.js", "page.js")
"""Joined into the one script of the page, in this order."""

TITLE_CAP: Final = 80
"""Characters of the scope in the window's title; the whole of it stands among the facts of the run."""


def render(report: Report, options: RenderOptions) -> str:
    """The report as one HTML document."""
    return "".join(stream(report, options))


def stream(report: Report, options: RenderOptions) -> Iterator[str]:
    """The document piece by piece: of 50,000 devices it has hundreds of megabytes."""
    _ = texts(options.locale)
    style, script = _read("style.css"), _join_scripts()
    devices, cards = in_order(report.brief), map(CardMaker(_, report).make, whole_in_order(report))
    first = list(islice(cards, options.static_cards))
    page = _environment().get_template("page.html.j2")
    yield from page.generate(
        _=_,
        language=_.manner.tag,
        policy=_content_policy(style, script),
        style=Markup(style),  # noqa: S704  a file of ours
        script=Markup(script),  # noqa: S704  a file of ours
        report=report,
        counted=summarise(report),
        island=Island(_, report, devices),
        settings=to_island(_settings(_, report)),
        static_cards=first,
        cards=chain(first, cards),
        left_out=_left_out(_, report, len(devices) - len(first)),
        remembered=remember(),
        **_first_page(_, report),
        **_full_account(_),
    )


def remember() -> Callable[[Callable[[Mapping[str, str]], Markup], Mapping[str, str]], Markup]:
    """Calls a macro once for equal values: what lists and fingerprints say is said of thousands of devices."""
    known: dict[tuple[object, ...], Markup] = {}

    def remembered(macro: Callable[[Mapping[str, str]], Markup], value: Mapping[str, str]) -> Markup:
        key = macro, *value.values()
        found = known.get(key)
        if found is None:
            found = known[key] = macro(value)
        return found

    return remembered


def _first_page(_: Texts, report: Report) -> dict[str, object]:
    counted = summarise(report)
    told = answer(_, report)
    found = count_findings(report)
    gaps = [visible(_.tell(gap)) for gap in report.coverage.gaps]
    return {
        "answer": headline(_, report),
        "weight": told.weight.value if told.weight else "clean",
        "verdict": coverage_verdict(_, report.coverage),
        "tiles": make_tiles(_, counted),
        "status_bar": draw_statuses(_, counted),
        "makers": draw_makers(_, report, counted),
        "numbers": coverage_numbers(_, report),
        "coverage_bar": draw_coverage(_, report),
        "gaps": gaps,
        "gaps_shown": GAPS_SHOWN,
        "lists": lists_in_order(report),
        "lists_shown": LISTS_SHOWN,
        "count_list": lambda policy: say_count(_, found, policy),
        "count_by_status": lambda policy: count_by_status(_, found, policy),
        "segments_of": lambda interface: segments_of(report, interface),
        "recorders": recorder_lines(_, report),
        "recorders_shown": RECORDERS_SHOWN,
        "ways_out": way_out_lines(_, report),
        "ways_shown": WAYS_SHOWN,
        "other_notes": other_notes(report),
        "facts": run_facts(_, report),
        "date": _.moment(report.run.started),
        "scope": excerpt(", ".join(report.run.scope), TITLE_CAP),
    }


def _full_account(_: Texts) -> dict[str, object]:
    return {
        "visible": visible,
        "rule_of": rule_of,
        "note_line": lambda note: note_line(_, note),
        "list_kind": lambda kind: list_kind_word(_, kind),
        "outcome_word": lambda outcome: outcome_word(_, outcome),
        "words": [(s.value, status_word(_, s), status_meaning(_, s)) for s in SEVERITY],
    }


def _left_out(_: Texts, report: Report, left: int) -> str:
    if not left:
        return ""
    return _(
        "Not written out here: {n} of {devices} devices, the least grave ones. They are in the JSON and CSV reports, "
        "and in this page when JavaScript is on.",
        n=_.number(left),
        devices=_.number(len(report.devices)),
    )


def _settings(_: Texts, report: Report) -> dict[str, object]:
    return {
        "locale": _.manner.tag,
        "block": BLOCK,
        "statuses": [status.value for status in SEVERITY],
        "lists": [visible(policy.id) for policy in report.policies],
        "texts": script_texts(_),
    }


def _content_policy(style: str, script: str) -> str:
    """Nothing is fetched, and only the style and the script with these hashes run."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _join_scripts() -> str:
    body = "\n".join(_read(f"script/{name}") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _read(name: str) -> str:
    return (files("reports") / "html" / name).read_text("utf-8")


RENDERER: Final = Renderer("html", "html", "text/html; charset=utf-8", render, stream)
