"""One scan of every hostile device at once, beside honest ones: it ends, stays small, finds the honest, accuses nobody.

The scan runs once; each test looks at what it left.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from probes import load_plugins
from reports import RenderOptions, load_renderers
from scanner.census import compile_report
from scanner.fingerprint_files import load_library
from scanner.makers_file import load_makers
from scanner.model import Report
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.record import read_record
from simulator.estate import Estate, load_estate
from simulator.hostile import CASES, Case, Shown
from simulator.hostile.site import (
    FIRST_HONEST,
    HONEST,
    SCOPE,
    TRIPWIRE,
    address_of,
    make_site,
    write_estate,
    write_page,
)
from simulator.lab import Counts, Lab
from simulator.persona import load_persona
from tests import wiretap

ROOT = Path(__file__).resolve().parents[2]

SECONDS = 120
"""The whole scan, judged and rendered; 45 are usual beside its simulators on two cores."""

MEMORY = 300
"""Megabytes of the scanner and its raw-socket program together, at their peaks."""


@dataclass(frozen=True)
class Outcome:
    """What the scan left."""

    folder: Path
    code: int
    seconds: float
    megabytes: float
    said: str
    complained: str
    report: dict[str, Any]
    counts: Counts
    wire: wiretap.Tap

    def at(self, address: str) -> list[dict[str, Any]]:
        return [device for device in self.report["devices"] if address in device["addresses"]["ipv4"]]


class Peak(threading.Thread):
    """Watches the resident memory of a process and its children; the sum of each one's highest."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.highest: dict[int, float] = {}

    def run(self) -> None:
        while (own := _high_water(self.pid)) is not None:
            self.highest[self.pid] = max(own, self.highest.get(self.pid, 0.0))
            for child in _children(self.pid):
                self.highest[child] = max(_high_water(child) or 0.0, self.highest.get(child, 0.0))
            time.sleep(0.05)


def _high_water(pid: int) -> float | None:
    """Megabytes; None once the process is gone or a zombie."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("hostile") / "run"
    with Lab(Estate.model_validate(make_site())) as lab:
        with lab.enter():
            raw = wiretap.open_tap()
        words = [sys.executable, "-m", "scanner", "scan", SCOPE, "--out", str(folder), "--interface", lab.interfaces[0]]
        command, descriptors = lab.command([*words, "--authorised-by", "a test"])
        begun = time.monotonic()
        with wiretap.tap(raw) as wire:
            process = subprocess.Popen(
                command, pass_fds=descriptors, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
            )
            peak = Peak(process.pid)
            peak.start()
            try:
                said, complained = process.communicate(timeout=2 * SECONDS)
            finally:
                process.kill()
                process.wait()
        seconds = time.monotonic() - begun
        peak.join()
        report = json.loads((folder / "report.json").read_text())
        megabytes = sum(peak.highest.values())
        yield Outcome(folder, process.returncode, seconds, megabytes, said, complained, report, lab.counts(), wire)


pytestmark = [pytest.mark.lab, pytest.mark.slow]
PROBES = {probe.name: probe for probe in load_plugins()[1]}
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def test_the_scan_ends_in_bounded_time_and_memory(outcome: Outcome) -> None:
    print(f"{len(CASES)} hostile devices: {outcome.seconds:.0f} s, {outcome.megabytes:.0f} MB")
    assert outcome.code == 10, outcome.complained[-2_000:]
    assert outcome.seconds < SECONDS
    assert outcome.megabytes < MEMORY
    assert "Traceback" not in outcome.complained


@pytest.mark.parametrize("name", HONEST)
def test_every_honest_device_is_found_with_its_maker_and_status(outcome: Outcome, name: str) -> None:
    truth = load_persona(name).truth
    (device,) = outcome.at(f"10.66.0.{FIRST_HONEST + HONEST.index(name)}")
    assert (device["maker"], device["standing"]) == (truth.maker, "identified")
    assert device["status"] == ("covered" if truth.listed else "not_covered")


@every_case
def test_a_hostile_device_is_reported_as_what_it_is(outcome: Outcome, case: Case) -> None:
    found = outcome.at(address_of(case))
    assert found, "it is not in the report at all"
    statuses = {device["status"] for device in found}
    if case.shown is Shown.NOBODY:
        assert statuses <= {"undetermined", "not_covered"}
        assert {device["maker"] for device in found} == {None}
    elif case.shown is Shown.SUSPECTED:
        assert "covered" not in statuses
        assert {device["standing"] for device in found}.isdisjoint({"identified"})
    else:
        assert case.why


@every_case
def test_no_fault_of_ours_comes_of_it(outcome: Outcome, case: Case) -> None:
    broken = [a for device in outcome.at(address_of(case)) for a in device["attempts"] if a["outcome"] == "broken"]
    assert broken == []


def test_no_sweep_broke(outcome: Outcome) -> None:
    assert [sweep for sweep in outcome.report["coverage"]["sweeps"] if sweep["outcome"] == "broken"] == []


@every_case
def test_a_hostile_device_costs_no_more_than_an_honest_one(outcome: Outcome, case: Case) -> None:
    """No login, one connection at a time, and no more requests than docs/safety.md says, whatever it answers."""
    ledger = outcome.counts.devices[address_of(case)]
    assert ledger.logins == []
    held = [one for one in wiretap.connections(outcome.wire.to(address_of(case))) if one.established]
    assert wiretap.most_at_once(held) <= 1
    assert len(held) <= 12 * 2 + 7 * 8 + 12


def test_the_tripwire_outside_the_scope_hears_nothing(outcome: Outcome) -> None:
    assert outcome.wire.lost == 0
    assert outcome.wire.to(TRIPWIRE) == []
    assert not outcome.counts.devices[TRIPWIRE].connections


def test_a_flood_of_a_hundred_thousand_devices_is_one_entry_and_no_accusation(outcome: Outcome) -> None:
    flood = next(case for case in CASES if case.id == "flood-strangers")
    assert outcome.counts.devices[address_of(flood)].frames >= 100_000
    strangers = [device for device in outcome.report["devices"] if device["off_scope"]]
    forged = [device for device in strangers if any(a.startswith("172.16.") for a in device["addresses"]["ipv4"])]
    assert len(forged) == 1
    assert forged[0]["status"] == "suspected"
    assert "may be forged" in json.dumps(forged[0])
    assert len(outcome.report["devices"]) < 400


# --- what the reports do in the reader's hands ---------------------------------------------------------------------


class Page(HTMLParser):
    """Every element that a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.actions: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(dict(attrs))
        self.actions += [(tag, name, value) for name, value in attrs if name.startswith("on")]
        self.actions += [(tag, n, v) for n, v in attrs if n in ("src", "href", "action", "data") and v and ":" in v]


def test_the_page_holds_no_mark_up_of_a_device(outcome: Outcome) -> None:
    text = (outcome.folder / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert "<script>alert(" not in text
    assert "<img src=x" not in text
    assert [action for action in page.actions if action[1].startswith("on")] == []
    assert {value.partition(":")[0] for _, _, value in page.actions if value} <= {"data", "https", "http", "#"}
    assert not [value for _, _, value in page.actions if value and "10.66." in value]
    assert "Content-Security-Policy" in text


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)?", cell) is not None


CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")
"""Terminal controls, and characters that hide or turn text round."""


@pytest.mark.parametrize("name", ["report.html", "report.csv"])
def test_no_control_character_reaches_a_reader(outcome: Outcome, name: str) -> None:
    text = (outcome.folder / name).read_text("utf-8-sig").replace("\r\n", "\n")
    assert sorted({repr(found) for found in CONTROLS.findall(text)}) == []


def test_no_control_sequence_reaches_the_terminal(outcome: Outcome) -> None:
    assert CONTROLS.findall(outcome.said) == []
    assert "\x1b" not in outcome.complained


@pytest.fixture(scope="module")
def judged(outcome: Outcome) -> Report:
    makers = load_makers()
    policies = load_policies((DEFAULT_POLICY,), makers)
    return compile_report(read_record(outcome.folder / "record.jsonl"), load_library(), makers, policies)


RENDERERS = {name: one for name, one in load_renderers().items() if one.is_text}


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_every_text_format_holds_no_control_character(judged: Report, name: str) -> None:
    """JSON writes them as escapes, which are no control characters until a program asks for them."""
    made = RENDERERS[name].render(judged, RenderOptions())
    text = (made if isinstance(made, str) else made.decode("utf-8-sig")).replace("\r\n", "\n")
    assert "hikvision" in text.lower()
    assert sorted({repr(found) for found in CONTROLS.findall(text.removeprefix("\ufeff"))}) == []


@pytest.mark.parametrize("name", ["json", "sarif", "cyclonedx"])
def test_what_is_json_can_be_read_back(judged: Report, name: str) -> None:
    assert json.loads(RENDERERS[name].render(judged, RenderOptions()))


def test_what_is_xml_can_be_read_back(judged: Report) -> None:
    assert fromstring(RENDERERS["junit"].render(judged, RenderOptions())).tag in ("testsuites", "testsuite")


@pytest.mark.parametrize("name", ["csv", "netbox"])
def test_no_table_of_any_kind_holds_a_formula(judged: Report, name: str) -> None:
    made = RENDERERS[name].render(judged, RenderOptions())
    text = made if isinstance(made, str) else made.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert [cell for cell in cells if cell[:1] in FORMULA and not _is_number(cell)] == []


def test_the_pdf_asks_for_nothing_and_does_nothing(judged: Report) -> None:
    made = load_renderers()["pdf"].render(judged, RenderOptions())
    assert isinstance(made, bytes)
    parts = [made]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        with suppress(zlib.error):  # fonts and pictures
            parts.append(zlib.decompress(found[1]))
    assert made.startswith(b"%PDF")
    actions = (b"/JavaScript", b"/Launch", b"/SubmitForm", b"/URI", b"/EmbeddedFile")
    assert [action for action in actions if any(action in part for part in parts)] == []


CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


FOREIGN = "[...document.querySelectorAll('img, iframe, object, embed')].map(one => one.outerHTML.slice(0, 99))"
"""Elements that the report has none of: whoever finds one has found a device's."""


@pytest.mark.browser
def test_no_script_of_a_device_runs_in_a_browser(outcome: Outcome) -> None:
    """Every card is opened; nothing speaks up, nothing is asked for, no element of a device's making is there."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's chromium to run these tests")
    said: list[str] = []
    asked: list[str] = []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        page = browser.new_page()
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((outcome.folder / "report.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(card => { card.open = true })")
        foreign = page.evaluate(FOREIGN)
        shown = page.inner_text("body")
        browser.close()
    assert said == []
    assert foreign == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert "<script>alert(1)</script>" in shown, "what it wrote is shown as text"


@every_case
def test_no_probe_costs_a_hostile_device_more_than_it_declares(outcome: Outcome, case: Case) -> None:
    for device in outcome.at(address_of(case)):
        for attempt in device["attempts"]:
            if (probe := PROBES.get(attempt["by"])) is not None:
                assert attempt["connections"] <= probe.touch.connections, attempt
                assert attempt["requests"] <= probe.touch.requests, attempt


# --- the page and the estate are the devices ----------------------------------------------------------------------


def test_there_are_at_least_sixty_and_each_is_named_once() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)


def test_the_page_is_what_the_devices_are() -> None:
    assert (ROOT / "docs" / "hostile.md").read_text("utf-8") == write_page(), "run python -m simulator.hostile"


def test_the_estate_is_what_the_devices_are() -> None:
    assert (ROOT / "simulator" / "estates" / "hostile.yaml").read_text("utf-8") == write_estate()
    assert {one.persona for one in load_estate("hostile").segments[0].devices} >= {f"hostile/{c.id}" for c in CASES}
