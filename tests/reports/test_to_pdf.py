"""The PDF: an archive file that is the same every time, and in which what a device said is never markup."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typst

from reports import FormatUnavailable, RenderOptions, load_renderers
from reports.messages import texts
from reports.pdf.pages import make_pages
from reports.to_pdf import RENDERER, render
from scanner.model import replace
from tests.reports.samples import axis_camera, clean_report, empty_report, make_report

OPTIONS = RenderOptions()


def test_it_is_pdf_a_2b_and_says_what_it_is() -> None:
    made = render(make_report(), RenderOptions(locale="sr"))
    assert made.startswith(b"%PDF-1.7")
    xmp = made[made.index(b"<?xpacket begin") : made.index(b"<?xpacket end")].decode("utf-8")
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert "Popis kamera 10.20.0.0/22" in xmp
    assert "<xmp:CreateDate>2026-11-23T10:05:00Z" in xmp, "the time of the run, not of the making"


FORBIDDEN = (
    b"/Encrypt", b"/JavaScript", b"/JS", b"/Launch", b"/AA", b"/OpenAction", b"/XFA", b"/LZWDecode", b"/EmbeddedFile",
    b"/RichMedia", b"/Sound", b"/Movie", b"/URI", b"/GoToR", b"/ImportData", b"/SubmitForm",
)  # fmt: skip
"""What PDF/A-2 forbids, or what would lead out of the file."""


@pytest.mark.parametrize("locale", ["en", "sq", "sr"])
def test_the_structure_is_what_pdf_a_2_asks_for(locale: str) -> None:
    """No validator for PDF/A comes as a package: what can be read in the file itself is held here, object by object."""
    made = render(make_report(), RenderOptions(locale=locale))
    plain = re.sub(rb"stream\r?\n.*?endstream", b"stream endstream", made, flags=re.DOTALL)
    objects = re.findall(rb"\d+ 0 obj(.*?)endobj", plain, flags=re.DOTALL)
    assert re.search(rb"/Type\s*/OutputIntent\b", plain)
    assert re.search(rb"/S\s*/GTS_PDFA1\b", plain)
    assert b"/DestOutputProfile" in plain
    assert re.search(rb"/Type\s*/Metadata\b", plain)
    assert re.search(rb"trailer.*?/ID\s*\[", plain, flags=re.DOTALL)
    assert re.search(rb"/Lang\s*\(" + texts(locale).manner.tag[:2].encode(), plain)
    descriptors = [body for body in objects if re.search(rb"/Type\s*/FontDescriptor\b", body)]
    assert descriptors
    assert all(re.search(rb"/FontFile[23]\b", body) for body in descriptors), "every font stands in the file"
    fonts = [body for body in objects if re.search(rb"/Type\s*/Font\b", body)]
    assert all(b"/FontDescriptor" in body or b"/DescendantFonts" in body for body in fonts)
    assert all(b"/ToUnicode" in body for body in fonts if b"/DescendantFonts" in body), "its text can be searched"
    assert [word for word in FORBIDDEN if re.search(word + rb"\b", plain)] == []


def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not here; the file's structure was not checked by another program")
    file = tmp_path / "report.pdf"
    file.write_bytes(render(make_report(), OPTIONS))
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert (done.returncode, "No syntax or stream encoding errors found" in done.stdout) == (0, True)


def test_an_equal_report_gives_equal_bytes() -> None:
    assert render(make_report(), OPTIONS) == render(make_report(), OPTIONS)
    assert render(make_report(), OPTIONS) != render(clean_report(), OPTIONS)


@pytest.mark.parametrize("report", [empty_report(), clean_report(), make_report((axis_camera(),))])
def test_small_reports_have_pages_too(report: Any) -> None:
    assert render(report, OPTIONS).startswith(b"%PDF")


def test_what_a_device_said_is_not_read_as_markup() -> None:
    """The compiler would stop at the first of these if it were."""
    evil = '#panic("x") $1/0$ *b* _i_ `r` <label> @ref \\u{0} #import "/etc/passwd": a // c'
    camera = axis_camera()
    evidence = tuple(replace(item, value=evil, reason=evil) for item in camera.identity.evidence)
    who = replace(camera.identity, model=evil, serial=evil, firmware=evil, evidence=evidence)
    device = replace(camera, id=evil, identity=who, names=(evil,))
    report = make_report((device,))
    assert evil in json.dumps(make_pages(texts("en"), report, 1), ensure_ascii=False).replace('\\"', '"').replace(
        "\\\\", "\\"
    )
    assert render(report, OPTIONS).startswith(b"%PDF")


@pytest.mark.parametrize("locale", ["en", "sq", "sr"])
def test_the_first_page_is_one_page(locale: str) -> None:
    pages = make_pages(texts(locale), make_report(), 1)
    found = typst.query(
        (files("reports") / "pdf" / "report.typ").read_bytes(),
        "<first-page-ends>",
        field="value",
        sys_inputs={"pages": json.dumps({**pages, "run": {"version": "0", "id": "r"}})},
        ignore_system_fonts=True,
    )
    assert json.loads(found) == [1]


def test_the_extra_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(FormatUnavailable, match=r"install the extra camcensus\[pdf\]"):
        RENDERER.render(make_report(), OPTIONS)


def test_listing_the_formats_does_not_load_the_compiler() -> None:
    program = "import sys, reports; reports.load_renderers(); sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert "pdf" in load_renderers()
    assert not RENDERER.is_text
