"""What the fonts inside the compiler can show, and what becomes of everything else."""

from __future__ import annotations

import json

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from reports.pdf.printable import BREAK, SHOWN, breakable, printable
from reports.visible import visible

SOURCE = b"""
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#json(bytes(sys.inputs.text))
"""


def test_the_fonts_have_every_character_that_is_let_through() -> None:
    text = " ".join(chr(code) for first, last in SHOWN for code in range(first, last + 1)) + BREAK
    assert printable(text) == text
    typst.compile(
        SOURCE, sys_inputs={"text": json.dumps(text)}, ignore_system_fonts=True, pdf_standards=["a-2b"], format="pdf"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kamera e hyrjes: ë Ç đ Š ž – „x“", "Kamera e hyrjes: ë Ç đ Š ž – „x“"),
        ("漢", "⟨U+6F22⟩"),
        ("😀", "⟨U+1F600⟩"),
        ("e\u0301", "e⟨U+0301⟩"),
        (visible("a\x1b[2J\r\n\x7f"), "a⟨ESC⟩[2J⟨CR⟩⟨LF⟩⟨DEL⟩"),
        (visible("\u202e\u200b\xad"), "⟨U+202E⟩⟨U+200B⟩⟨U+00AD⟩"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_they_lack_is_named(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_else_gets_through(text: str) -> None:
    ranges = (*SHOWN, (0x0A, 0x0A), (0x200B, 0x200B))
    assert all(any(first <= ord(c) <= last for first, last in ranges) for c in printable(text))


def test_long_words_may_break_and_short_ones_stay() -> None:
    assert breakable("short words stay") == "short words stay"
    assert breakable("a" * 30).replace(BREAK, "") == "a" * 30
    assert max(len(part) for part in breakable("a" * 30).split(BREAK)) == 12
