"""`report`: every format to a file or to standard output, byte for byte, and its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import FormatUnavailable, Renderer, load_renderers
from scanner.commands.judge import make_report
from scanner.commands.report import Manner, report
from scanner.exits import Exit, UsageError
from scanner.model import Report
from tests.scanner.commands.runs import AXIS, HIKVISION, write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("report") / "run", HIKVISION, AXIS)


@pytest.fixture(scope="module")
def judged(run: Path) -> Report:
    return make_report(run / "record.jsonl", (), None)


@pytest.fixture
def quick(judged: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge once for all tests: they are about what becomes of the report."""
    monkeypatch.setattr("scanner.commands.report.make_report", lambda *_, **_more: judged)


def render(run: Path, form: str, out: Path | None = None, manner: Manner | None = None) -> int:
    return report(run, form, out, (), None, manner or Manner())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("form", sorted(set(load_renderers()) - {"pdf"}))
def test_a_file_and_standard_output_hold_the_same_bytes(
    run: Path, tmp_path: Path, form: str, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert render(run, form, tmp_path / "out") is Exit.CLEAN
    assert capfdbinary.readouterr().out == b""
    assert render(run, form) is Exit.CLEAN
    assert capfdbinary.readouterr().out == (tmp_path / "out").read_bytes()


@pytest.mark.usefixtures("quick")
def test_the_terminal_report_fits_the_terminal(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    widest = []
    for columns in ("70", "150"):
        monkeypatch.setenv("COLUMNS", columns)
        render(run, "terminal")
        widest.append(max(len(line) for line in capsys.readouterr().out.splitlines()))
    assert widest[0] <= 70 < widest[1] <= 150


@pytest.mark.usefixtures("quick")
def test_options_reach_the_format_they_are_for(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(run, "csv", out, Manner(separator=";"))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfdevice;status;")
    render(run, "netbox", out, Manner(site="Prishtina"))
    assert b",Prishtina,active," in out.read_bytes()
    render(run, "markdown", out, Manner(locale="sr"))
    assert "Obuhvaćen listom" in out.read_text("utf-8")


@pytest.mark.usefixtures("quick")
def test_what_a_ci_system_reads_may_leave_out_what_is_known(run: Path, tmp_path: Path) -> None:
    render(run, "json", tmp_path / "report.json")
    for form, sign in (("junit", "<failure"), ("sarif", '"level": "error"')):
        render(run, form, tmp_path / form)
        assert sign in (tmp_path / form).read_text("utf-8")
        render(run, form, tmp_path / form, Manner(baseline=tmp_path))
        assert sign not in (tmp_path / form).read_text("utf-8")


@pytest.mark.parametrize(
    ("form", "manner", "why"),
    [
        ("html", Manner(baseline=Path("report.json")), "would mislead"),
        ("junit", Manner(baseline=Path("nowhere.json")), "cannot be read"),
        ("docx", Manner(), "choose csv, cyclonedx, html"),
        ("csv", Manner(separator="|"), "--separator is one of"),
        ("html", Manner(locale="sr_Cyrl"), "the reports speak en, sq, sr"),
    ],
)
def test_wrong_wishes_say_what_there_is(run: Path, form: str, manner: Manner, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        render(run, form, None, manner)


@pytest.mark.usefixtures("quick")
def test_a_missing_extra_is_wrong_usage_and_leaves_no_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_report: object, _options: object) -> bytes:
        raise FormatUnavailable("install camcensus[pdf]")

    monkeypatch.setattr("reports.load_renderers", lambda: {"pdf": Renderer("pdf", "pdf", "application/pdf", refuse)})
    with pytest.raises(UsageError, match=r"camcensus\[pdf\]"):
        render(run, "pdf", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_pdf_is_not_written_to_a_terminal(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "reports.load_renderers", lambda: {"pdf": Renderer("pdf", "pdf", "application/pdf", lambda *_: b"")}
    )
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(UsageError, match="name a file with --out"):
        render(run, "pdf")
