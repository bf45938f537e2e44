"""Makers and brands as values: who builds, whose name is on it, how the two stand to each other. Decides no device.

Rows of low confidence are in the data for people to look into. They are reachable only through `Brand.rumoured`
and never decide anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from scanner.data_file import SHAPE
from scanner.dates import parse_span


class Confidence(StrEnum):
    """How sure a statement of the data files is; low means recalled and unchecked."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Relation(StrEnum):
    """How a brand or a unit stands to a maker."""

    OWN = "own-brand"
    SUBSIDIARY = "subsidiary"
    AFFILIATE = "affiliate"
    JOINT_VENTURE = "joint-venture"
    SALES = "sales-company"
    SUCCESSOR = "successor-brand"  # took over the business; who owns it is not confirmed
    FORMER = "former-subsidiary"  # `until` is the date of the sale
    REBADGE = "oem-rebadge"  # another company's name on the maker's goods
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Unit:
    """A company or brand inside a maker's group, or one that left it."""

    name: str
    relation: Relation
    what: str
    confidence: Confidence
    brand: str = ""
    since: str = ""  # partial date
    until: str = ""  # partial date


@dataclass(frozen=True, slots=True)
class Maker:
    """Who builds. `country` is the ISO code of the seat, empty where unknown; `part_of` marks a maker of parts."""

    __pydantic_config__ = SHAPE

    id: str
    name: str
    about: str
    country: str = ""
    seat: str = ""
    legal_names: tuple[str, ...] = ()
    parent: str = ""
    part_of: str = ""
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandMaker:
    """One maker whose goods carry the brand, for the named part of the range."""

    maker: str
    confidence: Confidence
    part_of_range: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """A name on the box. `since` and `until` are partial dates of the relation."""

    __pydantic_config__ = SHAPE

    id: str
    name: str
    relation: Relation
    makers: tuple[BrandMaker, ...]
    also: tuple[str, ...] = ()
    country: str = ""
    since: str = ""
    until: str = ""
    models: str = ""
    notes: str = ""

    @property
    def deciding(self) -> tuple[BrandMaker, ...]:
        """The rows that may weigh in an answer."""
        return tuple(row for row in self.makers if row.confidence is not Confidence.LOW)

    @property
    def rumoured(self) -> tuple[BrandMaker, ...]:
        """The rows that are only something to look into."""
        return tuple(row for row in self.makers if row.confidence is Confidence.LOW)


class Ownership(StrEnum):
    """Whether a brand belonged to its maker on the day that matters."""

    YES = "yes"
    NO = "no"
    OPEN = "open"  # the day is not known well enough


class Makers:
    """The makers file as lookups by any known spelling. Read-only."""

    __slots__ = ("_brands", "_makers", "_spelled_brands", "_spelled_makers")

    def __init__(self, makers: Iterable[Maker], brands: Iterable[Brand]) -> None:
        self._makers = {maker.id: maker for maker in makers}
        self._brands = {brand.id: brand for brand in brands}
        self._spelled_makers = {
            spell(text): maker for maker in self._makers.values() for text in (maker.id, maker.name, *maker.legal_names)
        }
        self._spelled_brands = {
            spell(text): brand for brand in self._brands.values() for text in (brand.id, brand.name, *brand.also)
        }

    @property
    def makers(self) -> tuple[Maker, ...]:
        return tuple(self._makers.values())

    @property
    def brands(self) -> tuple[Brand, ...]:
        return tuple(self._brands.values())

    def maker(self, text: str) -> Maker | None:
        """The maker of that id, name or legal name, in any case."""
        return self._spelled_makers.get(spell(text))

    def brand(self, text: str) -> Brand | None:
        """The brand of that id, name or other spelling, in any case."""
        return self._spelled_brands.get(spell(text))

    def name(self, maker: str) -> str:
        """The maker's name as people write it; the id itself when it is not in the file."""
        found = self._makers.get(maker)
        return found.name if found else maker

    def brand_name(self, brand: str) -> str:
        """The brand's name as people write it; the text itself when it is not in the file."""
        found = self.brand(brand)
        return found.name if found else brand

    def relation(self, maker: str, brand: str | None) -> Relation:
        """How the name on the box stands to who built it. A name that is not in the file is somebody else's."""
        if not brand:
            return Relation.OWN
        same = self.maker(brand)
        if same is not None and same.id == maker:
            return Relation.OWN
        found = self.brand(brand)
        if found is None or maker not in {row.maker for row in found.deciding}:
            return Relation.REBADGE
        return found.relation

    def owned_on(self, brand: str, day: date | None) -> Ownership:
        """Whether a former subsidiary was still the maker's on `day` (None: the day is not known)."""
        found = self.brand(brand)
        if found is None or not found.until or day is None:
            return Ownership.OPEN
        first, last = parse_span(found.until)
        if day < first:
            return Ownership.YES
        return Ownership.NO if day > last else Ownership.OPEN


def spell(text: str) -> str:
    """One spelling for comparing names: compatibility forms folded, lower case, single blanks, no legal marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", folded.translate(_MARKS)).strip()


_MARKS: Final = {ord(mark): None for mark in "®™©"}
