"""Sentences, numbers and dates of a language."""

from __future__ import annotations

import pytest

from reports.messages import moment, texts, timestamp


def test_english_stands_where_no_catalogue_is_found():
    _ = texts("xx")
    assert _("{n} devices", n=3) == "3 devices"
    assert _("") == ""


def test_a_value_with_braces_is_not_read_as_a_placeholder():
    assert texts("en")("{name}", name="{0.__class__}") == "{0.__class__}"


def test_plural_picks_the_form_and_groups_the_number():
    _ = texts("en")
    assert _.plural("{n} device", "{n} devices", 1) == "1 device"
    assert _.plural("{n} device", "{n} devices", 50_000) == "50,000 devices"


@pytest.mark.parametrize(("locale", "shown"), [("en", "50,000"), ("sq", "50\u00a0000"), ("sr_Latn", "50.000")])
def test_numbers_are_grouped_by_language(locale, shown):
    assert texts(locale).number(50_000) == shown


def test_times_are_utc_and_unknown_is_not_1970():
    assert moment(1_795_428_300.0) == "2026-11-23 10:05 UTC"
    assert timestamp(1_795_428_300.25) == "2026-11-23T10:05:00.250Z"
    assert moment(None) == moment(0.0) == "—"
    assert timestamp(0.0) is None
