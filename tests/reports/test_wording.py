"""What may be said, and when."""

from __future__ import annotations

import pytest

from reports.messages import texts
from reports.wording import (
    also_named,
    answer,
    coverage_verdict,
    device_hidden,
    device_label,
    endpoint,
    headline,
    maker_name,
)
from scanner.model import AlsoNamed, Status, replace
from tests.reports.samples import (
    DEVICES,
    axis_camera,
    clean_report,
    complete_coverage,
    dahua_recorder,
    empty_report,
    hostile,
    lorex_rebadge,
    make_report,
    printer,
    silent_host,
    suspect,
)

_ = texts("en")


def told(report):
    return answer(_, report).sentence


def test_covered_devices_are_counted_by_maker():
    assert told(make_report()) == "4 of 10 devices seen are covered by the lists applied (Dahua 2, Hikvision 2)."
    assert told(make_report((dahua_recorder(), printer()))).startswith("1 of 2 devices seen is covered")


def test_many_makers_are_summed_up_in_the_sentence():
    camera = lorex_rebadge()
    devices = tuple(
        replace(camera, id=str(n), identity=replace(camera.identity, maker=f"maker{n}")) for n in range(1_008)
    )
    sentence = told(make_report(devices))
    assert sentence.count("Maker") == 5
    assert sentence.endswith("others 1,003).")


def test_suspicion_is_not_called_covered():
    sentence = told(make_report((suspect(), printer())))
    assert sentence.startswith("1 of 2 devices seen is suspected")
    assert answer(_, make_report((suspect(),))).weight is Status.SUSPECTED


def test_none_found_is_said_only_when_all_was_seen():
    assert told(clean_report()).startswith("None found, and coverage is complete")
    assert answer(_, clean_report()).weight is None


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (make_report((axis_camera(),)), "coverage is incomplete"),
        (make_report((axis_camera(), silent_host()), complete_coverage()), "1 device could not be determined"),
        (
            make_report((axis_camera(),), replace(complete_coverage(), hidden_channels=16, hidden_behind=1)),
            "up to 16 cameras behind 1 recorder cannot be seen from here",
        ),
        (
            make_report((axis_camera(),), replace(complete_coverage(), hidden_behind=2, hidden_unknown=2)),
            "2 recorders do not say how many cameras they hide",
        ),
        (empty_report(), "no device was seen at all"),
    ],
)
def test_any_doubt_forbids_none_found(report, why):
    sentence = told(report)
    assert sentence.startswith("This run cannot say that there are none")
    assert why in sentence
    assert answer(_, report).weight is Status.UNDETERMINED


def test_without_a_list_nothing_is_judged():
    assert told(replace(clean_report(), policies=())).startswith("No list was applied")


def test_lists_that_only_inform_judge_nothing():
    report = clean_report()
    informing = tuple(replace(policy, judges=False) for policy in report.policies)
    assert told(replace(report, policies=informing)).startswith("The lists applied only inform")
    assert told(replace(report, policies=(*informing, report.policies[0]))).startswith("None found")


def test_a_maker_and_its_number_stay_on_one_line_of_a_page():
    assert "(Dahua\u00a02, Hikvision\u00a02)" in headline(_, make_report())
    assert headline(_, make_report()).replace("\u00a0", " ") == told(make_report())


def test_a_recorder_that_does_not_say_its_channels_hides_an_unknown_number():
    recorder = next(device for device in DEVICES if device.identity.kind == "recorder")
    assert device_hidden(_, recorder).startswith("Up to 32 channels")
    assert device_hidden(_, replace(recorder, channels=None)).startswith("An unknown number of channels")
    assert device_hidden(_, axis_camera()) == ""


def test_the_reports_own_sentence_stands_in_its_own_language_only():
    report = replace(clean_report(), answer="Own\x1b words.")
    assert told(report) == "Own␛ words."
    assert answer(texts("sq"), report).sentence.startswith("Nuk u gjet asnjë")


def test_coverage_gives_every_number():
    incomplete = coverage_verdict(_, make_report().coverage)
    assert "incomplete" in incomplete
    assert all(number in incomplete for number in ("957", "9 ", "942", "65", "6 could not"))
    assert coverage_verdict(_, complete_coverage()).startswith("Coverage is complete")


def test_labels_name_the_brand_and_fall_back_to_what_is_known():
    report = make_report()
    assert device_label(_, report, lorex_rebadge()) == "Lorex LNB8921B"
    assert device_label(_, report, printer()) == "HL-L5100DN"
    assert device_label(_, report, silent_host()) == "Unknown device"
    assert device_label(_, report, hostile()) == "<script>alert(1)</script>"
    long = replace(axis_camera(), identity=replace(axis_camera().identity, model="m" * 500))
    assert len(device_label(_, report, long)) == 80


def test_a_maker_without_a_name_keeps_its_id():
    assert maker_name(make_report(), "axis") == "Axis Communications"
    assert maker_name(make_report(), "uniview") == "Uniview"
    assert maker_name(make_report(), None) == ""


def test_endpoints_read_as_people_write_them():
    assert endpoint("10.0.0.1", 80) == "10.0.0.1:80"
    assert endpoint("fe80::1", 80) == "[fe80::1]:80"
    assert (endpoint("fe80::1", None), endpoint(None, None), endpoint(None, 9)) == ("fe80::1", "", ":9")


def test_further_names_are_written_out_and_many_are_counted():
    finding = replace(DEVICES[0].findings[0], also=tuple(AlsoNamed(f"N{n}", "2023-03-28", "r") for n in range(8)))
    assert also_named(_, replace(finding, also=())) == ""
    assert also_named(_, replace(finding, also=finding.also[:1])) == "The list also names: N0 (2023-03-28)"
    assert also_named(_, finding).endswith("N5 (2023-03-28); and 2 more")
