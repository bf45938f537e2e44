"""The script finds every sentence it says, with its placeholders untouched."""

from __future__ import annotations

import re
from pathlib import Path

from reports.html.script_texts import script_texts
from reports.messages import texts

SCRIPTS = Path(__file__).parents[3] / "reports" / "html" / "script"


def test_every_sentence_that_the_script_says_is_there():
    said = "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.js"))
    names = set(re.findall(r'say\("([a-z-]+)"', said)) | set(re.findall(r'choices\("\w+", "([a-z-]+)"', said))
    assert names
    assert names <= set(script_texts(texts("en")))


def test_placeholders_are_left_for_the_script():
    told = script_texts(texts("en"))
    assert told["shown"] == "Shown: {shown} of {all} devices"
    assert told["status-not_covered"] == "Not covered"
