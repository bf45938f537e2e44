"""The one door through which every sentence of a report passes; never builds a sentence from pieces.

English is the source. A translation is a gettext catalogue `reports/locale/<language>/LC_MESSAGES/camcensus.mo`; where
none is found, or a message is not in it, the English stands. Placeholders are named and keep their names in every
language. `tools/catalogues.py` collects the messages and compiles the catalogues.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from scanner.sentence import Sentence, Value

DOMAIN: Final = "camcensus"
CATALOGUES: Final = Path(__file__).parent / "locale"

SOURCE: Final = "en"
"""The language of the messages in the code, and of every format that programs read."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one language writes numbers and days (CLDR; a test holds these against it). `tag` is its BCP 47 tag."""

    tag: str
    group: str
    point: str
    day: str
    moment: str


_NBSP: Final = "\u00a0"

MANNERS: Final = {
    SOURCE: Manner("en", ",", ".", "{y:04}-{m:02}-{d:02}", "{day} {time} UTC"),
    "sq": Manner("sq", _NBSP, ",", "{d}.{m}.{y}", "{day}, {time} UTC"),
    "sr": Manner("sr-Latn", ".", ",", f"{{d}}.{_NBSP}{{m}}.{_NBSP}{{y}}.", "{day} {time} UTC"),
}
"""The languages of the reports. English days are written as ISO 8601 has them, which no country reads the other way."""

_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Texts:
    """The messages, numbers and dates of one language. Called like gettext: `_("{n} devices", n=…)`."""

    locale: str
    catalogue: gettext.NullTranslations

    @property
    def manner(self) -> Manner:
        """How numbers and days are written; as in English where the language is not one of ours."""
        return MANNERS.get(re.split("[-_]", self.locale)[0], MANNERS[SOURCE])

    def __call__(self, message: str, /, **values: object) -> str:
        if not message:
            return ""  # gettext answers an empty message with the catalogue's own header
        found = self.catalogue.gettext(message)
        return found.format(**values) if values else found

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """As a call, with the form that fits `number`; `{n}` in the message is the number, grouped."""
        return self.catalogue.ngettext(one, many, number).format(n=self.number(number), **values)

    def tell(self, text: str) -> str:
        """A sentence of the thinking half in this language, by its template; a plain text by itself, as far as known.

        For texts of ours and of data files only: a text that a device chose could be taken for a message.
        """
        if not isinstance(text, Sentence):
            return self(text)
        values = {name: self._value(value) for name, value in text.values}
        if text.many:
            return self.plural(text.template, text.many, text.number, **values)
        return self(text.template, **values)

    def _value(self, value: Value) -> str:
        if isinstance(value, Sentence):
            return self.tell(value)
        if isinstance(value, date):
            return self.day(value.isoformat())
        return self.number(value) if isinstance(value, int) else value

    def number(self, value: int) -> str:
        """A whole number with thousands grouped."""
        return f"{value:,}".replace(",", self.manner.group)

    def decimal(self, value: float, digits: int = 2) -> str:
        """A number with so many decimals."""
        return f"{value:.{digits}f}".replace(".", self.manner.point)

    def day(self, text: str) -> str:
        """A day as the language writes it, from "2018-08-13"; anything else (a month, a year) as it is."""
        found = _ISO_DAY.match(text)
        if found is None:
            return text
        year, month, day = (int(part) for part in found.groups())
        return self.manner.day.format(y=year, m=month, d=day)

    def moment(self, at: float | None) -> str:
        """A time to the minute, in UTC; a dash when it is not known."""
        if not at:
            return "—"
        whole = datetime.fromtimestamp(at, UTC)
        return self.manner.moment.format(day=self.day(whole.date().isoformat()), time=whole.strftime("%H:%M"))

    def list(self, items: tuple[str, ...]) -> str:
        """Items side by side. A comma list is read the same in every language; "and" is not."""
        return ", ".join(items)


def texts(locale: str) -> Texts:
    """The messages of `locale` ("en", "sq", "sr", "sr_Latn"), English where no catalogue is found."""
    found = gettext.translation(DOMAIN, CATALOGUES, [locale, re.split("[-_]", locale)[0]], fallback=True)
    return Texts(locale, found)


def timestamp(at: float | None) -> str | None:
    """A time as machines read it, RFC 3339 in UTC with milliseconds; None when it is not known."""
    if not at:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
