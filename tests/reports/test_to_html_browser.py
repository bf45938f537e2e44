"""The HTML report in a real browser: it sorts, filters, opens cards, prints, and asks nobody for anything."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reports import RenderOptions
from reports.to_html import render
from scanner.model import CLOSED_NETWORK, Note, Report, replace
from tests.reports.parts import ESCAPES, NDAA, SCRIPT
from tests.reports.samples import COVERAGE, crowd, make_report

playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
expect = playwright.expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
A4_HEIGHT = 1020  # CSS pixels between the margins of the print style: 297 mm - 27 mm at 96 per inch
A4_WIDTH = 695

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's chromium to run these tests")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        yield opened
        opened.close()


@dataclass
class Opened:
    """A page with everything it complained of and everything it asked for."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def show(browser, tmp_path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def show_report(
        report: Report | None = None, fragment: str = "", static_cards: int = 2_000, locale: str = "en", **settings
    ) -> Opened:
        file = tmp_path / "report.html"
        options = RenderOptions(static_cards=static_cards, locale=locale)
        file.write_text(render(report or make_report(), options), "utf-8")
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog {dialog.message}"))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.goto(file.as_uri() + fragment)
        return opened

    yield show_report
    for context in contexts:
        context.close()


def addresses(page) -> list[str]:
    return page.locator(".line .c-address > span:first-child").all_inner_texts()


def result(page):
    return page.locator("#result")


def test_it_opens_without_a_complaint_and_asks_for_nothing_but_itself(show):
    opened = show()
    expect(result(opened.page)).to_have_text("Shown: 10 of 10 devices")
    assert opened.complaints == []
    assert [url.split("/")[-1] for url in opened.requests if not url.startswith("data:")] == ["report.html"]


def test_the_gravest_stand_first_and_a_heading_sorts_both_ways(show):
    page = show().page
    assert addresses(page)[:4] == ["10.20.0.64", "10.20.1.77", "10.20.1.108", "192.168.1.64"]
    heading = page.locator("[data-sort=place]")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert addresses(page)[:3] == ["10.20.0.9", "10.20.0.21", "10.20.0.64"]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert addresses(page)[0] == "192.168.1.64"


def test_what_is_not_known_sorts_last_in_both_directions(show):
    page = show().page
    for _direction in ("ascending", "descending"):
        page.locator("[data-sort=maker] button").click()
        assert page.locator(".c-maker").all_inner_texts()[-4:] == ["—"] * 4


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hikvision", 3),
        ("HIKVISION 192.168", 1),
        ("44:19:b6:00:12:34", 1),
        ("kryesore", 1),
        ("fe80::4619", 1),
        ("us-fcc", 3),
        ("<script>", 1),
        ("nobody", 0),
    ],
)
def test_search_finds_by_every_text_of_a_device(show, typed, found):
    page = show().page
    page.get_by_label("Search").fill(typed)
    expect(result(page)).to_have_text(f"Shown: {found} of 10 devices")


def test_filters_narrow_together_and_clear_at_once(show):
    page = show().page
    page.locator("#statuses label", has_text="Covered").first.click()
    expect(result(page)).to_have_text("Shown: 4 of 10 devices")
    page.locator("#maker").select_option("Dahua")
    expect(result(page)).to_have_text("Shown: 2 of 10 devices")
    page.locator("#kind").select_option("Recorder")
    expect(result(page)).to_have_text("Shown: 1 of 10 devices")
    page.locator("#flag").select_option("Outside the scope")
    expect(page.locator(".empty")).to_contain_text("says nothing of what was not seen")
    page.get_by_role("button", name="Clear").click()
    expect(result(page)).to_have_text("Shown: 10 of 10 devices")
    page.locator("#list").select_option("us-fcc-covered")
    expect(result(page)).to_have_text("Shown: 3 of 10 devices")


def test_a_number_of_the_first_page_shows_its_devices(show):
    page = show().page
    page.locator("a[data-status=undetermined]").click()
    expect(result(page)).to_have_text("Shown: 2 of 10 devices")
    page.locator("a[data-flag='2']").click()
    expect(result(page)).to_have_text("Shown: 1 of 10 devices")


def test_a_card_opens_by_mouse_and_by_keyboard_and_closes_again(show):
    page = show().page
    button = page.locator(".open").first
    button.click()
    expect(page.locator(".detail .evidence")).to_contain_text("DS-2CD2143G0-I20190300AAWRD00000000")
    button.press("Enter")
    expect(page.locator(".detail")).to_have_count(0)
    page.locator(".open").nth(1).press("Space")
    expect(page.locator(".detail")).to_contain_text("Lorex")
    assert page.locator(".open").nth(1).get_attribute("aria-expanded") == "true"


def test_a_link_to_a_device_opens_it(show):
    page = show(crowd(130), "#device-mac-02-00-00-00-00-4c").page
    expect(page.locator(".line:has([aria-expanded=true]) .c-address")).to_contain_text("10.0.0.76")


def test_a_recorder_of_the_first_page_opens_as_often_as_it_is_clicked(show):
    opened = show()
    link = opened.page.locator(".first .recorders a").first
    for _ in range(2):
        link.click()
        expect(opened.page.locator(link.get_attribute("href"))).to_be_visible()
        opened.page.locator("#search").fill("nothing that is there")
        expect(opened.page.locator(".line")).to_have_count(0)
    assert opened.complaints == []


def test_a_hostile_device_is_text_in_the_table_and_in_its_card(show):
    opened = show()
    opened.page.get_by_label("Search").fill("10.20.2.66")
    opened.page.get_by_role("button", name=re.compile("alert")).click()
    card = opened.page.locator(".detail")
    expect(card).to_contain_text(SCRIPT)
    expect(card).to_contain_text("␛[31mred␛]0;title␇⟨U+009B⟩2J⟨U+202E⟩evil")
    assert not set(card.inner_text()) & set(ESCAPES) - set("\r\n") - set("[31mred]0;title2Jevil</script><!--")
    assert opened.page.locator("body script:not([type])").count() == 1
    assert opened.complaints == []


def test_only_one_page_of_rows_is_in_the_document(show):
    page = show(crowd(130)).page
    expect(page.locator("#page")).to_have_text("1 to 50 of 130")
    assert page.locator(".line").count() == 50
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#page")).to_have_text("101 to 130 of 130")
    assert page.locator("#next").is_disabled()
    page.locator("#size").select_option("250")
    assert page.locator(".line").count() == 130


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_and_follows_the_scheme(show, width, scheme):
    page = show(viewport={"width": width, "height": 844}, color_scheme=scheme).page
    page.locator(".open").first.click()
    page.locator("#coverage > summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(int(n) for n in re.findall(r"\d+", ground)[:3]) > 380) is (scheme == "light")


def test_text_stands_out_from_its_ground_in_both_schemes(show):
    for scheme in ("light", "dark"):
        page = show(color_scheme=scheme).page
        page.locator(".open").first.click()
        for place in (".status.is-covered", ".status.is-suspected", ".tile .meaning", ".detail dt", ".verdict", ".mac"):
            assert contrast(page, place) >= 4.5, (scheme, place)


def contrast(page, selector: str) -> float:
    """The WCAG contrast of the first such element with the nearest painted ground behind it."""
    colours = page.locator(selector).first.evaluate(
        """element => {
            let behind = element;
            while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
            return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
        }"""
    )
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_script_and_template_lay_out_the_same_card(show):
    plain = show(java_script_enabled=False).page
    written = [squeeze(text) for text in plain.locator("article").all_text_contents()]
    live = show().page
    live.evaluate("dispatchEvent(new Event('beforeprint'))")
    drawn = [squeeze(text) for text in live.locator("#printed article").all_text_contents()]
    assert len(written) == 10
    assert drawn == written


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_without_script_the_page_says_so_and_shows_every_device(show):
    page = show(java_script_enabled=False).page
    expect(page.locator("noscript > .note")).to_have_count(1)
    assert page.locator("article").count() == 10
    assert page.locator("#explorer").is_hidden()


def test_printing_writes_out_what_fits_the_filters_and_says_so(show):
    page = show().page
    page.get_by_label("Search").fill("dahua")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#printed article").count() == 2
    expect(page.locator("#printed .note").first).to_have_text(
        "Printed: 2 of 2 devices that fit the filters, of 10 in the report. Filters: “dahua”."
    )
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#printed article").count() == 0
    assert page.locator("details.chapter[open]").count() == 0


def fullest() -> Report:
    """As much as the first page can ever show."""
    gap = "The second segment was not swept by ARP, so hosts there that answer nothing else are missing from this. "
    lists = tuple(replace(NDAA, id=f"list-{n}", title=f"{NDAA.title}, as amended, list number {n}") for n in range(20))
    camera = crowd(1).devices[0]
    devices = tuple(
        replace(camera, id=str(n), identity=replace(camera.identity, maker=f"a maker with a long name {n}"))
        for n in range(30)
    )
    hiding = tuple(
        replace(one, channels=64, analogue=16, identity=replace(one.identity, kind="recorder", model="NVR" * 40))
        for one in devices[:9]
    )
    told = "12 devices name a gateway (192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4 and 192.0.2.5); it was not tried. "
    coverage = replace(
        COVERAGE,
        gaps=(gap * 2,) * 20,
        sealed=False,
        notes=(Note(CLOSED_NETWORK, told * 2),) * 9,
        hidden_behind=9,
        hidden_unknown=4,
    )
    return make_report(hiding + devices[9:], coverage, policies=lists, as_of="2026-11-20")


@pytest.mark.parametrize("locale", ["en", "sq", "sr"])
@pytest.mark.parametrize("report", [make_report(), fullest()])
def test_the_first_page_is_one_page_on_paper(show, report, locale):
    page = show(report, locale=locale, viewport={"width": A4_WIDTH, "height": A4_HEIGHT}).page
    page.emulate_media(media="print")
    box = page.locator(".first").bounding_box()
    assert box["height"] <= A4_HEIGHT
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH


def test_it_really_prints(show):
    pdf = show().page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 5


@pytest.mark.slow
def test_fifty_thousand_devices_open_and_filter_quickly(show):
    begun = time.monotonic()
    opened = show(crowd(50_000))
    expect(result(opened.page)).to_have_text("Shown: 50,000 of 50,000 devices")
    ready = time.monotonic() - begun
    spent = opened.page.evaluate(
        """() => {
            const search = document.getElementById("search");
            search.value = "hikvision";
            const begun = performance.now();
            search.dispatchEvent(new Event("input", { bubbles: true }));
            return performance.now() - begun;
        }"""
    )
    expect(result(opened.page)).to_have_text("Shown: 5,000 of 50,000 devices")
    assert opened.page.locator(".line").count() == 50
    assert spent < 400, f"filtering took {spent:.0f} ms"
    assert ready < 60, f"rendering and opening took {ready:.0f} s"
