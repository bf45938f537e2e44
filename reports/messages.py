"""The one door through which every sentence of a report passes; never builds a sentence from pieces.

English is the source. A translation is a gettext catalogue `reports/locale/<locale>/LC_MESSAGES/camcensus.mo`; where
none is found the English stands. Placeholders are named and keep their names in every language.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

DOMAIN: Final = "camcensus"
CATALOGUES: Final = Path(__file__).parent / "locale"

_GROUPING: Final = {"en": ",", "sq": "\u00a0", "sr": "."}
"""Thousands separators by language, as CLDR has them; other languages get a no-break space, which none misreads."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The messages, numbers and dates of one language. Called like gettext: `_("{n} devices", n=…)`."""

    locale: str
    catalogue: gettext.NullTranslations

    def __call__(self, message: str, /, **values: object) -> str:
        if not message:
            return ""  # gettext answers an empty message with the catalogue's own header
        found = self.catalogue.gettext(message)
        return found.format(**values) if values else found

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """As a call, with the form that fits `number`; `{n}` in the message is the number, grouped."""
        return self.catalogue.ngettext(one, many, number).format(n=self.number(number), **values)

    def number(self, value: int) -> str:
        """A whole number with thousands grouped."""
        return f"{value:,}".replace(",", _GROUPING.get(self.locale.split("_")[0], "\u00a0"))

    def list(self, items: tuple[str, ...]) -> str:
        """Items side by side. A comma list is read the same in every language; "and" is not."""
        return ", ".join(items)


def texts(locale: str) -> Texts:
    """The messages of `locale` ("en", "sq", "sr", "sr_Latn"), English where no catalogue is found."""
    found = gettext.translation(DOMAIN, CATALOGUES, [locale, locale.split("_")[0]], fallback=True)
    return Texts(locale, found)


def moment(at: float | None) -> str:
    """A time as every language reads it: "2026-11-23 14:05 UTC"; a dash when it is not known."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC") if at else "—"


def timestamp(at: float | None) -> str | None:
    """A time as machines read it, RFC 3339 in UTC with milliseconds; None when it is not known."""
    if not at:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
