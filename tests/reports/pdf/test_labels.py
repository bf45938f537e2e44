"""The fixed words of the pages: those that the template asks for, in every language."""

from __future__ import annotations

import re
from pathlib import Path

from reports.messages import texts
from reports.pdf.labels import make_labels

TEMPLATE = Path(__file__).parents[3] / "reports" / "pdf" / "report.typ"


def test_the_template_asks_for_exactly_these() -> None:
    asked = set(re.findall(r"\blabel\.(\w+)", TEMPLATE.read_text("utf-8")))
    assert asked == set(make_labels(texts("en")))


def test_each_language_has_its_own() -> None:
    english, albanian, serbian = (make_labels(texts(name)) for name in ("en", "sq", "sr"))
    for name, text in english.items():
        assert len({str(text), str(albanian[name]), str(serbian[name])}) == 3, name
