"""Pins the folding of words and that no header stands for two columns."""

from __future__ import annotations

from itertools import combinations

import pytest

from scanner.goods import Goods, goods_of
from scanner.paper.columns import Column
from scanner.paper.vocabulary import fold, load_vocabulary

WORDS = load_vocabulary()


def test_folding_takes_accents_case_and_letters_of_two_scripts() -> None:
    assert fold("Përshkrimi  I Artikullit") == "pershkrimi i artikullit"
    assert fold("PROIZVOĐAČ") == "proizvodjac"
    assert fold("Stück") == "stuck"
    assert fold("КОЛИЧИНА") == "количина"


def test_every_column_has_words_and_no_word_two_columns() -> None:
    assert set(WORDS.columns) == set(Column)
    for one, other in combinations(WORDS.columns, 2):
        assert not WORDS.columns[one] & WORDS.columns[other], (one, other)


def test_every_item_word_says_a_kind_with_a_class_of_goods() -> None:
    assert all(goods_of(kind) is not Goods.UNKNOWN for kind in WORDS.items)
    assert {kind for kind in WORDS.items if goods_of(kind) in (Goods.PART, Goods.DISPLAY)} == WORDS.parts


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("16路硬盘录像机", ["recorder"]),
        ("同轴摄像机", ["camera"]),
        ("硬盘 4TB", ["storage"]),
        ("Жёсткий диск 4 ТБ", ["storage"]),
        ("Видеорегистратор на 16 каналов с жёстким диском", ["recorder", "storage"]),
        ("Кронштейн для видеокамеры", ["mount", "camera"]),
    ],
)
def test_things_are_known_in_russian_and_in_chinese_without_blanks(text: str, kinds: list[str]) -> None:
    hits = WORDS.find_items(fold(text))
    whole = [hit for hit in hits if not any(o is not hit and o.start <= hit.start and hit.end <= o.end for o in hits)]
    assert [hit.kind for hit in whole] == kinds


def test_channels_and_coax_are_read_in_chinese() -> None:
    found = WORDS.channels.search(fold("16路硬盘录像机"))
    assert found is not None
    assert found[1] == "16"
    assert WORDS.coaxial.search(fold("同轴摄像机")) is not None


def test_hits_come_from_left_to_right() -> None:
    hits = WORDS.find_items(fold("Kamera bullet me kabllo dhe hard disk"))
    assert [hit.kind for hit in hits] == ["camera", "camera", "cable", "storage"]
