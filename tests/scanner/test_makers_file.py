"""Pins the shipped makers file and what its reader refuses."""

from __future__ import annotations

import pytest

from scanner.makers import Confidence, Ownership, Relation
from scanner.makers_file import load_makers, read_makers

LISTED = ("hikvision", "dahua", "huawei", "zte", "hytera", "uniview", "tiandy")


def test_shipped_file_is_sound_and_knows_the_listed_makers() -> None:
    makers = load_makers()
    for maker in LISTED:
        found = makers.maker(maker)
        assert found is not None
        assert found.country == "CN"
        assert found.legal_names
    assert makers.owned_on("lorex", None) is Ownership.OPEN


@pytest.mark.parametrize(
    ("maker", "brand", "relation"),
    [
        ("hikvision", "ezviz", Relation.SUBSIDIARY),
        ("hikvision", "hilook", Relation.OWN),
        ("dahua", "imou", Relation.SUBSIDIARY),
        ("dahua", "amcrest", Relation.REBADGE),
        ("dahua", "lorex", Relation.FORMER),
        ("uniview", "UNV", Relation.OWN),
        ("hikvision", "abus", Relation.DISPUTED),
        ("huawei", "holowits", Relation.SUCCESSOR),
        ("dahua", "bosch", Relation.REBADGE),
    ],
)
def test_shipped_relations(maker: str, brand: str, relation: Relation) -> None:
    assert load_makers().relation(maker, brand) is relation


def test_brands_with_only_recalled_makers_decide_nothing() -> None:
    makers = load_makers()
    for name in ("bosch", "panasonic", "i-pro", "geovision", "toshiba", "speco"):
        brand = makers.brand(name)
        assert brand is not None
        assert brand.deciding == ()
        assert all(row.confidence is Confidence.LOW for row in brand.rumoured)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("makers:\n  - id: a\n    name: A\n    about: x\n    part_of: b\nbrands: []\n", 5, "unknown maker 'b'"),
        ("makers:\n  - id: A\n    name: A\n    about: x\nbrands: []\n", 2, "lower case"),
        (
            (
                "makers: []\nbrands:\n  - id: b\n    name: B\n    relation: own-brand\n    makers:\n"
                "      - maker: z\n        confidence: high\n"
            ),
            7,
            "unknown maker 'z'",
        ),
        (
            "makers:\n  - id: a\n    name: A\n    about: x\n  - id: b\n    name: a\n    about: x\nbrands: []\n",
            5,
            "stands already for a",
        ),
        (
            (
                "makers: []\nbrands:\n  - id: b\n    name: B\n    relation: own-brand\n    since: '2020'\n"
                "    until: '2019'\n    makers: []\n"
            ),
            7,
            "before it begins",
        ),
        ("makers: []\nbrands:\n  - id: b\n    name: B\n    relation: cousin\n    makers: []\n", 5, "relation"),
    ],
)
def test_unsound_files_are_refused_with_their_line(text: str, line: int, says: str) -> None:
    makers, problems = read_makers(text, "m.yaml")
    assert makers is None
    assert any(problem.line == line and says in problem.message for problem in problems), problems
