"""Pins which goods a list speaks of, and that an unknown thing of a named maker is not let off."""

from __future__ import annotations

import pytest

from scanner.goods import CLASSES, Goods, Within, goods_of, within

BOUNDED = (Goods.SURVEILLANCE, Goods.TELECOMMUNICATIONS)


@pytest.mark.parametrize(
    ("listed", "kind", "answer"),
    [
        (BOUNDED, "camera", Within.YES),
        (BOUNDED, "recorder", Within.YES),
        (BOUNDED, "switch", Within.YES),
        (BOUNDED, None, Within.YES),
        (BOUNDED, "never heard of", Within.YES),
        (BOUNDED, "storage", Within.NO),
        (BOUNDED, "cable", Within.NO),
        (BOUNDED, "display", Within.OPEN),
        (BOUNDED, "server", Within.OPEN),
        ((Goods.SURVEILLANCE,), "router", Within.NO),
        ((Goods.ANY,), "camera", Within.YES),
        ((Goods.ANY,), "display", Within.YES),
        ((Goods.ANY,), "storage", Within.OPEN),
    ],
)
def test_goods_within_a_list(listed: tuple[Goods, ...], kind: str | None, answer: Within) -> None:
    assert within(listed, goods_of(kind)) is answer


def test_no_kind_stands_in_two_classes() -> None:
    kinds = [kind for kinds in CLASSES.values() for kind in kinds]
    assert len(kinds) == len(set(kinds))
