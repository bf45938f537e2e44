"""Pins how brands stand to makers, and that rumours decide nothing."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.makers import Brand, BrandMaker, Confidence, Maker, Makers, Ownership, Relation, spell

MAKERS = Makers(
    [Maker("dahua", "Dahua", "x", legal_names=("大华",)), Maker("hikvision", "Hikvision", "x")],
    [
        Brand("ezviz", "EZVIZ", Relation.SUBSIDIARY, (BrandMaker("hikvision", Confidence.HIGH),)),
        Brand("cp plus", "CP Plus", Relation.REBADGE, (BrandMaker("dahua", Confidence.HIGH),), also=("cpplus",)),
        Brand("toshiba", "Toshiba", Relation.OWN, (BrandMaker("dahua", Confidence.LOW, "some old"),)),
        Brand("lorex", "Lorex", Relation.FORMER, (BrandMaker("dahua", Confidence.HIGH),), since="2018", until="2023"),
    ],
)


@pytest.mark.parametrize(
    ("maker", "brand", "relation"),
    [
        ("dahua", None, Relation.OWN),
        ("dahua", "", Relation.OWN),
        ("dahua", "DAHUA", Relation.OWN),
        ("dahua", "大华", Relation.OWN),
        ("hikvision", "Ezviz", Relation.SUBSIDIARY),
        ("dahua", "cpplus", Relation.REBADGE),
        ("dahua", "ezviz", Relation.REBADGE),
        ("dahua", "never heard of", Relation.REBADGE),
        ("dahua", "Lorex", Relation.FORMER),
        ("unlisted", "unlisted two", Relation.REBADGE),
    ],
)
def test_relation_of_brand_to_maker(maker: str, brand: str | None, relation: Relation) -> None:
    assert MAKERS.relation(maker, brand) is relation


def test_a_low_confidence_row_is_a_rumour_and_decides_nothing() -> None:
    toshiba = MAKERS.brand("toshiba")
    assert toshiba is not None
    assert toshiba.deciding == ()
    assert [row.maker for row in toshiba.rumoured] == ["dahua"]
    assert MAKERS.relation("dahua", "toshiba") is Relation.REBADGE


@pytest.mark.parametrize(
    ("day", "owned"),
    [
        (date(2022, 12, 31), Ownership.YES),
        (date(2023, 2, 1), Ownership.OPEN),
        (date(2024, 1, 1), Ownership.NO),
        (None, Ownership.OPEN),
    ],
)
def test_former_subsidiary_counts_only_up_to_its_sale(day: date | None, owned: Ownership) -> None:
    assert MAKERS.owned_on("lorex", day) is owned


def test_names_for_people_fall_back_to_the_id() -> None:
    assert MAKERS.name("dahua") == "Dahua"
    assert MAKERS.name("nobody") == "nobody"
    assert MAKERS.brand_name("CPPLUS") == "CP Plus"
    assert MAKERS.brand_name("Foo") == "Foo"


def test_spelling_folds_width_case_blanks_and_marks() -> None:
    assert spell(" ＨＩＫvision®  Digital ") == "hikvision digital"
