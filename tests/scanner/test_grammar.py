"""Pins how model names are folded, found in prose, and read; and that a clash names nobody."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.grammar import Ability, Firmness, Form, FormError, Grammar, compile_form, fold_name, fold_text
from scanner.grammar_file import load_grammar
from scanner.makers import Brand, BrandMaker, Confidence, Maker, Makers, Relation
from scanner.makers_file import load_makers

GRAMMAR = load_grammar(load_makers())


@pytest.mark.parametrize(
    ("text", "brand", "maker", "kind", "ip_device", "channels", "rule"),
    [
        ("DS-2CD2143G2-I", None, "hikvision", "camera", True, None, "hik-ip-camera"),
        ("Hikvision DS-7732NI-I4/16P(B)", None, "hikvision", "recorder", True, 32, "hik-nvr"),
        ("DS-96128NI-I24", None, "hikvision", "recorder", True, 128, "hik-nvr"),
        ("iDS-7208HQHI-M1/S", None, "hikvision", "recorder", True, 8, "hik-dvr"),
        ("DS-2CE16D0T-IRF", None, "hikvision", "camera", False, None, "hik-analog-camera"),
        ("dahua DH-HAC-HFW1200RP-0280B", None, "dahua", "camera", False, None, "dahua-analog-camera"),
        ("DH-XVR5108HS-I3", None, "dahua", "recorder", True, 8, "dahua-hybrid-recorder"),
        ("NVR608-32-4KS2", None, "dahua", "recorder", True, 32, "dahua-recorder"),
        ("DVR0404LE-A", "dahua", "dahua", "recorder", True, 4, "dahua-old-dvr"),
        ("NVR301-04S3-P4", None, "uniview", "recorder", True, 4, "uniview-recorder"),
        ("NVR-108H-D", None, "hikvision", "recorder", True, 8, "hilook-recorder"),
        ("CP-UVR-0801E1-CS", None, "dahua", "recorder", True, 8, "cp-plus-hybrid-recorder"),
        ("VIGI NVR1008H", None, "tp-link", "recorder", True, 8, "tp-link-vigi-recorder"),
        ("VIP 3230 B", "Intelbras", "dahua", "camera", True, None, "intelbras"),
        ("DS-KV8113-WME1(B)", None, "hikvision", "door-station", True, None, "hik-door-station"),
        ("DS-KH6320-WTE1", None, "hikvision", "intercom", True, None, "hik-intercom"),
        ("DS-TCG406-E", None, "hikvision", "camera", True, None, "hik-traffic-camera"),
        ("DS-N204P", None, "hikvision", "recorder", True, 4, "hiwatch-ru-recorder"),
        ("DS-T203S", None, "hikvision", "camera", False, None, "hiwatch-ru-analog-camera"),
        ("DHI-VTO2211G-P", None, "dahua", "door-station", True, None, "dahua-door-station"),
        ("VTH5221D", None, "dahua", "intercom", True, None, "dahua-intercom"),
        ("SS 3530 MF FACE W", "intelbras", "dahua", "access-control", True, None, "intelbras-access-control"),
        ("BCS-L-NVR0801-4KE", "bcs", "dahua", "recorder", True, 8, "bcs-recorder"),
        ("HEN16104", "honeywell", "dahua", "recorder", True, 16, "honeywell-performance-recorder"),
        ("N841A81", "lorex", "dahua", "recorder", True, None, "lorex-recorder"),
        ("XVR301-04G3", None, "uniview", "recorder", True, 4, "uniview-hybrid-recorder"),
        ("DS-1272ZJ-110", None, "hikvision", "accessory", False, None, "hik-mount"),
    ],
)
def test_a_name_is_read(
    text: str, brand: str | None, maker: str, kind: str, ip_device: bool, channels: int | None, rule: str
) -> None:
    reading = GRAMMAR.classify_model(text, brand)
    assert reading is not None
    found = (reading.maker, reading.kind, reading.ip_device, reading.channels, reading.rule)
    assert found == (maker, kind, ip_device, channels, rule)


@pytest.mark.parametrize(
    "text",
    ["P3245-LVE", "XNV-6080R", "RLC-810A", "WD40PURX", "", " ", "RG59 305m", "12V 2A", "M2140-10-EI", "IPC-T22AP"],
)
def test_other_names_and_weak_forms_without_a_brand_are_not_read(text: str) -> None:
    assert GRAMMAR.classify_model(text) is None


def test_a_weak_form_counts_only_with_a_brand_of_that_maker() -> None:
    reading = GRAMMAR.classify_model("IPC-T22AP", "Imou")
    assert reading is not None
    assert (reading.maker, reading.brand, reading.strength) == ("dahua", "imou", Firmness.WEAK)
    assert GRAMMAR.classify_model("IPC-T22AP", "Uniview") is None
    assert GRAMMAR.classify_model("IPC-T22AP", "never heard of") is None


def test_a_strong_form_is_read_whatever_the_brand_says() -> None:
    reading = GRAMMAR.classify_model("DS-2CD2143G2-I", "Axis")
    assert reading is not None
    assert reading.maker == "hikvision"


@pytest.mark.parametrize(
    ("text", "ability"),
    [
        ("iDS-2CD7A46G0/P-IZHS", Ability.PLATES),
        ("iDS-2CD7A46G0-IZHS", Ability.FACES),
        ("DS-TCG406-E", Ability.PLATES),
        ("DH-IPC-HFW7442H-Z-MF", Ability.FACES),
        ("OET-213H", Ability.FACES),
        ("DS-2CD2143G2-I", None),
        ("DS-K1T671TM", Ability.FACES),
        ("iDS-TCM403-GI", Ability.PLATES),
        ("ITC215-PW6M-IRLZF", Ability.PLATES),
        ("DHI-NVR5216-EI", Ability.FACES),
        ("NVR5216-4KS2", None),
        ("XVR5108HS-I3", Ability.FACES),
        ("XVR5108HS-4KL", None),
    ],
)
def test_what_a_model_line_may_be_able_to_do(text: str, ability: Ability | None) -> None:
    reading = GRAMMAR.classify_model(text)
    assert reading is not None
    assert reading.capability is ability


@pytest.mark.parametrize(
    ("text", "name", "maker"),
    [
        ("Bullet kamera Dahua 2MP (DH-IPC-HFW1230S-S5), 2.8mm", "DH-IPC-HFW1230S-S5", "dahua"),
        ("Recorder, 16 kanalesh NVR5216-4KS2 me HDD 4TB", "NVR5216-4KS2", "dahua"),
        ("Камера тип DS-2CE16D0T-IRF, 196 ком.", "DS-2CE16D0T-IRF", "hikvision"),
        ("either NVR5216-4KS2 or DS-7608NI-K2", "DS-7608NI-K2", "hikvision"),
    ],
)
def test_a_name_is_found_in_prose_the_firmest_first(text: str, name: str, maker: str) -> None:
    reading = GRAMMAR.find_model(text)
    assert reading is not None
    assert (reading.name, reading.maker) == (name, maker)


@pytest.mark.parametrize("text", ["Power supply 12V 2A", "Kabllo RG59 9000 m", "Axis P3245-LVE dome", "", "камера"])
def test_prose_without_a_known_name_gives_nothing(text: str) -> None:
    assert GRAMMAR.find_model(text) is None


def test_letters_of_another_keyboard_are_folded_inside_a_name_only() -> None:
    assert fold_name("НАС-НFW1200R") == "HAC-HFW1200R"
    assert fold_name(" “DH–IPC—HFW1230S” ") == "DH-IPC-HFW1230S"
    assert fold_text("Камера ＤＳ-2CD") == "Камера DS-2CD"


def test_a_clash_of_makers_names_nobody_unless_the_brand_decides() -> None:
    makers = Makers(
        [Maker("a", "A", "x"), Maker("b", "B", "x")],
        [Brand("bee", "Bee", Relation.OWN, (BrandMaker("b", Confidence.HIGH),))],
    )
    both = [
        Form(f"f-{maker}", maker, "ip-camera", "camera", Firmness.STRONG, Confidence.HIGH, r"^XX-\d", ("XX-1",), "r")
        for maker in ("a", "b")
    ]
    grammar = Grammar(both, makers)
    torn = grammar.classify_model("XX-1")
    assert torn is not None
    assert (torn.maker, torn.clash) == (None, ("a", "b"))
    settled = grammar.classify_model("XX-1", "Bee")
    assert settled is not None
    assert (settled.maker, settled.clash) == ("b", ())


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "a*", "("])
def test_patterns_that_re2_lacks_or_that_fit_everything_are_refused(pattern: str) -> None:
    with pytest.raises(FormError):
        compile_form(pattern)


def test_hostile_text_is_quick() -> None:
    began = time.perf_counter()
    GRAMMAR.find_model("DS-" * 100_000)
    GRAMMAR.find_model("A1 " * 100_000)
    assert time.perf_counter() - began < 2.0


@given(st.text(max_size=300), st.one_of(st.none(), st.sampled_from(["dahua", "imou", "x", ""])))
def test_any_text_is_read_or_not_and_nothing_else(text: str, brand: str | None) -> None:
    for reading in (GRAMMAR.classify_model(text, brand), GRAMMAR.find_model(text, brand)):
        assert reading is None or reading.rule
