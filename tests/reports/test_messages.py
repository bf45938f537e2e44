"""Sentences, numbers and dates of a language."""

from __future__ import annotations

from datetime import date
from gettext import NullTranslations
from typing import ClassVar

import pytest
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from reports.messages import MANNERS, Texts, texts, timestamp
from scanner.sentence import say, say_count


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


CLDR = {"sq": "sq", "sr": "sr_Latn"}


@pytest.mark.parametrize("language", sorted(CLDR))
def test_numbers_and_days_are_written_as_cldr_has_them(language):
    _ = texts(language)
    assert _.number(1_234_567) == format_decimal(1_234_567, locale=CLDR[language])
    assert _.decimal(0.5, 1) == format_decimal(0.5, locale=CLDR[language])
    day = date(2018, 8, 3)
    assert _.day("2018-08-03").replace("\u00a0", " ") == format_skeleton("yMd", day, locale=CLDR[language])


def test_english_days_are_iso_and_what_is_no_day_stays():
    assert texts("en").day("2018-08-03") == "2018-08-03"
    assert [texts("sr").day(text) for text in ("", "2018", "2018-08", "since 2018-08-03")] == [
        "", "2018", "2018-08", "since 2018-08-03",
    ]  # fmt: skip


def test_times_are_utc_and_unknown_is_not_1970():
    assert texts("en").moment(1_795_428_300.0) == "2026-11-23 10:05 UTC"
    assert texts("sq").moment(1_795_428_300.0) == "23.11.2026, 10:05 UTC"
    assert texts("sr").moment(1_795_428_300.0) == "23.\u00a011.\u00a02026. 10:05 UTC"
    assert timestamp(1_795_428_300.25) == "2026-11-23T10:05:00.250Z"
    assert texts("en").moment(None) == texts("sq").moment(0.0) == "—"
    assert timestamp(0.0) is None


def test_every_language_says_which_it_is():
    assert [texts(name).manner.tag for name in ("en", "sq", "sr", "sr_Latn", "xx")] == [
        "en", "sq", "sr-Latn", "sr-Latn", "en",
    ]  # fmt: skip
    assert set(MANNERS) == {"en", "sq", "sr"}


class Loud(NullTranslations):
    """A language that knows a few messages, and shouts."""

    KNOWN: ClassVar = {
        "{maker}, which is {tie} since {day}": "{day}: {tie} {maker}!",
        "a brand": "BRAND",
        "Camera": "CAM",
    }

    def gettext(self, message):
        return self.KNOWN.get(message, message)

    def ngettext(self, one, many, number):
        return f"{{n}} x {one if number == 1 else many}"


def test_a_sentence_is_told_by_its_template_and_its_sentences_with_it():
    loud = Texts("sq", Loud())
    told = say("{maker}, which is {tie} since {day}", maker="a brand", tie=say("a brand"), day=date(2018, 8, 3))
    assert loud.tell(told) == "3.8.2018: BRAND a brand!", "a plain value is somebody's name and is not translated"
    assert texts("en").tell(told) == told == "a brand, which is a brand since 2018-08-03"
    assert loud.tell(say_count("{n} day", "{n} days", 12_000)) == "12\u00a0000 x 12\u00a0000 days"


def test_a_plain_text_is_told_as_far_as_it_is_known_and_never_filled_in():
    loud = Texts("sq", Loud())
    assert loud.tell("Camera") == "CAM"
    assert loud.tell("a text of {nobody} {0}") == "a text of {nobody} {0}"
    assert loud.tell(say("a set {a, b} of a list")) == "a set {a, b} of a list"
